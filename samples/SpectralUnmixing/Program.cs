using FastSparseCoding;
using FastSparseCoding.Solvers;

// What is a pixel made of? Its spectrum is a mixture of known ones, of few of them, none by less than nothing: a sparse, non-negative code.
string[] names = ["alunite", "basalt", "calcite", "clay", "dolomite", "epidote", "goethite", "grass", "gypsum", "hematite", "jarosite",
    "kaolinite", "mica", "olivine", "pine", "pyrite", "quartz", "snow", "soil", "water"];
// so says the geologist; they are in no pixel
string[] unlikely = ["alunite", "basalt", "epidote", "goethite", "jarosite", "kaolinite", "mica", "pyrite", "snow", "water"];
const int Bands = 120, Pixels = 500;
const float Noise = 0.01f;
var random = new Random(1);

// A spectrum: a slope with three broad absorptions; reflectance from 0 to 1. Dark ones and bright ones: their norms differ by a factor of
// five.
var spectra = new Matrix(names.Length, Bands);
for (int k = 0; k < names.Length; k++)
{
    double bright = 0.15 + 0.75 * random.NextDouble(), slope = random.NextDouble() - 0.5;
    (double Centre, double Width, double Depth)[] dips =
        [.. Enumerable.Range(0, 3).Select(_ => (random.NextDouble(), 0.02 + 0.06 * random.NextDouble(), 0.2 + 0.6 * random.NextDouble()))];
    for (int b = 0; b < Bands; b++)
    {
        double t = b / (Bands - 1.0);
        spectra[k, b] = (float)(
            bright * (1 + slope * (t - 0.5)) * dips.Aggregate(1.0,
            (rest, dip) => rest * (1 - dip.Depth * Math.Exp(-Math.Pow((t - dip.Centre) / dip.Width, 2)))));
    }
}

// Pixels: three or four materials each, in shares that sum to 1, and the sensor's noise.
Matrix truth = new(Pixels, names.Length), x = new(Pixels, Bands);
for (int i = 0; i < Pixels; i++)
{
    var mixed = new HashSet<int>();
    while (mixed.Count < 3 + i % 2)
        if (random.Next(names.Length) is var k && !unlikely.Contains(names[k]))
            mixed.Add(k);
    double[] shares = [.. mixed.Select(_ => 0.2 + random.NextDouble())];
    foreach ((int j, int k) in mixed.Index())
        truth[i, k] = (float)(shares[j] / shares.Sum());
    for (int b = 0; b < Bands; b++)
        x[i, b] = (float)(names.Select((_, k) => truth[i, k] * spectra[k, b]).Sum()
            + Noise * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}

// Atoms have norm 1: a spectrum of norm s is s times its atom, and an abundance a coefficient divided by s.
AtomDictionary d = AtomDictionary.Normalize(spectra, out float[] norms);
// what is unlikely must explain more to be believed
float[] weights = [.. names.Select(name => unlikely.Contains(name) ? 20f : 1f)];

double least = Error("least squares, z ≥ 0", Abundances(new Penalty(0.03f * Noise, nonNegative: true)));       // λ → 0
// λ against the noise in a product
double plain = Error("sparse, z ≥ 0", Abundances(new Penalty(2 * Noise, nonNegative: true)));
Matrix best = Abundances(new Penalty(2 * Noise, weights, nonNegative: true));
double weighted = Error("sparse, z ≥ 0, with weights", best);

Console.WriteLine("\npixel 0     truth  found");
for (int k = 0; k < names.Length; k++)
    if (truth[0, k] > 0 || best[0, k] > 0.01f)
        Console.WriteLine(FormattableString.Invariant($"{names[k],-10} {truth[0, k],6:P0} {best[0, k],6:P0}"));
if (weighted < plain && plain < least && weighted < 0.8 * least)
    return 0;
Console.Error.WriteLine("the weights did not help");
return 1;

Matrix Abundances(Penalty penalty)
{
    var solver = new ActiveSetSolver(d, penalty, new SolverOptions { Tolerance = 1e-2 });
    var z = new Matrix(Pixels, names.Length);
    SolveReport report = solver.Solve(x, z);
    if (report.Unconverged > 0)
        throw new InvalidOperationException($"{report.Unconverged} pixels are not certified.");
    for (int i = 0; i < Pixels; i++)
        for (int k = 0; k < names.Length; k++)
            // coefficients of atoms to abundances of spectra
            z[i, k] /= norms[k];
    return z;
}

double Error(string name, Matrix found)
{
    double squares = 0, total = 0;
    int materials = 0;
    for (int i = 0; i < found.Values.Length; i++)
    {
        squares += Math.Pow(found.Values[i] - truth.Values[i], 2);
        total += Math.Pow(truth.Values[i], 2);
        materials += found.Values[i] > 0.01f ? 1 : 0;
    }
    Console.WriteLine(FormattableString.Invariant(
        $"{name,-27} relative error of the abundances {Math.Sqrt(squares / total):F4}, {(double)materials / Pixels:F1} materials a pixel"));
    return Math.Sqrt(squares / total);
}
