using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>
/// Codes of another implementation: scikit-learn 1.2.1 with NumPy 1.24.2, in float64, orthogonal_mp on the atoms and signals of
/// <see cref="GoldenTests"/>, with n_nonzero_coefs = 6, and with tol = 4, which bounds ‖x − zD‖².
/// </summary>
public sealed class OmpGoldenTests
{
    [Theory]
    [InlineData("omp-atoms", 6, null, 48)]
    [InlineData("omp-error", null, 2f, 64)]
    public void Codes_are_those_of_scikit_learn(string array, int? atoms, float? error, int nonZeros)
    {
        Matrix x = Npy.ReadMatrix(PathOf("signals"));
        var encoder = new OmpEncoder(
            new AtomDictionary(Npy.ReadMatrix(PathOf("atoms"))), new OmpOptions { MaxAtoms = atoms, Error = error });
        (int rows, int columns, double[] golden) = Npy.ReadDoubles(PathOf(array));
        Assert.Equal((8, 30), (rows, columns));
        Assert.Equal(nonZeros, golden.Count(value => value != 0));

        Matrix z = encoder.Encode(x, cancellation: TestContext.Current.CancellationToken);

        for (int i = 0; i < rows; i++)
        {
            double[] expected = golden[(i * columns)..((i + 1) * columns)];
            Assert.Equal(expected.Select(Math.Sign), z.Row(i).ToArray().Select(value => Math.Sign(value)));
            Tolerance.Check(expected, z.Row(i), 2, expected.Max(Math.Abs));
        }
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", "Golden", name + ".npy");
}
