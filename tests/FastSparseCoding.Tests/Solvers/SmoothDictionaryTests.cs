using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>
/// Atoms so smooth that float32 cannot tell a sum of some from others. Many rows cannot be certified then; still no code may be worse than
/// zero or than the start, and no certificate wrong, whenever a solver stops.
/// </summary>
public sealed class SmoothDictionaryTests
{
    private static readonly int[] Sizes = [5, 8, 20, 40, 60];

    private static readonly float[] Weights = [1e-3f, 1e-4f, 1e-5f, 1e-6f];

    /// <summary>Every solver with every family.</summary>
    public static TheoryData<string, string> NamesAndFamilies { get; } = new(
        from name in Problems.Names from family in SmoothDictionaries.Families select (name.Data, family));

    [Theory]
    [MemberData(nameof(NamesAndFamilies))]
    public void No_code_is_worse_than_zero(string name, string family)
    {
        foreach (int size in Sizes)
            foreach (float lambda in Weights)
                ReportAudit.Of(Solver(name, SmoothDictionaries.Of(family, size), lambda),
                    SmoothDictionaries.UnitSignals(24, size, seed: size)).CheckEnergies();
    }

    [Theory]
    [MemberData(nameof(NamesAndFamilies))]
    public void No_code_is_worse_than_its_start(string name, string family)
    {
        foreach (int size in (int[])[5, 32])
            foreach (float lambda in (float[])[1e-3f, 1e-5f])
            {
                LassoSolver solver = Solver(name, SmoothDictionaries.Of(family, size), lambda);
                Matrix x = SmoothDictionaries.UnitSignals(24, size, seed: size),
                    neighbours = solver.Encode(x, cancellation: TestContext.Current.CancellationToken);
                Roll(neighbours);
                foreach (Matrix start in (Matrix[])[SparseStart(24, solver.CodeSize), neighbours, new Matrix(24, solver.CodeSize)])
                    ReportAudit.Of(solver, x, start).CheckEnergies();
            }
    }

    [Theory]
    [MemberData(nameof(NamesAndFamilies))]
    public void No_code_is_worse_than_zero_or_its_start_after_very_few_iterations(string name, string family)
    {
        AtomDictionary dictionary = SmoothDictionaries.Of(family, 20);
        Matrix x = SmoothDictionaries.UnitSignals(24, 20, seed: 1);
        foreach (int iterations in (int[])[1, 2, 3, 7, 20])
        {
            LassoSolver solver = Problems.Solver(name, dictionary, 1e-3f, new SolverOptions { MaxIterations = iterations });
            ReportAudit.Of(solver, x).CheckEnergies();
            ReportAudit.Of(solver, x, SparseStart(24, solver.CodeSize)).CheckEnergies();
        }
    }

    [Fact]
    public void Of_many_rows_none_is_worse_than_zero_or_than_what_FISTA_finds()
    {
        AtomDictionary dictionary = SmoothDictionaries.Exponentials(60, 32);
        Matrix x = SmoothDictionaries.UnitSignals(20_000, 32, seed: 1), z = new(20_000, 60);
        var solver = new ActiveSetSolver(dictionary, 1e-3f);
        Matrix found = Solver(Problems.Restarted, dictionary, 1e-3f).Encode(x, cancellation: TestContext.Current.CancellationToken);

        SolveReport report = solver.Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        new ReportAudit(solver, x, z, report).CheckEnergies();
        double[] energies = LassoObjective.Energies(x, dictionary, z, solver.Lambda),
            bounds = LassoObjective.Energies(x, dictionary, found, solver.Lambda);
        // A row may stop when it is certified: within the tolerance of E*, and so not above any other code by more.
        Assert.Equal(0, Enumerable.Range(0, x.Rows).Count(i => energies[i] > bounds[i] * (1 + solver.Options.Tolerance)));
    }

    /// <summary>Four atoms have 81 patterns of signs: E* is the least of their minimisers' energies.</summary>
    [Theory]
    [InlineData("Hilbert", 1e-3f)]
    [InlineData("Hilbert", 1e-4f)]
    [InlineData("Hilbert", 1e-5f)]
    [InlineData("exponentials", 1e-4f)]
    [InlineData("powers", 1e-4f)]
    public void Four_atoms_reach_the_best_of_all_sign_patterns(string family, float lambda)
    {
        AtomDictionary dictionary = family == "exponentials" ? SmoothDictionaries.Exponentials(4, 4)
            : SmoothDictionaries.Of(family, family == "powers" ? 7 : 4);
        Assert.Equal(4, dictionary.AtomCount);
        Matrix x = SmoothDictionaries.UnitSignals(500, dictionary.SignalSize, seed: 1), z = new(500, 4);
        var solver = new ActiveSetSolver(dictionary, lambda);

        SolveReport report = solver.Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        new ReportAudit(solver, x, z, report).CheckEnergies();
        var twin = new LassoTwin(dictionary, lambda);
        for (int i = 0; i < x.Rows; i++)
        {
            double[] best = SignPatterns.Solve(dictionary, lambda, x.Row(i));
            double energy = twin.Energy(x.Row(i), LassoTwin.Widen(z.Row(i))), lowest = twin.Energy(x.Row(i), best);
            // Rounding moves the reconstruction of a float32 code by 2⁻²⁴‖z‖₁ at most, and E, which is flat there, by half its square.
            double rounding = 0.5 * Math.Pow(Tolerance.UnitRoundoff * best.Sum(Math.Abs), 2);
            Assert.True(energy <= lowest * (1 + solver.Options.Tolerance) + rounding, $"row {i}: {energy} above {lowest}");
        }
    }

    private static LassoSolver Solver(string name, AtomDictionary dictionary, float lambda)
        => Problems.Solver(name, dictionary, lambda, name == "active set" ? null : new SolverOptions { MaxIterations = 300 });

    /// <summary>Codes with a few atoms of either sign and a size that suits no signal.</summary>
    private static Matrix SparseStart(int rows, int atoms)
    {
        Matrix z = RandomData.Normal(rows, atoms, seed: 5);
        for (int i = 0; i < z.Values.Length; i++)
            if (i % 5 != i / atoms % 5)
                z.Values[i] = 0;
        return z;
    }

    /// <summary>Every row becomes the one after it.</summary>
    private static void Roll(Matrix z)
    {
        float[] first = z.Row(0).ToArray();
        for (int i = 1; i < z.Rows; i++)
            z.Row(i).CopyTo(z.Row(i - 1));
        first.CopyTo(z.Row(z.Rows - 1));
    }
}
