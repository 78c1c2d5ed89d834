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
    /// What float32 may leave of the gap of a certified code. r = x − zD is off by √(n + m) roundings of zero mean of the size of x, and the gap
    /// is linear in it; four of them for the tail.
    /// </summary>
    public static double RoundingOfGap(Matrix x, int i, AtomDictionary dictionary)
    {
        double squared = 0;
        foreach (float value in x.Row(i))
            squared += (double)value * value;
        return 4 * Math.Sqrt(dictionary.AtomCount + dictionary.SignalSize) * Tolerance.UnitRoundoff * squared;
    }

    /// <summary>Asserts that every row's gap, in double, is within the tolerance of the solver but for rounding.</summary>
    public static void CheckCertified(LassoSolver solver, Matrix x, Matrix z)
    {
        var twin = new LassoTwin(solver.Dictionary, solver.Lambda);
        for (int i = 0; i < x.Rows; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i));
            double gap = twin.Gap(x.Row(i), code), allowed = solver.Options.Tolerance * twin.Energy(x.Row(i), code) + RoundingOfGap(x, i, solver.Dictionary);
            Assert.True(gap <= allowed, $"{solver.Name} [{solver.CodeSize}×{solver.SignalSize}] row {i}: gap {gap:G4} above {allowed:G4}");
        }
    }
}
