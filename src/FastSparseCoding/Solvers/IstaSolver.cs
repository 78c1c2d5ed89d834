using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// ISTA, the proximal gradient method (Gregor and LeCun 2010, Algorithm 1): z ← h_{λ/L}(z − (zG − xDᵀ)/L), from zero. An iteration is one
/// product with S = I − G/L. Immutable and safe to share between threads.
/// </summary>
public sealed class IstaSolver : GradientSolver
{
    /// <summary>Creates the solver for the lasso.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <param name="options">When to stop, or null for the defaults.</param>
    public IstaSolver(AtomDictionary dictionary, float lambda, SolverOptions? options = null)
        : this(dictionary, new Penalty(lambda), options)
    {
    }

    /// <summary>Creates the solver.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">The penalty.</param>
    /// <param name="options">When to stop, or null for the defaults.</param>
    public IstaSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options = null)
        : base(dictionary, penalty, options)
    {
    }

    /// <inheritdoc/>
    public override string Name => "ISTA";

    private protected override BlockWorkspace CreateWorkspace() => new State(Dictionary, Penalty);

    private protected override void Begin(ReadOnlyMatrixView z, BlockWorkspace workspace)
    {
        // Nothing but z is carried from step to step.
    }

    private protected override void MoveRow(int from, int to, BlockWorkspace workspace)
    {
        // Nothing but z is carried from step to step.
    }

    private protected override void Step(MatrixView z, ReadOnlyMatrixView b, Operators operators, BlockWorkspace workspace)
    {
        MatrixView next = ((State)workspace).Next.RowRange(0, z.Rows);
        Gemm.MultiplyAddShrink(z, operators.S, b, operators.Threshold, next, Penalty.Floor);     // z ← h_θ(B + zS)
        next.Values.CopyTo(z.Values);
    }

    private sealed class State(AtomDictionary dictionary, Penalty penalty) : LiveRows(dictionary, penalty)
    {
        /// <summary>The next z [rows×m].</summary>
        public Matrix Next { get; } = new(RowBlocks.MostRows, dictionary.AtomCount);
    }
}
