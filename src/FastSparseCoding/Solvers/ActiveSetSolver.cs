using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The exact solver. Greedy coordinate descent finds a rough support; with the signs held, the minimiser on the support solves a small linear
/// system. <see cref="BlockPivoting"/> solves many rows side by side and exchanges many atoms at once. The few rows where that runs in circles go
/// on in the manner of feature-sign search (Lee, Battle, Raina and Ng 2006): the code moves to the minimiser, or to the first sign change on the way,
/// where that atom leaves; when no sign changes, atoms that violate the optimality conditions enter. Every such step lowers E, so no support comes
/// twice. Every row carries its certificate; the few that float32 leaves above the tolerance, or with a coefficient too small to be sure of its sign,
/// are finished in double precision.
/// </summary>
public sealed class ActiveSetSolver : LassoSolver
{
    /// <summary>Greedy updates end when the largest is below this fraction of λ: from there on solving on the support is the faster.</summary>
    private const float GreedyThreshold = 0.3f;

    /// <summary>Of the violating atoms, those whose violation is at least this fraction of the largest enter together.</summary>
    private const float EnteringFraction = 0.5f;

    /// <summary>A correlation above λ by less than this fraction is rounding, not a violation.</summary>
    private const float ViolationTolerance = 2e-6f;

    /// <summary>A coefficient below this fraction of λ may be zero or of the other sign but for rounding.</summary>
    private const float UnsureMagnitude = 1e-4f;

    /// <summary>Most steps of iterative refinement at the end.</summary>
    private const int MostRefinements = 3;

    private readonly Lazy<Operators> _operators;

    /// <summary>Creates the solver.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are changes of the support.</param>
    public ActiveSetSolver(AtomDictionary dictionary, float lambda, SolverOptions? options = null)
        : base(dictionary, lambda, options)
    {
        _operators = new Lazy<Operators>(() => new Operators(dictionary));
    }

    /// <inheritdoc/>
    public override string Name => "active set";

    private protected override int GenerousIterations => 100_000;

    private protected override BlockWorkspace CreateWorkspace() => new Workspace(Dictionary, _operators.Value.S, Lambda);

    private protected override void SolveBlock(ReadOnlyMatrixView x, MatrixView z, BlockWorkspace workspace, BlockRun run)
    {
        var rows = (Workspace)workspace;
        Operators operators = _operators.Value;
        Gemm.Multiply(x, operators.AtomsTransposed, rows.B.RowRange(0, x.Rows));        // B = xDᵀ
        for (int t = 0; t < run.Trace?.Codes.Length; t++)
        {
            z.Values.CopyTo(run.Trace.Codes[t].Values);
            SolveRows(x, run.Trace.Codes[t], rows, operators, run.Trace.Iterations[t]);
        }
        ReadOnlySpan<double> gaps = SolveRows(x, z, rows, operators, run.IterationLimit);
        for (int i = 0; i < x.Rows; i++)
            run.Report(i, rows.Changes[i], gaps[i]);
    }

    /// <summary>Solves the rows, with at most <paramref name="limit"/> changes of each one's support, and returns their relative gaps.</summary>
    private ReadOnlySpan<double> SolveRows(ReadOnlyMatrixView x, MatrixView z, Workspace rows, Operators operators, int limit)
    {
        Array.Clear(rows.Changes);
        rows.GivenUp.AsSpan().Fill(limit > 0);
        if (limit > 0)
            GreedyRows.Descend(rows.B.RowRange(0, x.Rows), operators.S, Lambda, GreedyThreshold * Lambda, 2 * rows.Support.Capacity, z);
        if (limit >= GenerousIterations)        // pivoting counts no single changes that a lower limit could stop at
            rows.Pivoting.Solve(rows.B.RowRange(0, x.Rows), z, rows.Changes, rows.GivenUp);
        for (int i = 0; i < x.Rows; i++)
        {
            if (rows.GivenUp[i])
                rows.Changes[i] += SolveRow(rows.B.Row(i), z.Row(i), rows, Math.Min(limit, MostChanges(rows.Support)));
            rows.Unsure[i] = limit > 0 && IsUnsure(z.Row(i), rows);
        }
        Span<double> gaps = rows.Gaps.AsSpan(0, x.Rows);
        rows.Certificate.RelativeGaps(x, z, Lambda, operators.Atoms, operators.AtomsTransposed).CopyTo(gaps);
        for (int i = 0; i < x.Rows; i++)
            if ((gaps[i] > Options.Tolerance || rows.Unsure[i]) && rows.Changes[i] < limit)
                SolvePrecisely(i, x.RowRange(i, 1), z.RowRange(i, 1), rows, operators, limit);
        return gaps;
    }

    /// <summary>A support that changes more often than this runs in circles, by the rounding of nearly dependent atoms.</summary>
    private static int MostChanges(ActiveSupport support) => 100 + 4 * support.Capacity;

    /// <summary>A row that float32 leaves uncertified or unsure, in double precision; a code above the tolerance stays only if its gap is the smaller.</summary>
    private void SolvePrecisely(int i, ReadOnlyMatrixView x, MatrixView z, Workspace rows, Operators operators, int limit)
    {
        z.Values.CopyTo(rows.Running);
        // The limit ends what rounding would let run in circles for minutes: at a λ too small for float32 nothing ends otherwise.
        rows.Changes[i] += rows.Precise.Solve(x.Values, z.Values, operators.PreciseAtoms, Math.Min(limit - rows.Changes[i], 4 * MostChanges(rows.Support)));
        double gap = rows.Precise.RelativeGap(operators.PreciseAtoms);
        if (gap < rows.Gaps[i] || gap <= Options.Tolerance)
            rows.Gaps[i] = gap;
        else
            rows.Running.CopyTo(z.Values);
    }

    private bool IsUnsure(ReadOnlySpan<float> z, Workspace row)
    {
        int count = Violations.List(z, 0, row.NonZeros, row.NonZeroAtoms);          // all that is not zero
        foreach (float value in row.NonZeros.AsSpan(0, count))
            if (Math.Abs(value) < UnsureMagnitude * Lambda)
                return true;
        return false;
    }

    private int SolveRow(ReadOnlySpan<float> b, Span<float> z, Workspace row, int limit)
    {
        ActiveSupport support = row.Support;
        support.Begin(z);
        int changes = 0, refined = 0;
        while (changes < limit)
        {
            changes += support.MinimizeWithSignsHeld(b, Lambda, limit - changes);       // z on the support, signs kept
            float residual = Correlate(b, support, row);
            int entered = Enter(support, row.Running, limit - changes);
            changes += entered;
            if (entered > 0)
                continue;
            // The support is final. Refine until rounding is all that is left; the inverse of nearly dependent atoms takes a few steps.
            while (residual > ViolationTolerance * Lambda && refined++ < MostRefinements)
                residual = Correlate(b, support, row);
            break;
        }
        support.Write(z);
        return changes;
    }

    /// <summary>c = b − zG, and z refined by it; returns the largest |c_S − λs| before.</summary>
    private float Correlate(ReadOnlySpan<float> b, ActiveSupport support, Workspace row)
    {
        CodState.Compute(b, _operators.Value.S, support.Atoms, support.Values, row.Running);        // B = xDᵀ + zS
        support.SubtractFrom(row.Running);                                                          // c = B − z
        return support.Refine(row.Running, Lambda);
    }

    /// <summary>Atoms whose correlation exceeds λ enter, the worst of them together; returns how many did.</summary>
    private int Enter(ActiveSupport support, Span<float> c, int limit)
    {
        support.ClearIn(c);
        float largest = Math.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(c));
        if (largest <= Lambda * (1 + ViolationTolerance))
            return 0;
        float entering = Lambda + EnteringFraction * (largest - Lambda);
        int entered = 0;
        for (int k = 0; k < c.Length && entered < limit; k++)
            if (Math.Abs(c[k]) >= entering && support.TryEnter(k, Math.Sign(c[k])))
                entered++;
        return entered;
    }

    /// <summary>The matrices, made once.</summary>
    private sealed class Operators(AtomDictionary dictionary)
    {
        /// <summary>S = I − G [m×m].</summary>
        public AlignedRows S { get; } = new(GramMatrix.IdentityMinus(dictionary));

        /// <summary>D [m×n].</summary>
        public PackedMatrix Atoms { get; } = PackedMatrix.Of(dictionary.Atoms);

        /// <summary>Dᵀ [n×m].</summary>
        public PackedMatrix AtomsTransposed { get; } = PackedMatrix.OfTransposed(dictionary.Atoms);

        /// <summary>D [m×n] in double precision.</summary>
        public AtomTable PreciseAtoms { get; } = new(dictionary);
    }

    private sealed class Workspace(AtomDictionary dictionary, AlignedRows s, float lambda) : BlockWorkspace(dictionary)
    {
        /// <summary>The row's running B, then its correlations [m].</summary>
        public float[] Running { get; } = new float[dictionary.AtomCount];

        /// <summary>The row's support and the code on it.</summary>
        public ActiveSupport Support { get; } = new(dictionary);

        /// <summary>For the rows that float32 leaves uncertified.</summary>
        public PreciseActiveSet Precise { get; } = new(dictionary, lambda);

        /// <summary>The coefficients of a row that are not zero, and their atoms.</summary>
        public float[] NonZeros { get; } = new float[dictionary.AtomCount + Violations.Slack];

        public int[] NonZeroAtoms { get; } = new int[dictionary.AtomCount + Violations.Slack];

        /// <summary>Solves most rows.</summary>
        public BlockPivoting Pivoting { get; } = new(dictionary.SignalSize, s, lambda, ViolationTolerance);

        /// <summary>Whether a row is left to be solved one change at a time.</summary>
        public bool[] GivenUp { get; } = new bool[SparseEncoderExtensions.BlockRows];

        /// <summary>Changes of the support of every row.</summary>
        public int[] Changes { get; } = new int[SparseEncoderExtensions.BlockRows];

        /// <summary>Whether a row has a coefficient that may be zero but for rounding.</summary>
        public bool[] Unsure { get; } = new bool[SparseEncoderExtensions.BlockRows];

        /// <summary>Relative gap of every row.</summary>
        public double[] Gaps { get; } = new double[SparseEncoderExtensions.BlockRows];
    }
}
