using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The exact solver. With the support and the signs of a code known, the minimiser solves a small linear system; so the support is what is
/// sought. Greedy coordinate descent gives a rough one at a λ large enough for it to be good, <see cref="Homotopy"/> leads it down to λ for
/// many rows side by side in float32, and <see cref="PreciseActiveSet"/> finishes in double the rows that float32 leaves above the
/// tolerance. Every row carries its certificate.
/// </summary>
public sealed partial class ActiveSetSolver : LassoSolver, IMaskedEncoder
{
    /// <summary>Greedy updates end when the largest is below this fraction of λ: from there on solving on the support is the
    /// faster.</summary>
    private const float GreedyThreshold = 0.3f;

    /// <summary>The search for a support begins at this fraction of the row's λmax, or at λ where that is larger.</summary>
    private const float FirstLevel = 0.08f;

    /// <summary>The same where no greedy descent leads there.</summary>
    private const float FirstLevelFromNothing = 0.75f;

    /// <summary>
    /// A start that is further than this share of λ from stationary on its support, whatever the weight, is a prediction, and no solution
    /// of another λ: what is small in it is mostly of wrong atoms.
    /// </summary>
    private const double Prediction = 0.1;

    /// <summary>With more atoms than this, products come from the atoms themselves: S = I − G would take more memory than it saves
    /// time.</summary>
    private const int MostAtomsOfGram = 4096;

    private readonly Lazy<Operators> _operators;

    /// <summary>Creates the solver for the lasso.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are changes of the support.</param>
    /// <example><code>
    /// var exact = new ActiveSetSolver(dictionary, lambda: 0.5f);
    /// Matrix z = exact.Encode(x);
    /// </code></example>
    public ActiveSetSolver(AtomDictionary dictionary, float lambda, SolverOptions? options = null)
        : this(dictionary, new Penalty(lambda), options)
    {
    }

    /// <summary>Creates the solver.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">The penalty.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are changes of the support.</param>
    public ActiveSetSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options = null)
        : base(dictionary, penalty, options)
        => _operators = new Lazy<Operators>(() => new Operators(dictionary, penalty));

    /// <inheritdoc/>
    public override string Name => "active set";

    private protected override int GenerousIterations => 100_000;

    /// <summary>Goes over to other atoms of its dictionary, which has followed them: what was computed from them is computed anew, where it
    /// is.</summary>
    internal void Follow()
    {
        if (_operators.IsValueCreated)
            _operators.Value.Follow(Dictionary);
    }

    internal override void Prepare(int threads)
    {
        if (CodeSize <= MostAtomsOfGram)
            Dictionary.FormIdentityMinusGram(threads);
    }

    private protected override BlockWorkspace CreateWorkspace() => new Workspace(Dictionary, Penalty, _operators.Value);

    private protected override void SolveBlock(ReadOnlyMatrixView x, MatrixView z, BlockWorkspace workspace, BlockRun run)
    {
        var rows = (Workspace)workspace;
        if (run.Trace is not null || run.IterationLimit < GenerousIterations)
        {
            ChangeOneByOne(x, z, rows, run);
            return;
        }
        Operators operators = _operators.Value;
        MatrixView b = rows.B.RowRange(0, x.Rows);
        bool masked = run.Mask.Columns > 0;
        Gemm.Multiply(x, operators.EncoderTransposed, b);                                       // B = xDᵀ
        AlignedRows? s = masked ? null : operators.S;
        ChooseStarts(x, b, z, rows, operators, s is null ? FirstLevelFromNothing : FirstLevel);
        if (s is not null)
            GreedyRows.Descend(b, rows.Scales.AsSpan(0, x.Rows), s, operators.Thresholds, Penalty.Floor,
                GreedyThreshold * operators.SmallestThreshold, 2 * rows.Homotopy.Capacity, z);
        (masked ? rows.MaskedHomotopy : rows.Homotopy).Solve(x, run.Mask, b, z, rows.Rows, run.Cancellation);
        Finish(x, z, rows, run);
    }

    /// <summary>Where each row's search begins: at its start and λ itself, or at zero and a fraction of its λmax where that is larger and
    /// there is no start, or a poor one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ChooseStarts(
        ReadOnlyMatrixView x, ReadOnlyMatrixView b, MatrixView z, Workspace rows, Operators operators, float firstLevel)
    {
        for (int i = 0; i < b.Rows; i++)
        {
            float ofZero = Violations.Largest(b.Row(i), operators.InverseThresholds, Penalty.Floor);
            if (!float.IsFinite(ofZero))
                ofZero = 0;         // a signal too large for float32: the homotopy gives it up at once
            rows.Rows.LevelsOfZero[i] = ofZero;
            rows.Rows.Norms[i] = (float)Math.Sqrt(Reduction.Dot(x.Row(i), x.Row(i)));
            bool starts = rows.StartIsWorthwhile(i);
            if (!starts)
                z.Row(i).Clear();
            else if (rows.StartViolation(i) > Prediction)
                DropSmall(z.Row(i), operators.Thresholds);
            rows.Rows.Levels[i] = starts ? 1 : Math.Max(1, firstLevel * ofZero);
            rows.Scales[i] = 1 / rows.Rows.Levels[i];
        }
    }

    /// <summary>Certifies the rows; refines in double those above the tolerance, and solves in double those that are above it even
    /// then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(ReadOnlyMatrixView x, MatrixView z, Workspace rows, BlockRun run)
    {
        rows.Certificate.Certify(x, z, run.Mask, rows.Rows).CopyTo(rows.Results);
        rows.Rows.Changes.CopyTo(rows.Iterations, 0);
        int open = 0;
        for (int i = 0; i < x.Rows; i++)
            if (!(rows.Results[i].RelativeGap <= run.Tolerance))
                rows.Open[open++] = i;
        open = Improve(x, z, rows, open, run, wholly: false);
        Improve(x, z, rows, open, run, wholly: true);
    }

    /// <summary>
    /// Improves copies of the open rows, by a step on their supports or wholly, and certifies them; takes over what is certified or of less
    /// energy. Returns how many stay open.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Improve(ReadOnlyMatrixView x, MatrixView z, Workspace rows, int open, BlockRun run, bool wholly)
    {
        if (open == 0)
            return 0;
        bool masked = run.Mask.Columns > 0;
        AlignedRows? products = masked || _operators.Value.S is null ? null : Dictionary.IdentityMinusGram;
        for (int j = 0; j < open; j++)
        {
            int i = rows.Open[j];
            x.Row(i).CopyTo(rows.OpenSignals.Row(j));
            run.Mask.Row(i).CopyTo(rows.OpenMasks.Row(j));
            z.Row(i).CopyTo(rows.OpenCodes.Row(j));
            if (wholly)
                SolveInDouble(i, x.Row(i), rows.OpenCodes.Row(j), rows, run);
            else
                rows.Precise.TryRefine(x.Row(i), run.Mask.Row(i), products, rows.OpenCodes.Row(j), run.Cancellation);
        }
        ReadOnlySpan<RowResult> results = rows.Certificate.Certify(
            rows.OpenSignals.RowRange(0, open), rows.OpenCodes.RowRange(0, open), masked ? rows.OpenMasks.RowRange(0, open) : default);
        int left = 0;
        for (int j = 0; j < open; j++)
        {
            int i = rows.Open[j];
            bool certified = results[j].RelativeGap <= run.Tolerance;
            if (certified || results[j].Energy < rows.Results[i].Energy || double.IsNaN(rows.Results[i].Energy))
            {
                rows.Results[i] = results[j];
                rows.OpenCodes.Row(j).CopyTo(z.Row(i));
            }
            if (!certified)
                rows.Open[left++] = i;
        }
        return left;
    }

    /// <summary>Single changes of the support, in double, from the start: what a trace and a limit of changes count.</summary>
    private void ChangeOneByOne(ReadOnlyMatrixView x, MatrixView z, Workspace rows, BlockRun run)
    {
        for (int i = 0; i < x.Rows; i++)
        {
            for (int t = 0; t < run.Trace?.Codes.Length; t++)
            {
                z.Row(i).CopyTo(run.Trace.Codes[t].Row(i));
                rows.Precise.Solve(x.Row(i), run.Mask.Row(i), run.Trace.Codes[t].Row(i), run.Trace.Iterations[t], run.Cancellation);
            }
            rows.Iterations[i] = rows.Precise.Solve(x.Row(i), run.Mask.Row(i), z.Row(i), run.IterationLimit, run.Cancellation);
        }
        rows.Certificate.Certify(x, z, run.Mask).CopyTo(rows.Results);
    }

    private void SolveInDouble(int i, ReadOnlySpan<float> x, Span<float> z, Workspace rows, BlockRun run)
    {
        rows.ReplaceIfWorse(i, z);
        rows.Iterations[i] += rows.Precise.Solve(x, run.Mask.Row(i), z, MostChanges, run.Cancellation);
    }

    /// <summary>More changes of a support than this are rounding in circles.</summary>
    private int MostChanges => 1000 + 20 * Math.Min(SignalSize, CodeSize);

    /// <summary>What dictionary and penalty give, computed once. Everything is divided by 1 + μ, which makes the diagonal of G + μI
    /// 1.</summary>
    private sealed class Operators
    {
        private readonly Lazy<AlignedRows?> _s;

        public Operators(AtomDictionary dictionary, Penalty penalty)
        {
            Scale = ProximalStep.Share(penalty, step: 1);
            Thresholds = ProximalStep.CoordinateThresholds(dictionary, penalty);
            InverseThresholds = Array.ConvertAll(Thresholds, t => 1 / t);
            SmallestThreshold = Thresholds.Min();
            EncoderTransposed = ProximalStep.CoordinateEncoder(dictionary, penalty);
            _s = new Lazy<AlignedRows?>(
                () => dictionary.AtomCount <= MostAtomsOfGram ? ProximalStep.CoordinateProducts(dictionary, penalty) : null);
        }

        /// <summary>Takes other atoms of the dictionary, where they are not the dictionary's own.</summary>
        public void Follow(AtomDictionary dictionary)
        {
            if (Scale == 1)
                return;
            ProximalStep.ScaleAtoms(dictionary, Scale, EncoderTransposed);
            if (_s.IsValueCreated)
                S?.CopyTimes(dictionary.IdentityMinusGram, Scale);
        }

        /// <summary>The scale, 1/(1 + μ).</summary>
        public float Scale { get; }

        /// <summary>S = I − G [m×m] times the scale, or null where it would be too large; of no use where only some values of signals are
        /// known.</summary>
        public AlignedRows? S => _s.Value;

        /// <summary>Dᵀ [n×m] times the scale.</summary>
        public PackedMatrix EncoderTransposed { get; }

        /// <summary>θ = λw [m] times the scale.</summary>
        public float[] Thresholds { get; }

        /// <summary>1/θ [m].</summary>
        public float[] InverseThresholds { get; }

        public float SmallestThreshold { get; }
    }

    private sealed class Workspace(AtomDictionary dictionary, Penalty penalty, Operators operators) : BlockWorkspace(dictionary, penalty)
    {
        private readonly Lazy<Homotopy> _homotopy = new(() => Create(dictionary, penalty, operators, operators.S));
        private readonly Lazy<Homotopy> _maskedHomotopy = new(() => Create(dictionary, penalty, operators, null));
        private readonly Lazy<PreciseActiveSet> _precise = new(() => new PreciseActiveSet(dictionary, penalty));
        private readonly Lazy<Matrix> _openSignals = new(() => new Matrix(RowBlocks.MostRows, dictionary.SignalSize));
        private readonly Lazy<Matrix> _openMasks = new(() => new Matrix(RowBlocks.MostRows, dictionary.SignalSize));
        private readonly Lazy<Matrix> _openCodes = new(() => new Matrix(RowBlocks.MostRows, dictionary.AtomCount));

        /// <summary>Solves in float32.</summary>
        public Homotopy Homotopy => _homotopy.Value;

        /// <summary>The same for signals that are known in part: S is of no use for those.</summary>
        public Homotopy MaskedHomotopy => _maskedHomotopy.Value;

        /// <summary>Finishes in double.</summary>
        public PreciseActiveSet Precise => _precise.Value;

        /// <summary>What the homotopy is told and tells of the rows.</summary>
        public HomotopyRows Rows { get; } = new(RowBlocks.MostRows, dictionary.AtomCount);

        /// <summary>Inverse of the multiple of λ that every row begins at.</summary>
        public float[] Scales { get; } = new float[RowBlocks.MostRows];

        /// <summary>The rows above the tolerance, and copies of their signals, masks and codes.</summary>
        public int[] Open { get; } = new int[RowBlocks.MostRows];

        public Matrix OpenSignals => _openSignals.Value;

        public Matrix OpenMasks => _openMasks.Value;

        public Matrix OpenCodes => _openCodes.Value;

        /// <summary>With a ridge a support may be larger than the signal.</summary>
        private static Homotopy Create(AtomDictionary dictionary, Penalty penalty, Operators operators, AlignedRows? s) => new(
            dictionary.SignalSize,
            penalty.Ridge > 0 ? dictionary.AtomCount : dictionary.SignalSize,
            new AtomCorrelations(dictionary, s, operators.EncoderTransposed, operators.Scale),
            operators.Thresholds,
            penalty.Floor);
    }
}
