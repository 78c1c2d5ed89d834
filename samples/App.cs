#:project ../src/FastSparseCoding/FastSparseCoding.csproj
#:property RestorePackagesWithLockFile=false
#:property GenerateDocumentationFile=false

// One file, no project: dotnet run samples/App.cs
using FastSparseCoding;
using FastSparseCoding.Encoders;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;

// Signals of 16 values, each a sum of three of 32 hidden atoms.
var random = new Random(1);
AtomDictionary hidden = AtomDictionary.Normalize(Fill(new Matrix(32, 16), () => random.NextSingle() - 0.5f));
Matrix z = new(5_000, 32);
for (int i = 0; i < z.Rows; i++)
    for (int k = 0; k < 3; k++)
        z[i, random.Next(32)] = random.NextSingle() + 0.5f;
Matrix x = hidden.Reconstruct(z);

AtomDictionary learned = DictionaryLearner.Learn(x, new() { AtomCount = 32, Lambda = 0.1f, Samples = 50_000, Seed = 1 });
var exact = new ActiveSetSolver(learned, lambda: 0.1f);
ListaEncoder fast = ListaEncoder.FromDictionary(learned, lambda: 0.1f, depth: 3);

float[] code = exact.Encode(x.Row(0));                      // one signal
Matrix codes = exact.Encode(x);                             // a batch, on all cores
Console.WriteLine($"one signal: {code.Count(v => v != 0)} of {code.Length} atoms");
Console.WriteLine($"a batch: {(double)SparseCodes.FromDense(codes).NonZeros / codes.Rows:F1} atoms a signal");
Console.WriteLine($"LISTA, untrained: {fast.Encode(x).Rows} codes of {fast.CodeSize} values");

static Matrix Fill(Matrix matrix, Func<float> value)
{
    foreach (ref float v in matrix.Values)
        v = value();
    return matrix;
}
