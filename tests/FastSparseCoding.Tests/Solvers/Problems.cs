using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>The solvers by name, and problems to set them.</summary>
internal static class Problems
{
    public const string Restarted = "FISTA restarted";

    /// <summary>Every solver; <see cref="Restarted"/> is FISTA with adaptive restart.</summary>
    public static TheoryData<string> Names { get; } = ["ISTA", "FISTA", Restarted, "CoD", "cyclic CD", "active set"];

    public static LassoSolver Solver(string name, AtomDictionary dictionary, float lambda, SolverOptions? options = null) => name switch
    {
        "ISTA" => new IstaSolver(dictionary, lambda, options),
        "FISTA" => new FistaSolver(dictionary, lambda, options),
        Restarted => new FistaSolver(dictionary, lambda, (options ?? SolverOptions.Default) with { AdaptiveRestart = true }),
        "CoD" => new GreedyCoordinateDescentSolver(dictionary, lambda, options),
        "cyclic CD" => new CyclicCoordinateDescentSolver(dictionary, lambda, options),
        "active set" => new ActiveSetSolver(dictionary, lambda, options),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    /// <summary>Atoms that all lean towards one direction: mean correlation about 0.6.</summary>
    public static AtomDictionary Correlated(int atoms, int size, int seed)
    {
        Matrix values = RandomData.Normal(atoms, size, seed);
        Matrix common = RandomData.Normal(1, size, seed + 1000);
        for (int k = 0; k < atoms; k++)
            for (int i = 0; i < size; i++)
                values[k, i] += 1.2f * common[0, i];
        return AtomDictionary.Normalize(values);
    }

    /// <summary>The weight at a fraction of the smallest λmax of the signals.</summary>
    public static float Lambda(Matrix x, AtomDictionary dictionary, double fraction)
        => (float)(fraction * Enumerable.Range(0, x.Rows).Min(i => new LassoTwin(dictionary, 1).LambdaMax(x.Row(i))));

    /// <summary>
    /// The gap, over E, that a code has by its rounding to float32 alone. That moves zD by δ ≤ 2⁻²⁴‖z‖₁ and every correlation by as much; the dual point
    /// shrinks by δ/λ: gap ≤ 2δ‖z‖₁ + ½(δ/λ)²‖r‖², and both ‖z‖₁ ≤ E/λ and ½‖r‖² ≤ E.
    /// </summary>
    public static double GapOfRounding(ReadOnlySpan<double> z, double lambda)
    {
        double size = 0;
        foreach (double value in z)
            size += Math.Abs(value);
        double shrinking = Tolerance.UnitRoundoff * size / lambda;
        return 2 * shrinking + shrinking * shrinking;
    }

    /// <summary>Asserts that every row's gap, in double, is within the tolerance of the solver.</summary>
    public static void CheckCertified(LassoSolver solver, Matrix x, Matrix z)
    {
        var twin = new LassoTwin(solver.Dictionary, solver.Lambda);
        for (int i = 0; i < x.Rows; i++)
        {
            double gap = twin.RelativeGap(x.Row(i), LassoTwin.Widen(z.Row(i)));
            Assert.True(gap <= solver.Options.Tolerance + ReportAudit.Rounding, $"{solver.Name} [{solver.CodeSize}×{solver.SignalSize}] row {i}: gap {gap:G4} of E above {solver.Options.Tolerance:G4}");
        }
    }
}
