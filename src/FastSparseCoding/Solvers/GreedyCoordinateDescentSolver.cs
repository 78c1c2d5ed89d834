using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// CoD, greedy coordinate descent (Li and Osher 2009; Gregor and LeCun 2010, Algorithm 2): always update the coefficient that changes most.
/// With S = I − G an update is one pass over B; m of them cost about one iteration of ISTA. The code after k updates is h_λ(B). Immutable
/// and safe to share between threads.
/// </summary>
public sealed class GreedyCoordinateDescentSolver : CoordinateSolver
{
    /// <summary>Updates between looks at the cancellation.</summary>
    private const int CheckEvery = 256;

    // Each divided by 1 + μ, which makes the diagonal of G + μI 1.
    private readonly Lazy<PackedMatrix> _encoderTransposed;     // W_eᵀ = Dᵀ
    private readonly Lazy<AlignedRows> _s;                      // S = I − G
    private readonly float[] _theta;                            // θ = λw

    /// <summary>Creates the solver for the lasso.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are updates of one coefficient.</param>
    public GreedyCoordinateDescentSolver(AtomDictionary dictionary, float lambda, SolverOptions? options = null)
        : this(dictionary, new Penalty(lambda), options)
    {
    }

    /// <summary>Creates the solver.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">The penalty.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are updates of one coefficient.</param>
    public GreedyCoordinateDescentSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options = null)
        : base(dictionary, penalty, options)
    {
        _encoderTransposed = new Lazy<PackedMatrix>(() => ProximalStep.CoordinateEncoder(dictionary, penalty));
        _theta = ProximalStep.CoordinateThresholds(dictionary, penalty);
        _s = new Lazy<AlignedRows>(() => ProximalStep.CoordinateProducts(dictionary, penalty));
    }

    /// <inheritdoc/>
    public override string Name => "CoD";

    private protected override PackedMatrix EncoderTransposed => _encoderTransposed.Value;

    private protected override int GenerousIterations => (int)Math.Min(int.MaxValue, 1000L * CodeSize);

    private protected override int SolveRow(
        ReadOnlySpan<float> correlations, Span<float> z, float threshold, int iterations, RowWorkspace workspace, RowTrace trace,
        CancellationToken cancellation)
    {
        AlignedRows s = _s.Value;
        Span<float> b = workspace.Running;
        correlations.CopyTo(b);
        for (int j = 0; j < z.Length; j++)
            if (z[j] != 0)
                TensorPrimitives.MultiplyAdd(s.Row(j), z[j], b, b);                             // B = xW_eᵀ + zS
        ReadOnlySpan<float> row = default;
        float e = 0;
        for (int k = 0; ; k++)
        {
            if (k % CheckEvery == 0)
                cancellation.ThrowIfCancellationRequested();
            // B ← B + e·S_k, then k = argmax |h_θ(B) − z|
            (int index, float change) = GreedyStep.Next(b, z, _theta, row, e, Penalty.Floor);
            Span<float> traced = trace.At(k);
            if (!traced.IsEmpty)
                Shrinkage.SoftThreshold(b, _theta, traced, Penalty.Floor);
            if (k == iterations || Math.Abs(change) <= threshold || change == 0)
            {
                if (threshold < 0 && k < iterations)
                    Fill(trace, k + 1, iterations, b);
                Shrinkage.SoftThreshold(b, _theta, z, Penalty.Floor);                           // return h_θ(B)
                return k;
            }
            z[index] += change;                                                                 // z_k ← z̄_k
            e = change;
            row = s.Row(index);
        }
    }

    /// <summary>A code that no longer changes is the code after every later update too.</summary>
    private void Fill(RowTrace trace, int from, int to, ReadOnlySpan<float> b)
    {
        for (int k = from; k <= to; k++)
        {
            Span<float> traced = trace.At(k);
            if (!traced.IsEmpty)
                Shrinkage.SoftThreshold(b, _theta, traced, Penalty.Floor);
        }
    }
}
