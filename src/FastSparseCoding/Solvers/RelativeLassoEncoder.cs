using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Exact codes with a sparsity weight that follows the signal: λ = f·λmax(x), a fraction of the weight from which on the signal's code is
/// zero. As E(cx, cz; cλ) = c²E(x, z; λ), a ridge included, the code is λmax times that of x/λmax at λ = f: one solver serves all signals,
/// a signal times c has c times the code, and no signal depends on the others. A signal with λmax = 0, zero or, where codes must not be
/// negative, without a positive product with any atom, has a zero code. Immutable and safe to share between threads.
/// </summary>
public sealed class RelativeLassoEncoder : ISparseEncoder
{
    private readonly WorkspacePool<Workspace> _workspaces;
    private readonly float[] _inverseWeights;

    /// <summary>Creates the encoder.</summary>
    /// <param name="solver">Solves; its λ is the fraction f, from above 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The solver's λ is above 1.</exception>
    /// <example><code>
    /// // λ = 0.1 λmax(x): as many atoms for a dark signal as for a bright one
    /// var relative = new RelativeLassoEncoder(new ActiveSetSolver(dictionary, lambda: 0.1f));
    /// </code></example>
    public RelativeLassoEncoder(LassoSolver solver)
    {
        ArgumentNullException.ThrowIfNull(solver);
        Throw.IfAbove(solver.Lambda, 1f);
        Solver = solver;
        _inverseWeights = Array.ConvertAll(solver.Penalty.WithLambda(1).Thresholds(solver.CodeSize), w => 1 / w);
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(solver.Dictionary, solver.Penalty));
    }

    /// <summary>The solver, of signals that are divided by their λmax.</summary>
    public LassoSolver Solver { get; }

    /// <summary>The fraction f of λmax.</summary>
    public float Fraction => Solver.Lambda;

    /// <summary>Relative gap at which a row counts as certified: twice the solver's, whose gap is that of x/λmax before what dividing and
    /// multiplying round.</summary>
    public double Tolerance => 2 * Solver.Options.Tolerance;

    /// <inheritdoc/>
    public int SignalSize => Solver.SignalSize;

    /// <inheritdoc/>
    public int CodeSize => Solver.CodeSize;

    /// <inheritdoc/>
    public void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
    {
        Batches.Check(this, x, z);
        for (int start = 0; start < x.Rows; start += RowBlocks.MostRows)
        {
            int count = Math.Min(RowBlocks.MostRows, x.Rows - start);
            SolveBlock(x.RowRange(start, count), z.RowRange(start, count), null, [], start, cancellation);
        }
    }

    /// <summary>Solves a batch on all cores and reports on every row.</summary>
    /// <param name="x">Signals [N×n], finite.</param>
    /// <param name="z">Receives the codes [N×m].</param>
    /// <param name="lambdas">Receives each row's λ = f·λmax [N], 0 where λmax is; or null. λmax is that of float32 products.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second; some rows of <paramref name="z"/> are then codes, some
    /// not.</param>
    /// <returns>Status, iterations and certificate of every row: of the code as it is returned, at its λ.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or a value is not finite.</exception>
    public SolveReport Solve(Matrix x, Matrix z, double[]? lambdas = null, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(z);
        Batches.Check(this, x, z);
        if (lambdas is not null)
            Throw.IfLengthNot(lambdas.Length, x.Rows, nameof(lambdas));
        var report = new SolveReport(x.Rows);
        RowBlocks.Run(x.Rows, RowBlocks.Size(x.Rows, RowBlocks.MostRows, threads), threads, cancellation,
            (first, count) =>
            {
                SolveBlock(x.RowRange(first, count), z.RowRange(first, count), report,
                    lambdas.AsSpan(lambdas is null ? 0 : first, lambdas is null ? 0 : count), first, cancellation);
                Throw.IfCodesNotFinite(z.RowRange(first, count), first, nameof(x));
            });
        return report;
    }

    /// <inheritdoc/>
    public override string ToString() => Solver.Penalty.ToString(" λmax");

    private void SolveBlock(
        ReadOnlyMatrixView x, MatrixView z, SolveReport? report, Span<double> lambdas, int first, CancellationToken cancellation)
    {
        Workspace workspace = _workspaces.Rent();
        ReadOnlySpan<double> largest = workspace.DivideByLambdaMax(x, _inverseWeights, Solver);
        z.Values.Clear();
        // z' = argmin E(x/λmax, z'; f)
        Solver.SolveBlock(workspace.X.RowRange(0, x.Rows), default, z, warmStart: false, report, first, cancellation);
        for (int i = 0; i < x.Rows; i++)
            // z = λmax·z', and 0 for λ = λmax
            Multiply(z.Row(i), Fraction < 1 ? largest[i] : 0);
        for (int i = 0; i < lambdas.Length; i++)
            lambdas[i] = Fraction * largest[i];
        workspace.Certify(x, z, report, first, Tolerance);
        _workspaces.Return(workspace);
    }

    private static void Multiply(Span<float> z, double factor)
    {
        foreach (ref float value in z)
            if (value != 0)
                value = (float)(factor * value);
    }

    /// <summary>Memory for a block of rows.</summary>
    private sealed class Workspace(AtomDictionary dictionary, Penalty penalty)
    {
        private readonly Certificate _certificate = new(dictionary, penalty, RowBlocks.MostRows);
        private readonly Matrix _correlations = new(RowBlocks.MostRows, dictionary.AtomCount);
        private readonly double[] _largest = new double[RowBlocks.MostRows];
        private readonly double[] _scales = new double[RowBlocks.MostRows];

        /// <summary>x/λmax [rows×n], 0 where λmax is.</summary>
        public Matrix X { get; } = new(RowBlocks.MostRows, dictionary.SignalSize);

        /// <summary>Divides signals by their λmax, and returns those.</summary>
        public ReadOnlySpan<double> DivideByLambdaMax(ReadOnlyMatrixView x, float[] inverseWeights, LassoSolver solver)
        {
            for (int i = 0; i < x.Rows; i++)
                _scales[i] = DivideBySize(x.Row(i), X.Row(i));
            MatrixView b = _correlations.RowRange(0, x.Rows);
            Gemm.Multiply(X.RowRange(0, x.Rows), solver.Dictionary.PackedTransposed, b);                            // B = xDᵀ
            for (int i = 0; i < x.Rows; i++)
            {
                // λmax = max |b_k|/w_k
                float largest = _scales[i] > 0 ? Violations.Largest(b.Row(i), inverseWeights, solver.Penalty.Floor) : 0;
                _largest[i] = largest * _scales[i];
                if (largest > 0)
                    TensorPrimitives.Divide(X.Row(i), largest, X.Row(i));
                else
                    X.Row(i).Clear();
            }
            return _largest.AsSpan(0, x.Rows);
        }

        /// <summary>Certifies codes at their λ, and replaces what rounding has left worse than zero by zero.</summary>
        public void Certify(ReadOnlyMatrixView x, MatrixView z, SolveReport? report, int first, double tolerance)
        {
            // A λmax beyond float32, of weights near its smallest numbers, is lost: nothing certifies such a row.
            for (int i = 0; i < x.Rows; i++)
                _scales[i] = !double.IsFinite(_largest[i]) ? double.NaN : _largest[i] > 0 ? 1 / _largest[i] : 0;
            ReadOnlySpan<RowResult> results = _certificate.Certify(x, z, scales: _scales.AsSpan(0, x.Rows));
            if (ClearWorse(results, z))
                results = _certificate.Certify(x, z, scales: _scales.AsSpan(0, x.Rows));
            for (int i = 0; i < x.Rows; i++)
                report?.Set(first + i, report.Iterations[first + i], results[i].RelativeGap, Energy(results[i], _largest[i], x.Row(i)),
                    tolerance);
        }

        /// <summary>E(x, z; fλmax) = λmax²·E(x/λmax, z/λmax; f); where λmax is 0 the code is, too.</summary>
        private static double Energy(RowResult scaled, double largest, ReadOnlySpan<float> x)
            => largest > 0 ? largest * largest * scaled.Energy : 0.5 * Reduction.Dot(x, x);

        private static bool ClearWorse(ReadOnlySpan<RowResult> results, MatrixView z)
        {
            bool any = false;
            for (int i = 0; i < z.Rows; i++)
            {
                if (results[i].Energy <= results[i].EnergyOfZero)
                    continue;
                z.Row(i).Clear();
                any = true;
            }
            return any;
        }

        /// <summary>Divides a signal by a power of two near its largest value, without rounding, so that no product overflows; returns it,
        /// 0 for a signal of zeros.</summary>
        private static double DivideBySize(ReadOnlySpan<float> x, Span<float> divided)
        {
            float size = Math.Abs(TensorPrimitives.MaxMagnitude(x));
            int power = size > 0 ? Math.Max(MathF.ILogB(size), -126) : 0;
            TensorPrimitives.Multiply(x, MathF.ScaleB(1, -power), divided);
            return size > 0 ? Math.ScaleB(1, power) : 0;
        }
    }
}
