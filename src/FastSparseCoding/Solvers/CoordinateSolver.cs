using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// What the solvers that work row by row on the Gram matrix share: B = xDᵀ for the whole block at once, and a threshold on the change of z
/// that tightens until the certificate holds. Immutable and safe to share between threads.
/// </summary>
public abstract class CoordinateSolver : LassoSolver
{
    private protected CoordinateSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options)
        : base(dictionary, penalty, options)
        => Threshold = penalty.Thresholds(dictionary.AtomCount);

    /// <summary>θ = λw [m].</summary>
    private protected float[] Threshold { get; }

    private protected override BlockWorkspace CreateWorkspace() => new RowWorkspace(Dictionary, Penalty);

    /// <summary>W_eᵀ [n×m], by which signals become B.</summary>
    private protected virtual PackedMatrix EncoderTransposed => Dictionary.PackedTransposed;

    /// <summary>
    /// Improves one row's z until its largest change is below <paramref name="threshold"/> or the iterations run out; returns how many it
    /// took.
    /// </summary>
    private protected abstract int SolveRow(
        ReadOnlySpan<float> correlations, Span<float> z, float threshold, int iterations, RowWorkspace workspace, RowTrace trace,
        CancellationToken cancellation);

    private protected override void SolveBlock(ReadOnlyMatrixView x, MatrixView z, BlockWorkspace workspace, BlockRun run)
    {
        var rows = (RowWorkspace)workspace;
        Gemm.Multiply(x, EncoderTransposed, rows.B.RowRange(0, x.Rows));     // B = xW_eᵀ, as a rule xDᵀ
        for (int i = 0; i < x.Rows; i++)
        {
            if (run.Trace is not null)
                SolveRow(rows.B.Row(i), z.Row(i), threshold: -1, run.IterationLimit, rows, new RowTrace(run.Trace, i), run.Cancellation);
            else
                SolveToTolerance(i, x.RowRange(i, 1), z.RowRange(i, 1), rows, run);
        }
    }

    private void SolveToTolerance(int i, ReadOnlyMatrixView x, MatrixView z, RowWorkspace workspace, BlockRun run)
    {
        // The gap is about proportional to the largest change, in units of λ; changes of a few units in the last place of z never end.
        float floor = 5e-7f * Math.Abs(TensorPrimitives.MaxMagnitude(workspace.B.Row(i)));
        float threshold = Lambda * (float)Math.Min(0.1, 100 * run.Tolerance);
        for (int used = 0; ; threshold /= 4)
        {
            used += SolveRow(workspace.B.Row(i), z.Row(0), Math.Max(threshold, floor), run.IterationLimit - used, workspace, default,
                run.Cancellation);
            RowResult result = workspace.Certificate.Certify(x, z)[0];
            if (result.RelativeGap <= run.Tolerance || used >= run.IterationLimit || !(threshold > floor))
            {
                run.Report(i, used, result);
                return;
            }
        }
    }

    /// <summary>Where the codes of one row go when a trace asks for them.</summary>
    private protected readonly struct RowTrace(CodeTrace? trace, int row)
    {
        /// <summary>The row of the codes after k iterations, or an empty span when nobody asked.</summary>
        public Span<float> At(int k)
        {
            int at = trace?.IndexOf(k) ?? -1;
            return at < 0 ? default : trace!.Codes[at].Row(row);
        }
    }

    /// <summary>Memory for one row.</summary>
    private protected sealed class RowWorkspace(AtomDictionary dictionary, Penalty penalty) : BlockWorkspace(dictionary, penalty)
    {
        /// <summary>The row's running B, or its correlations with the residual [m].</summary>
        public float[] Running { get; } = new float[dictionary.AtomCount];
    }
}
