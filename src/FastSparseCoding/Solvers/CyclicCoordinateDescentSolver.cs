using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Cyclic coordinate descent on the Gram matrix (Friedman, Hastie and Tibshirani 2010): every coefficient in turn to its own optimum.
/// Between two sweeps over all of them the non-zero ones are swept until they settle; a trace, whose unit is one sweep, goes over all of
/// them every time. Immutable and safe to share between threads.
/// </summary>
public sealed class CyclicCoordinateDescentSolver : CoordinateSolver
{
    /// <summary>Creates the solver for the lasso.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="lambda">Sparsity weight λ, above 0.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are sweeps, over all coefficients or the non-zero
    /// ones.</param>
    public CyclicCoordinateDescentSolver(AtomDictionary dictionary, float lambda, SolverOptions? options = null)
        : this(dictionary, new Penalty(lambda), options)
    {
    }

    /// <summary>Creates the solver.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">The penalty.</param>
    /// <param name="options">When to stop, or null for the defaults; iterations are sweeps, over all coefficients or the non-zero
    /// ones.</param>
    public CyclicCoordinateDescentSolver(AtomDictionary dictionary, Penalty penalty, SolverOptions? options = null)
        : base(dictionary, penalty, options)
    {
    }

    /// <inheritdoc/>
    public override string Name => "cyclic CD";

    private protected override int GenerousIterations => 10_000;

    private protected override int SolveRow(
        ReadOnlySpan<float> correlations, Span<float> z, float threshold, int iterations, RowWorkspace workspace, RowTrace trace,
        CancellationToken cancellation)
    {
        Span<float> c = workspace.Running;
        correlations.CopyTo(c);
        for (int k = 0; k < z.Length; k++)
            if (z[k] != 0)
                Subtract(z[k], k, c);                                                   // c = (x − zD)Dᵀ
        if (!trace.At(0).IsEmpty)
            z.CopyTo(trace.At(0));
        bool all = true;
        for (int sweep = 1; sweep <= iterations; sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
            float change = Sweep(z, c, all || threshold < 0);
            Span<float> traced = trace.At(sweep);
            if (!traced.IsEmpty)
                z.CopyTo(traced);
            if (change <= threshold && all)
                return sweep;
            all = change <= threshold;
        }
        return iterations;
    }

    /// <summary>One sweep over all coefficients, or over the non-zero ones; returns the largest change.</summary>
    private float Sweep(Span<float> z, Span<float> c, bool all)
    {
        float largest = 0, floor = Penalty.Floor, share = 1 / (1 + Penalty.Ridge);
        for (int k = 0; k < z.Length; k++)
        {
            if (!all && z[k] == 0)
                continue;
            float v = c[k] + z[k];
            float shrunk = v - Math.Min(Math.Max(v, floor - Threshold[k]), Threshold[k]);
            float change = shrunk * share - z[k];                                       // h_λw(c_k + z_k)/(1 + μ) − z_k
            if (change == 0)
                continue;
            z[k] += change;
            Subtract(change, k, c);                                                     // c ← c − change·G_k
            largest = Math.Max(largest, Math.Abs(change));
        }
        return largest;
    }

    /// <summary>c ← c − z·G_k, from S = I − G.</summary>
    private void Subtract(float z, int k, Span<float> c)
    {
        TensorPrimitives.MultiplyAdd(Dictionary.IdentityMinusGram.Row(k), z, c, c);
        c[k] -= z;
    }
}
