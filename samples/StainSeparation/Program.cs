// Two dyes in one picture of tissue. Light that passes a dye is weakened by the factor exp(−c·d), d [3] the dye's colour and c how much of
// it there is (Beer and Lambert), so the optical density −ln I of a pixel is a non-negative mixture of two colours. Non-negative sparse
// factorisation finds both.
using FastSparseCoding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;

const int Width = 320, Height = 240;
float[][] dyes = [[0.650f, 0.704f, 0.286f], [0.072f, 0.990f, 0.105f]];           // haematoxylin and eosin (Ruifrok and Johnston 2001)
Matrix amounts = Tissue(Width, Height, seed: 1);                                  // [N×2], the truth
// [N×3], red, green and blue of every pixel, noisy and of 8 bits
Matrix picture = Transmit(amounts, dyes, new Random(2));
PngFile.WriteColor("tissue.png", Width, picture.Values);

Matrix density = Map(picture, value => -MathF.Log(Math.Max(value, 1 / 255f)));
Matrix stained = Rows(density, row => row[0] + row[1] + row[2] > 0.45f);          // pixels with hardly any dye have no colour to learn from
AtomDictionary colours = DictionaryLearner.Learn(stained, new()
{
    AtomCount = 2,
    Penalty = new Penalty(lambda: 0.1f, nonNegative: true),
    NonNegativeAtoms = true,
    Samples = 20 * stained.Rows,
});

int blue = colours.Atoms.Row(0)[0] > colours.Atoms.Row(1)[0] ? 0 : 1;                    // haematoxylin takes more of the red
Matrix z = new ActiveSetSolver(colours, new Penalty(lambda: 0.001f, nonNegative: true)).Encode(density);
double worst = 0;
foreach ((string name, int dye, int atom) in ((string, int, int)[])[("haematoxylin", 0, blue), ("eosin", 1, 1 - blue)])
{
    Matrix alone = new(z.Rows, 3);                                                // the picture with one dye only
    for (int i = 0; i < z.Rows; i++)
        for (int j = 0; j < 3; j++)
            alone[i, j] = MathF.Exp(-z[i, atom] * colours.Atoms.Row(atom)[j]);
    PngFile.WriteColor($"{name}.png", Width, alone.Values);
    double angle = Angle(colours.Atoms.Row(atom), dyes[dye]), error = RelativeError(z, atom, amounts, dye);
    worst = Math.Max(worst, Math.Max(angle / 5, error / 0.15));
    Console.WriteLine(FormattableString.Invariant($"{name}: colour {angle:F1}° from the true one, amounts {error:P0} off"));
}
Console.WriteLine(worst < 1 ? "both dyes were found" : "the dyes were not found");
return worst < 1 ? 0 : 1;

// Nuclei take haematoxylin and a little eosin, the fibres between them eosin alone, and some of the picture is empty glass.
static Matrix Tissue(int width, int height, int seed)
{
    var random = new Random(seed);
    var amounts = new Matrix(width * height, 2);
    (double X, double Y, double Radius, double Amount)[] nuclei = [.. Enumerable.Range(0, 140).Select(_ =>
        (width * random.NextDouble(), height * random.NextDouble(), 4 + 5 * random.NextDouble(), 0.6 + 0.9 * random.NextDouble()))];
    for (int i = 0; i < amounts.Rows; i++)
    {
        double x = i % width, y = i / width, glass = Math.Sin(x / 47) + Math.Sin(y / 39 + x / 90);
        double fibre = glass > 1.2 ? 0 : 0.5 + 0.25 * Math.Sin(0.35 * x + 2 * Math.Sin(y / 17)) + 0.15 * Math.Sin(0.2 * y - x / 23);
        double nucleus = nuclei.Max(n => n.Amount * Math.Clamp(n.Radius - Math.Sqrt((x - n.X) * (x - n.X) + (y - n.Y) * (y - n.Y)), 0, 1));
        (amounts[i, 0], amounts[i, 1]) = ((float)nucleus, (float)(nucleus > 0 ? 0.15 * fibre : fibre));
    }
    return amounts;
}

static Matrix Transmit(Matrix amounts, float[][] dyes, Random random)
{
    var picture = new Matrix(amounts.Rows, 3);
    for (int i = 0; i < picture.Rows; i++)
        for (int j = 0; j < 3; j++)
        {
            double light = Math.Exp(-amounts[i, 0] * dyes[0][j] - amounts[i, 1] * dyes[1][j])
                + 0.01 * (random.NextDouble() + random.NextDouble() - 1);
            picture[i, j] = MathF.Round((float)(255 * Math.Clamp(light, 0, 1))) / 255;
        }
    return picture;
}

static Matrix Map(Matrix matrix, Func<float, float> map)
    => new(matrix.Rows, matrix.Columns, Array.ConvertAll(matrix.Values.ToArray(), v => map(v)));

static Matrix Rows(Matrix matrix, Func<float[], bool> keep)
{
    float[][] rows = [.. Enumerable.Range(0, matrix.Rows).Select(i => matrix.Row(i).ToArray()).Where(keep)];
    return new Matrix(rows.Length, matrix.Columns, [.. rows.SelectMany(r => r)]);
}

static double Angle(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    => double.RadiansToDegrees(Math.Acos(Math.Min(1, System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(a, b))));

static double RelativeError(Matrix z, int atom, Matrix truth, int dye)
{
    double error = 0, size = 0;
    for (int i = 0; i < z.Rows; i++)
        (error, size) = (error + Math.Abs(z[i, atom] - truth[i, dye]), size + truth[i, dye]);
    return error / size;
}
