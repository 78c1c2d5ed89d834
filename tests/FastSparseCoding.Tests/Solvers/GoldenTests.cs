using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>
/// Codes of another implementation: scikit-learn 1.2.1 with NumPy 1.24.2, in float64. 30 random atoms of 20 values that lean a little
/// towards each other, of unit norm and then rounded to float32, 8 normal signals, weights uniform from ½ to 2; λ = ¼, μ = ½. Each code is
/// of a fit of its own, with tol = 1e-12 and fit_intercept = False: Lasso with alpha = λ/n, ElasticNet with alpha = (λ + μ)/n and l1_ratio
/// = λ/(λ + μ), because they divide the squares by 2n; positive = True for non-negative codes; weights as Lasso on the atoms divided by
/// them, whose code is divided by them in turn.
/// </summary>
public sealed class GoldenTests
{
    private const double Gap = 1e-12;

    private static readonly AtomDictionary Dictionary = new(Read("atoms"));
    private static readonly Matrix X = Read("signals");

    public static TheoryData<string, string> NamesAndArrays { get; } = new(
        from name in Problems.Names
        from array in (string[])["lasso", "elastic-net", "non-negative", "weights", "elastic-net-non-negative"]
        select (name.Data, array));

    [Theory]
    [MemberData(nameof(NamesAndArrays))]
    public void Codes_and_energies_are_those_of_scikit_learn(string name, string array)
    {
        Penalty penalty = PenaltyOf(array);
        // CoD's state carries the roundings of all its updates: with the smallest weight it may end at a gap of some 1e-5. What is left of
        // E is far less.
        LassoSolver solver = Problems.Solver(name, Dictionary, penalty, new SolverOptions { Tolerance = 5e-5, MaxIterations = 1_000_000 });
        (int rows, int columns, double[] golden) = Npy.ReadDoubles(PathOf(array));
        Assert.Equal((8, 30), (rows, columns));
        var z = new Matrix(8, 30);

        SolveReport report = solver.Solve(X, z, threads: 1, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Unconverged);
        var twin = new PenaltyTwin(Dictionary, penalty);
        for (int i = 0; i < rows; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i)), expected = golden[(i * columns)..((i + 1) * columns)];
            double energy = twin.Energy(X.Row(i), expected), excess = twin.Energy(X.Row(i), code) - energy;
            double squares = 2 * twin.Energy(X.Row(i), new double[30]);
            // scikit-learn ends at a gap of tol·‖x‖².
            Assert.InRange(twin.Gap(X.Row(i), expected), 0, 2 * Gap * squares);
            Assert.InRange(excess, -2 * Gap * squares, solver.Options.Tolerance * energy);
            double distance = Math.Sqrt(2 * (excess + 2 * Gap * squares)) + Math.Sqrt(4 * Gap * squares);
            Assert.InRange(Math.Sqrt(twin.SquaredDistance(code, expected)), 0, distance);
            double curvature = Math.Sqrt(
                SmallestEigenvalue([.. Enumerable.Range(0, 30).Where(k => code[k] != 0 || expected[k] != 0)], penalty.Ridge));
            for (int k = 0; k < columns; k++)
                Assert.InRange(Math.Abs(code[k] - expected[k]), 0, distance / curvature);
        }
    }

    [Fact]
    public void The_arrays_are_of_unit_atoms_and_dense_enough_to_tell_penalties_apart()
    {
        Assert.Equal(Read("atoms").Values, Dictionary.Atoms.Values);
        foreach (string array in (string[])["lasso", "elastic-net", "non-negative", "weights", "elastic-net-non-negative"])
        {
            double[] golden = Npy.ReadDoubles(PathOf(array)).Values;
            Assert.InRange(golden.Count(value => value != 0), 40, 160);
            Assert.Equal(!PenaltyOf(array).NonNegative, golden.Any(value => value < 0));
        }
    }

    private static Penalty PenaltyOf(string array)
    {
        float ridge = array.StartsWith("elastic-net", StringComparison.Ordinal) ? 0.5f : 0;
        return new Penalty(0.25f, array == "weights" ? Read("weights-of-atoms").Values : [], ridge,
            array.EndsWith("non-negative", StringComparison.Ordinal));
    }

    /// <summary>Of G_SS + μI: on these atoms, ‖a − b‖² is at most ‖(a − b)D‖² + μ‖a − b‖² divided by it.</summary>
    private static double SmallestEigenvalue(int[] support, double ridge)
        => Matrix<double>.Build.Dense(support.Length, support.Length,
            (i, j) => i == j ? 1 + ridge : Dictionary.Gram.Row(support[i])[support[j]])
            .Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).Min();

    private static Matrix Read(string name) => Npy.ReadMatrix(PathOf(name));

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Reference", "Golden", name + ".npy");
}
