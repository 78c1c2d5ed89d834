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

    public static LassoSolver Solver(string name, AtomDictionary dictionary, Penalty penalty, SolverOptions? options = null) => name switch
    {
        "ISTA" => new IstaSolver(dictionary, penalty, options),
        "FISTA" => new FistaSolver(dictionary, penalty, options),
        Restarted => new FistaSolver(dictionary, penalty, (options ?? SolverOptions.Default) with { AdaptiveRestart = true }),
        "CoD" => new GreedyCoordinateDescentSolver(dictionary, penalty, options),
        "cyclic CD" => new CyclicCoordinateDescentSolver(dictionary, penalty, options),
        "active set" => new ActiveSetSolver(dictionary, penalty, options),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    /// <summary>Every combination of weights, ridge and sign.</summary>
    public static TheoryData<string> Members { get; } =
        [.. from weights in (string[])["", "weights "] from ridge in (string[])["", "ridge "] from sign in (string[])["", "z ≥ 0"]
        select weights + ridge + sign];

    /// <summary>Every solver with every member of the family of penalties.</summary>
    public static TheoryData<string,
        string> NamesAndMembers
    { get; } = new(from name in Names from member in Members select (name.Data, member.Data));

    /// <summary>A member of the family: weights from ½ to 2, a ridge of 0.3, z ≥ 0, as its name says.</summary>
    public static Penalty Penalty(string member, float lambda, int atoms)
    {
        float[] weights = [.. Enumerable.Range(0, atoms).Select(k => 0.5f + 1.5f * (k * 7 % 11) / 10)];
        return new Penalty(lambda, member.Contains("weights", StringComparison.Ordinal) ? weights : [],
            member.Contains("ridge", StringComparison.Ordinal) ? 0.3f : 0, member.Contains("z ≥ 0", StringComparison.Ordinal));
    }

    /// <summary>A member at a fraction of the smallest λmax of the signals, leaving out those whose code is zero whatever λ.</summary>
    public static Penalty Penalty(string member, Matrix x, AtomDictionary dictionary, double fraction)
    {
        Penalty penalty = Penalty(member, 1, dictionary.AtomCount);
        var twin = new PenaltyTwin(dictionary, penalty);
        return penalty.WithLambda(
            (float)(fraction * Enumerable.Range(0, x.Rows).Select(i => twin.LambdaMax(x.Row(i))).Where(value => value > 0).DefaultIfEmpty(1)
            .Min()));
    }

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
    /// The gap, over E, that a code has by its rounding to float32 alone. That moves zD by δ ≤ 2⁻²⁴‖z‖₁ and every correlation by as much;
    /// the dual point shrinks by δ/λ: gap ≤ 2δ‖z‖₁ + ½(δ/λ)²‖r‖², and both ‖z‖₁ ≤ E/λ and ½‖r‖² ≤ E.
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
        var twin = new PenaltyTwin(solver.Dictionary, solver.Penalty);
        for (int i = 0; i < x.Rows; i++)
        {
            double gap = twin.RelativeGap(x.Row(i), LassoTwin.Widen(z.Row(i)));
            Assert.True(gap <= solver.Options.Tolerance + ReportAudit.Rounding,
                $"{solver.Name} [{solver.CodeSize}×{solver.SignalSize}] row {i}: gap {gap:G4} of E above {solver.Options.Tolerance:G4}");
        }
    }
}
