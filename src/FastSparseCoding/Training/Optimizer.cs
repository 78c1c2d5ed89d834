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

    /// <summary>The settings of step number <paramref name="step"/>, counted from 1, with its corrections.</summary>
    public virtual StepSettings At(long step, float scale) => new(scale, RateFactor: 1, Epsilon: 0);

    /// <summary>Takes a step with the parameters that begin at <paramref name="offset"/>, given the sum of their gradients.</summary>
    public abstract void Step(
        Span<float> parameters, ReadOnlySpan<float> gradient, int offset, in StepSettings settings, float rate, float penalty, float floor);

    public static Optimizer Create(OptimizerKind kind, int length) => kind == OptimizerKind.Adam ? new Adam(length) : new Sgd();

    /// <summary>Adam with the usual β₁ = 0.9, β₂ = 0.999, ε = 1e-8.</summary>
    private sealed class Adam(int length) : Optimizer
    {
        private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

        public override float[][] Moments { get; } = [new float[length], new float[length]];

        public override StepSettings At(long step, float scale)
        {
            double correction1 = 1 - Math.Pow(Beta1, step), correction2 = Math.Sqrt(1 - Math.Pow(Beta2, step));
            return new StepSettings(scale, correction2 / correction1, (float)(Epsilon * correction2));
        }

        public override void Step(
            Span<float> parameters, ReadOnlySpan<float> gradient, int offset, in StepSettings settings, float rate, float penalty,
            float floor)
        {
            Span<float> first = Moments[0].AsSpan(offset, parameters.Length), second = Moments[1].AsSpan(offset, parameters.Length);
            AdamUpdate.Apply(parameters, gradient, first, second,
                new AdamSettings(settings.Scale, penalty, Beta1, Beta2, (float)(rate * settings.RateFactor), settings.Epsilon, floor));
        }
    }

    private sealed class Sgd : Optimizer
    {
        public override float[][] Moments { get; } = [];

        public override void Step(
            Span<float> parameters, ReadOnlySpan<float> gradient, int offset, in StepSettings settings, float rate, float penalty,
            float floor)
            => SgdUpdate.Apply(parameters, gradient, settings.Scale, penalty, rate, floor);
    }
}

/// <summary>What a step of an optimiser does to all parameters alike.</summary>
/// <param name="Scale">What makes the sum of gradients their mean.</param>
/// <param name="RateFactor">What every rate is multiplied by: Adam's correction of its moments.</param>
/// <param name="Epsilon">Adam's ε, corrected likewise.</param>
internal readonly record struct StepSettings(float Scale, double RateFactor, float Epsilon);
