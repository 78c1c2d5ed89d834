using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Training;

/// <summary>How parameters follow their gradient.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma and Ba 2015), its rate falling along a cosine.</summary>
    Adam,

    /// <summary>Plain stochastic gradient, its rate ∝ 1/(t + t₀) as in the paper.</summary>
    Sgd,
}

/// <summary>An optimiser's state and its step.</summary>
internal abstract class Optimizer
{
    /// <summary>Running moments, to be stored in a checkpoint.</summary>
    public abstract float[][] Moments { get; }

    /// <summary>Takes step number <paramref name="step"/>, counted from 1, with the parameters that begin at <paramref name="offset"/>.</summary>
    public abstract void Step(Span<float> parameters, ReadOnlySpan<float> gradient, int offset, float rate, long step);

    public static Optimizer Create(OptimizerKind kind, int length) => kind == OptimizerKind.Adam ? new Adam(length) : new Sgd();

    /// <summary>Adam with the usual β₁ = 0.9, β₂ = 0.999, ε = 1e-8.</summary>
    private sealed class Adam(int length) : Optimizer
    {
        private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

        public override float[][] Moments { get; } = [new float[length], new float[length]];

        public override void Step(Span<float> parameters, ReadOnlySpan<float> gradient, int offset, float rate, long step)
        {
            double correction1 = 1 - Math.Pow(Beta1, step), correction2 = Math.Sqrt(1 - Math.Pow(Beta2, step));
            Span<float> first = Moments[0].AsSpan(offset, parameters.Length), second = Moments[1].AsSpan(offset, parameters.Length);
            AdamUpdate.Apply(parameters, gradient, first, second, Beta1, Beta2, (float)(rate * correction2 / correction1), (float)(Epsilon * correction2));
        }
    }

    private sealed class Sgd : Optimizer
    {
        public override float[][] Moments { get; } = [];

        public override void Step(Span<float> parameters, ReadOnlySpan<float> gradient, int offset, float rate, long step)
            => TensorPrimitives.MultiplyAdd(gradient, -rate, parameters, parameters);       // p ← p − rate·g
    }
}
