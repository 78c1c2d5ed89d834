using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>The energies that solvers report are those of the codes they return.</summary>
public sealed class ReportEnergyTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(30, 16, seed: 1);

    private static readonly Matrix X = RandomData.Normal(300, 16, seed: 2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Of_every_solver(string member)
    {
        Penalty penalty = Problems.Penalty(member, X, Dictionary, 0.2);
        foreach (LassoSolver solver in (
            LassoSolver[])[new ActiveSetSolver(Dictionary, penalty), new FistaSolver(Dictionary, penalty),
            new CyclicCoordinateDescentSolver(Dictionary, penalty)])
        {
            var z = new Matrix(300, 30);
            SolveReport report = solver.Solve(X, z, cancellation: Cancellation);

            AssertClose(LassoObjective.Energies(X, Dictionary, z, penalty), report.Energy);
        }
    }

    [Fact]
    public void Of_known_values_only()
    {
        Matrix mask = new(300, 16), z = new(300, 30);
        for (int i = 0; i < 300; i++)
            for (int j = 0; j < 16; j++)
                mask[i, j] = (i + j) % 3 == 0 ? 0 : 1;

        SolveReport report = new ActiveSetSolver(Dictionary, 0.5f).Solve(X, mask, z, cancellation: Cancellation);

        Matrix filled = Dictionary.Reconstruct(z);
        for (int i = 0; i < X.Values.Length; i++)
            filled.Values[i] = mask.Values[i] == 1 ? X.Values[i] : filled.Values[i];
        double[] energies = LassoObjective.Energies(filled, Dictionary, z, 0.5f);
        for (int i = 0; i < 300; i++)
            Assert.Equal(energies[i], report.Energy[i], 60 * Tolerance.UnitRoundoff * energies[i]);     // what is filled is rounded
    }

    [Fact]
    public void At_the_lambda_of_each_row()
    {
        Matrix x = X.Clone(), z = new(300, 30);
        System.Numerics.Tensors.TensorPrimitives.Multiply(x.Values[..160], 1000, x.Values[..160]);
        x.Row(7).Clear();
        var lambdas = new double[300];

        SolveReport report = new RelativeLassoEncoder(new ActiveSetSolver(Dictionary, 0.2f))
            .Solve(x, z, lambdas, cancellation: Cancellation);

        for (int i = 0; i < 300; i++)
        {
            double expected = i == 7 ? 0 : LassoObjective.Energy(x.Row(i), Dictionary, z.Row(i), (float)lambdas[i]);
            Assert.Equal(expected, report.Energy[i], 1e-6 * expected);      // λ is rounded to float32 for the expected
        }
    }

    private static void AssertClose(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(300, expected.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 200 * Tolerance.DoubleRoundoff * expected[i]);
    }
}
