using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>Back to the atoms that are allowed: d ← max(0, d) where none may be negative, then d/‖d‖; what it was where nothing is
/// left.</summary>
internal sealed class AtomProjection(bool nonNegative)
{
    public void Apply(Span<float> atom, ReadOnlySpan<float> before)
    {
        if (nonNegative)
            TensorPrimitives.Max(atom, 0, atom);
        double norm = Math.Sqrt(Reduction.Dot(atom, atom));
        if (!(norm > 1e-12) || !double.IsFinite(norm))
        {
            before.CopyTo(atom);
            return;
        }
        TensorPrimitives.Multiply(atom, (float)(1 / norm), atom);
    }
}
