using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>
/// What a code pays for not being zero: P(z) = λ Σ_k w_k|z_k| + ½μ‖z‖², optionally with z ≥ 0. With w = 1 and μ = 0 the lasso, with μ the
/// elastic net (Zou and Hastie 2005), with weights the adaptive lasso (Zou 2006). The one place that knows the penalty's proximal step, its
/// optimality conditions and its dual; a plain number λ converts to the lasso's. Immutable. Immutable and safe to share between threads.
/// </summary>
public sealed class Penalty : IEquatable<Penalty>
{
    private readonly float[] _weights;

    /// <summary>Creates a penalty.</summary>
    /// <param name="lambda">Sparsity weight λ, finite and above 0.</param>
    /// <param name="weights">Weights w [m] of the atoms, finite and above 0; empty for 1 each.</param>
    /// <param name="ridge">Weight μ of ½‖z‖², finite, 0 or more.</param>
    /// <param name="nonNegative">Whether codes must not be negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <example><code>
    /// var abundances = new Penalty(0.01f, nonNegative: true);
    /// var solver = new ActiveSetSolver(dictionary, abundances);
    /// </code></example>
    public Penalty(float lambda, ReadOnlySpan<float> weights = default, float ridge = 0, bool nonNegative = false)
    {
        Throw.IfNotPositive(lambda);
        Throw.IfOutside(ridge, 0, float.MaxValue);
        for (int k = 0; k < weights.Length; k++)
            Throw.IfNotPositive(weights[k], $"weights[{k}]");
        Lambda = lambda;
        _weights = weights.ToArray();
        Ridge = ridge;
        NonNegative = nonNegative;
    }

    /// <summary>The sparsity weight λ.</summary>
    public float Lambda { get; }

    /// <summary>The weights w of the atoms; empty when each is 1.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>The weight μ of ½‖z‖².</summary>
    public float Ridge { get; }

    /// <summary>Whether codes must not be negative.</summary>
    public bool NonNegative { get; }

    /// <summary>The lasso's penalty λ‖z‖₁.</summary>
    /// <param name="lambda">λ, finite and above 0.</param>
    public static implicit operator Penalty(float lambda) => new(lambda);

    /// <summary>The same penalty with another λ.</summary>
    /// <param name="lambda">λ, finite and above 0.</param>
    /// <returns>The penalty.</returns>
    public Penalty WithLambda(float lambda) => new(lambda, _weights, Ridge, NonNegative);

    /// <summary>λw_k, the price of a unit of coefficient k.</summary>
    /// <param name="k">Number of the coefficient.</param>
    /// <returns>The price.</returns>
    public double Threshold(int k) => _weights.Length == 0 ? Lambda : (double)Lambda * _weights[k];

    /// <summary>P(z) of a code without its sign constraint, in double.</summary>
    /// <param name="z">Code [m].</param>
    /// <returns>λ Σ_k w_k|z_k| + ½μ‖z‖².</returns>
    public double Value(ReadOnlySpan<float> z)
    {
        CheckLength(z.Length, nameof(z));
        double sum = 0, squares = 0;
        if (_weights.Length == 0)
        {
            sum = Reduction.SumOfMagnitudes(z);
        }
        else
        {
            for (int k = 0; k < z.Length; k++)
                sum += _weights[k] * Math.Abs((double)z[k]);
        }
        if (Ridge > 0)
            squares = Reduction.Dot(z, z);
        return Lambda * sum + 0.5 * Ridge * squares;
    }

    /// <summary>
    /// The proximal step argmin over z of ½‖z − v‖² + τP(z): soft thresholds τλw, one-sided where codes must not be negative, divided by 1
    /// + τμ.
    /// </summary>
    /// <param name="v">Point [m].</param>
    /// <param name="tau">Step τ, finite and above 0.</param>
    /// <param name="z">Receives the step [m]; may be <paramref name="v"/>.</param>
    public void Prox(ReadOnlySpan<float> v, float tau, Span<float> z)
    {
        CheckLength(v.Length, nameof(v));
        Throw.IfNotPositive(tau);
        Shrinkage.SoftThreshold(v, Thresholds(v.Length, tau), z, Floor);
        if (Ridge > 0)
            System.Numerics.Tensors.TensorPrimitives.Divide(z, 1 + tau * Ridge, z);
    }

    /// <summary>
    /// How far coefficient k is from its optimality condition: with g = d_kᵀr − μz_k, the distance of g from λw_k·sign(z_k) where z_k ≠ 0,
    /// from [−λw_k, λw_k] where z_k = 0, and from (−∞, λw_k] where moreover z_k must not be negative.
    /// </summary>
    /// <param name="k">Number of the coefficient.</param>
    /// <param name="slope">g.</param>
    /// <param name="value">z_k.</param>
    /// <returns>The violation, 0 or more, in the units of λ.</returns>
    internal double Violation(int k, double slope, double value)
    {
        double threshold = Threshold(k);
        if (value != 0)
            return Math.Abs(slope - threshold * Math.Sign(value));
        return Math.Max(0, (NonNegative ? slope : Math.Abs(slope)) - threshold);
    }

    /// <summary>The largest factor up to 1 that makes g_k feasible for the dual problem, |s·g_k| ≤ λw_k or, where codes must not be
    /// negative, s·g_k ≤ λw_k.</summary>
    /// <param name="k">Number of the coefficient.</param>
    /// <param name="slope">g_k = d_kᵀr − μz_k.</param>
    /// <returns>The factor, above 0.</returns>
    internal double DualScale(int k, double slope)
    {
        double threshold = Threshold(k), size = NonNegative ? slope : Math.Abs(slope);
        return size <= threshold ? 1 : threshold / size;
    }

    /// <summary>λmax: the smallest λ for which the code of a signal is zero under this penalty's weights and sign.</summary>
    /// <param name="correlations">Dx [m].</param>
    /// <returns>max over k of |d_kᵀx|/w_k; without the magnitude where codes must not be negative, and then 0 when no product is
    /// positive.</returns>
    internal double LambdaMax(ReadOnlySpan<double> correlations)
    {
        CheckLength(correlations.Length, nameof(correlations));
        double largest = 0;
        for (int k = 0; k < correlations.Length; k++)
            largest = Math.Max(largest,
                (NonNegative ? correlations[k] : Math.Abs(correlations[k])) / (_weights.Length == 0 ? 1 : _weights[k]));
        return largest;
    }

    /// <inheritdoc/>
    public bool Equals(Penalty? other)
        => other is not null && Lambda == other.Lambda && Ridge == other.Ridge && NonNegative == other.NonNegative
            && Weights.SequenceEqual(other.Weights);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Penalty);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Lambda, Ridge, NonNegative, _weights.Length);

    /// <inheritdoc/>
    public override string ToString() => ToString("");

    /// <summary>The penalty in words, its λ in some unit.</summary>
    internal string ToString(string unit)
    {
        string text = FormattableString.Invariant($"λ = {Lambda}{unit}");
        if (_weights.Length > 0)
            text += $", {_weights.Length} weights";
        if (Ridge > 0)
            text += FormattableString.Invariant($", μ = {Ridge}");
        return NonNegative ? text + ", z ≥ 0" : text;
    }

    /// <summary>What the kernels of shrinkage add to −θ: see <see cref="Shrinkage"/>.</summary>
    internal float Floor => NonNegative ? float.NegativeInfinity : 0;

    /// <summary>Whether it is λ‖z‖₁ and nothing else.</summary>
    internal bool IsLasso => _weights.Length == 0 && Ridge == 0 && !NonNegative;

    /// <summary>Everything that decides the codes, the same text in every culture: what a checkpoint must agree with.</summary>
    internal string Settings
    {
        get
        {
            string text = FormattableString.Invariant($"lambda {Lambda}");
            if (_weights.Length > 0)
                text += $", weights {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(Weights)))[..16]}";
            if (Ridge > 0)
                text += FormattableString.Invariant($", ridge {Ridge}");
            return NonNegative ? text + ", non-negative codes" : text;
        }
    }

    /// <summary>The thresholds τλw_k of m atoms, each rounded once.</summary>
    internal float[] Thresholds(int count, double tau = 1)
    {
        var thresholds = new float[count];
        for (int k = 0; k < count; k++)
            thresholds[k] = (float)(tau * Threshold(k));
        return thresholds;
    }

    private void CheckLength(int length, string name)
    {
        if (_weights.Length > 0)
            Throw.IfLengthNot(length, _weights.Length, name);
    }

    /// <summary>Refuses weights of another number than atoms.</summary>
    internal Penalty For(AtomDictionary dictionary) => For(dictionary.AtomCount);

    /// <summary>Refuses weights of another number than the values of a code.</summary>
    internal Penalty For(int codeSize)
    {
        if (_weights.Length > 0)
            Throw.IfLengthNot(_weights.Length, codeSize, "penalty.Weights");
        return this;
    }
}
