namespace FastSparseCoding.Solvers;

/// <summary>When an exact solver stops. Change a copy with <c>with</c>. Immutable and safe to share between threads.</summary>
public sealed record SolverOptions
{
    /// <summary>The defaults.</summary>
    public static SolverOptions Default { get; } = new();

    /// <summary>
    /// Relative duality gap at which a row counts as solved: gap ≤ Tolerance·E, so that E − E* ≤ Tolerance·E. From 1e-7 to 1; default 1e-5.
    /// The true excess is of the order of its square. Float32 codes carry a gap by their rounding alone: about 1e-6 when λ is a tenth of
    /// λmax or more, 1e-5 at a hundredth; what is asked beyond that ends as <see cref="SolveStatus.IterationLimit"/>.
    /// </summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>
    /// Most iterations for a row, 1 or more: gradient steps (ISTA, FISTA), coordinate updates (CoD), sweeps (cyclic), changes of the
    /// support (active set). Default 0: what the solver deems generous (10,000 steps or sweeps, 1,000 updates per atom, 100,000 changes).
    /// </summary>
    public int MaxIterations { get; init; }

    /// <summary>FISTA only: forget the momentum whenever it points uphill (O'Donoghue and Candès 2015). Default false.</summary>
    public bool AdaptiveRestart { get; init; }

    /// <summary>
    /// Coefficients of a start with a magnitude below this fraction of λ are taken for zero; 0 or more. Default 0: a start is taken as it
    /// is. 0.3 suits an encoder's prediction, whose small coefficients are mostly of wrong atoms.
    /// </summary>
    public float StartThreshold { get; init; }

    internal SolverOptions Validated()
    {
        Throw.IfOutside(Tolerance, 1e-7, 1);
        Throw.IfBelow(MaxIterations, 0);
        Throw.IfOutside(StartThreshold, 0f, float.MaxValue);
        return this;
    }
}
