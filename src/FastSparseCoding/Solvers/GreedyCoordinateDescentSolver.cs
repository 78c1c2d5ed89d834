using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// CoD, greedy coordinate descent (Li and Osher 2009; Gregor and LeCun 2010, Algorithm 2): always update the coefficient that changes most.
/// With S = I − G an update is one pass over B; m of them cost about one iteration of ISTA. The code after k updates is h_λ(B).
/// </summary>
public sealed class GreedyCoordinateDescentSolver : CoordinateSolver
{
    private readonly Lazy<Matrix> _s;
    private readonly float[] _threshold;

    /// <summary>Creates the solver.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are updates of one coefficient.</param>
    public GreedyCoordinateDescentSolver(AtomDictionary dictionary, float lambda, SolverOptions? options = null)
        : base(dictionary, lambda, options)
    {
        _s = new Lazy<Matrix>(() => GramMatrix.IdentityMinus(dictionary));
        _threshold = new float[dictionary.AtomCount];
        Array.Fill(_threshold, lambda);
    }

    /// <inheritdoc/>
    public override string Name => "CoD";

    private protected override int GenerousIterations => (int)Math.Min(int.MaxValue, 1000L * CodeSize);

    private protected override int SolveRow(ReadOnlySpan<float> correlations, Span<float> z, float threshold, int iterations, RowWorkspace workspace, RowTrace trace)
    {
        ReadOnlyMatrixView s = _s.Value;
        Span<float> b = workspace.Running;
        correlations.CopyTo(b);
        SparseRows.AddWeightedRows(z, s, b);                                            // B = xDᵀ + zS
        ReadOnlySpan<float> row = default;
        float e = 0;
        for (int k = 0; ; k++)
        {
            (int index, float change) = GreedyStep.Next(b, z, _threshold, row, e);      // B ← B + e·S_k, then k = argmax |h_λ(B) − z|
            Span<float> traced = trace.At(k);
            if (!traced.IsEmpty)
                Shrinkage.SoftThreshold(b, Lambda, traced);
            if (k == iterations || Math.Abs(change) <= threshold || change == 0)
            {
                if (threshold < 0 && k < iterations)
                    Fill(trace, k + 1, iterations, b);
                Shrinkage.SoftThreshold(b, Lambda, z);                                  // return h_λ(B)
                return k;
            }
            z[index] += change;                                                         // z_k ← z̄_k
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
                Shrinkage.SoftThreshold(b, Lambda, traced);
        }
    }
}
