using System.Numerics;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Kernels;

/// <summary>The update of Adam (Kingma and Ba 2015, Algorithm 1) in one pass over parameters, gradient and moments.</summary>
internal static class AdamUpdate
{
    /// <summary>
    /// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − rate·m/(√v + ε), with the bias corrections of m and v folded into rate and ε.
    /// </summary>
    public static void Apply(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, float beta1, float beta2, float rate, float epsilon)
    {
        Throw.IfLengthNot(gradient.Length, parameters.Length, nameof(gradient));
        Throw.IfLengthNot(first.Length, parameters.Length, nameof(first));
        Throw.IfLengthNot(second.Length, parameters.Length, nameof(second));
        Span<Vector<float>> p = MemoryMarshal.Cast<float, Vector<float>>(parameters), m = MemoryMarshal.Cast<float, Vector<float>>(first), v = MemoryMarshal.Cast<float, Vector<float>>(second);
        ReadOnlySpan<Vector<float>> g = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var eps = new Vector<float>(epsilon);
        for (int i = 0; i < p.Length; i++)
        {
            m[i] = (m[i] - g[i]) * beta1 + g[i];
            Vector<float> squared = g[i] * g[i];
            v[i] = (v[i] - squared) * beta2 + squared;
            p[i] -= m[i] * rate / (Vector.SquareRoot(v[i]) + eps);
        }
        for (int i = p.Length * Vector<float>.Count; i < parameters.Length; i++)
        {
            first[i] = (first[i] - gradient[i]) * beta1 + gradient[i];
            float squared = gradient[i] * gradient[i];
            second[i] = (second[i] - squared) * beta2 + squared;
            parameters[i] -= first[i] * rate / (MathF.Sqrt(second[i]) + epsilon);
        }
    }
}
