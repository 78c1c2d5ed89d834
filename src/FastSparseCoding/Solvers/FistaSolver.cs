using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// FISTA (Beck and Teboulle 2009): ISTA's step taken at y = z_k + ((t_k − 1)/t_{k+1})(z_k − z_{k−1}), with t_{k+1} = (1 + √(1 + 4t_k²))/2.
/// The certificate is of the returned z, not of y. Optionally restarted whenever the momentum points uphill (O'Donoghue and Candès 2015).
/// Immutable and safe to share between threads.
/// </summary>
public sealed class FistaSolver : GradientSolver
{
    /// <summary>Creates the solver for the lasso.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <param name="options">When to stop and whether to restart, or null for the defaults.</param>
    public FistaSolver(AtomDictionary dictionary, float lambda, SolverOptions? options = null)
        : this(dictionary, new Penalty(lambda), options)
    {
    }

    /// <summary>Creates the solver.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">The penalty.</param>
    /// <param name="options">When to stop and whether to restart, or null for the defaults.</param>
    public FistaSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options = null)
        : base(dictionary, penalty, options)
    {
    }

    /// <inheritdoc/>
    public override string Name => "FISTA";

    private protected override BlockWorkspace CreateWorkspace() => new State(Dictionary, Penalty);

    private protected override void Begin(ReadOnlyMatrixView z, BlockWorkspace workspace)
    {
        var state = (State)workspace;
        z.Values.CopyTo(state.Y.Values);    // y = z₀
        Array.Fill(state.T, 1f);            // t = 1
    }

    private protected override void MoveRow(int from, int to, BlockWorkspace workspace)
    {
        var state = (State)workspace;
        state.Y.Row(from).CopyTo(state.Y.Row(to));
        state.T[to] = state.T[from];
    }

    private protected override void Step(MatrixView z, ReadOnlyMatrixView b, Operators operators, BlockWorkspace workspace)
    {
        var state = (State)workspace;
        MatrixView y = state.Y.RowRange(0, z.Rows), next = state.Next.RowRange(0, z.Rows);
        Gemm.MultiplyAddShrink(y, operators.S, b, operators.Threshold, next, Penalty.Floor);     // z_{k+1} = h_θ(B + yS)
        for (int i = 0; i < z.Rows; i++)
        {
            Span<float> change = z.Row(i);
            TensorPrimitives.Subtract(next.Row(i), change, change);                 // z_{k+1} − z_k
            float momentum = Momentum(ref state.T[i], y.Row(i), next.Row(i), change);
            TensorPrimitives.MultiplyAdd(change, momentum, next.Row(i), y.Row(i));  // y = z_{k+1} + ((t_k − 1)/t_{k+1})(z_{k+1} − z_k)
        }
        next.Values.CopyTo(z.Values);
    }

    /// <summary>(t_k − 1)/t_{k+1}, and t advanced; 0 after a restart, when (y − z_{k+1})·(z_{k+1} − z_k) &gt; 0.</summary>
    private float Momentum(ref float t, ReadOnlySpan<float> y, ReadOnlySpan<float> next, ReadOnlySpan<float> change)
    {
        if (Options.AdaptiveRestart && Reduction.Dot(y, change) > Reduction.Dot(next, change))
            t = 1;
        float before = t;
        t = (1 + MathF.Sqrt(1 + 4 * before * before)) / 2;
        return (before - 1) / t;
    }

    private sealed class State(AtomDictionary dictionary, Penalty penalty) : LiveRows(dictionary, penalty)
    {
        /// <summary>y [rows×m], the point the gradient is taken at.</summary>
        public Matrix Y { get; } = new(RowBlocks.MostRows, dictionary.AtomCount);

        /// <summary>The next z [rows×m].</summary>
        public Matrix Next { get; } = new(RowBlocks.MostRows, dictionary.AtomCount);

        /// <summary>t of every row.</summary>
        public float[] T { get; } = new float[RowBlocks.MostRows];
    }
}
