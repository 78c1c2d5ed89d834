using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// What ISTA and FISTA share: rows iterate together as one product with S = I − G/L, and leave the block when their certificate is within
/// the tolerance. What a row computes never depends on the others. Immutable and safe to share between threads.
/// </summary>
public abstract class GradientSolver : LassoSolver
{
    /// <summary>Iterations between certificates: the certificate costs about two iterations.</summary>
    private const int CheckEvery = 10;

    private readonly Lazy<Operators> _operators;

    private protected GradientSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options)
        : base(dictionary, penalty, options)
        => _operators = new Lazy<Operators>(() => new Operators(dictionary, penalty));

    private protected override int GenerousIterations => 10_000;

    private protected abstract override BlockWorkspace CreateWorkspace();

    /// <summary>One iteration of every live row: z [rows×m] in place, B/L in <paramref name="b"/>.</summary>
    private protected abstract void Step(MatrixView z, ReadOnlyMatrixView b, Operators operators, BlockWorkspace workspace);

    /// <summary>The rows given start anew.</summary>
    private protected abstract void Begin(ReadOnlyMatrixView z, BlockWorkspace workspace);

    /// <summary>Row <paramref name="from"/>'s state becomes row <paramref name="to"/>'s.</summary>
    private protected abstract void MoveRow(int from, int to, BlockWorkspace workspace);

    private protected override void SolveBlock(ReadOnlyMatrixView x, MatrixView z, BlockWorkspace workspace, BlockRun run)
    {
        Operators operators = _operators.Value;
        var live = (LiveRows)workspace;
        live.Load(x, z);
        Gemm.Multiply(x, operators.EncoderTransposed, workspace.B.RowRange(0, x.Rows));     // B = xDᵀ/L
        Begin(live.Z.RowRange(0, x.Rows), workspace);
        for (int k = 0; live.Count > 0; k++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            Record(run.Trace, k, live);
            if (k % CheckEvery == 0 || k == run.IterationLimit)
                Retire(k, live, z, run);
            if (live.Count > 0)
                Step(live.Z.RowRange(0, live.Count), workspace.B.RowRange(0, live.Count), operators, workspace);
        }
    }

    private static void Record(CodeTrace? trace, int k, LiveRows live)
    {
        int at = trace?.IndexOf(k) ?? -1;
        if (at >= 0)
            live.Z.RowRange(0, live.Count).Values.CopyTo(trace!.Codes[at].Values);
    }

    /// <summary>Rows whose gap is within the tolerance, or whose iterations ran out, go to the result; the others close ranks.</summary>
    private void Retire(int k, LiveRows live, MatrixView z, BlockRun run)
    {
        int rows = live.Count;
        ReadOnlySpan<RowResult> results = live.Certificate.Certify(live.X.RowRange(0, rows), live.Z.RowRange(0, rows));
        live.Count = 0;
        for (int i = 0; i < rows; i++)
        {
            if (results[i].RelativeGap <= run.Tolerance || k == run.IterationLimit)
            {
                live.Z.Row(i).CopyTo(z.Row(live.Index[i]));
                run.Report(live.Index[i], k, results[i]);
                continue;
            }
            if (live.Count != i)
            {
                live.MoveRow(i, live.Count);
                MoveRow(i, live.Count, live);
            }
            live.Count++;
        }
    }

    /// <summary>The matrices of a proximal gradient step, packed once. The division by 1 + μ/L that ends it is part of them.</summary>
    private protected sealed class Operators
    {
        public Operators(AtomDictionary dictionary, Penalty penalty)
        {
            var s = new Matrix(dictionary.AtomCount, dictionary.AtomCount);
            var encoder = new Matrix(dictionary.AtomCount, dictionary.SignalSize);
            Threshold = new float[dictionary.AtomCount];
            ProximalStep.OfGradient(dictionary, penalty, encoder, s, Threshold);
            S = PackedMatrix.Of(s);
            EncoderTransposed = PackedMatrix.OfTransposed(encoder);
        }

        /// <summary>S = I − G/L [m×m], symmetric.</summary>
        public PackedMatrix S { get; }

        /// <summary>W_eᵀ = Dᵀ/L [n×m].</summary>
        public PackedMatrix EncoderTransposed { get; }

        /// <summary>θ = λw/L [m].</summary>
        public float[] Threshold { get; }
    }

    /// <summary>The rows still iterating, side by side.</summary>
    private protected class LiveRows(AtomDictionary dictionary, Penalty penalty) : BlockWorkspace(dictionary, penalty)
    {
        public Matrix X { get; } = new(RowBlocks.MostRows, dictionary.SignalSize);

        public Matrix Z { get; } = new(RowBlocks.MostRows, dictionary.AtomCount);

        public int[] Index { get; } = new int[RowBlocks.MostRows];

        public int Count { get; set; }

        public void Load(ReadOnlyMatrixView x, ReadOnlyMatrixView z)
        {
            x.Values.CopyTo(X.Values);
            z.Values.CopyTo(Z.Values);
            Count = x.Rows;
            for (int i = 0; i < Count; i++)
                Index[i] = i;
        }

        public void MoveRow(int from, int to)
        {
            X.Row(from).CopyTo(X.Row(to));
            Z.Row(from).CopyTo(Z.Row(to));
            B.Row(from).CopyTo(B.Row(to));
            Index[to] = Index[from];
        }
    }
}
