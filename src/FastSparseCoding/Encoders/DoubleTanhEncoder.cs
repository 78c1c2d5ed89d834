using System.Numerics.Tensors;

namespace FastSparseCoding.Encoders;

/// <summary>
/// The double tanh g ⊙ (tanh(Wx + u) + tanh(Wx − u)): near zero for small inputs, like a smooth shrinkage. Windows: W [m×n], u [1×m], gain
/// [1×m]. Immutable while encoding and safe to share between threads.
/// </summary>
public sealed class DoubleTanhEncoder : FeedForwardEncoder
{
    /// <summary>Coefficients whose hyperbolic tangents are taken together.</summary>
    private const int Chunk = 256;

    internal DoubleTanhEncoder(int signalSize, int codeSize, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, EitherSign(penalty, OfKind), dictionary, new ParameterSlab(Layout(signalSize, codeSize)))
    {
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize)
        => ParameterSlab.Layout(("W", codeSize, signalSize), ("u", 1, codeSize), ("gain", 1, codeSize));

    internal static EncoderFamily OfKind { get; } =
        EncoderFamily.WithoutDepth("tanh2", FromDictionary,
            (n, m, penalty, dictionary) => new DoubleTanhEncoder(n, m, penalty, dictionary), Layout, hasEitherSign: true);

    internal override EncoderFamily Family => OfKind;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ is out of range.</exception>
    public static DoubleTanhEncoder FromDictionary(AtomDictionary dictionary, float lambda)
        => FromDictionary(dictionary, new Penalty(lambda));

    /// <summary>The encoder that starts near a shrunk xDᵀ/L: W = D/L, u = 1, g = 1.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero; it must allow negative ones. The start does not depend on it.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The penalty forbids negative codes, or its weights are not those of m atoms.</exception>
    public static DoubleTanhEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new DoubleTanhEncoder(dictionary.SignalSize, dictionary.AtomCount, penalty, dictionary);
        TensorPrimitives.Multiply(dictionary.Atoms.Values, 1 / dictionary.Lipschitz, encoder.Parameters.View("W").Values);
        encoder.Parameters.View("u").Values.Fill(1);
        encoder.Parameters.View("gain").Values.Fill(1);
        encoder.Refresh();
        return encoder;
    }

    private protected override void Activate(ReadOnlyMatrixView b, MatrixView z)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        Span<float> p = stackalloc float[Chunk], q = stackalloc float[Chunk];
        for (int i = 0; i < b.Rows; i++)
            for (int k = 0; k < gain.Length; k += Chunk)
            {
                int count = Math.Min(Chunk, gain.Length - k);
                Tanhs(b.Row(i).Slice(k, count), u.Slice(k, count), p, q);
                TensorPrimitives.Add(p[..count], q[..count], p);
                TensorPrimitives.Multiply(p[..count], gain.Slice(k, count), z.Row(i).Slice(k, count));
            }
    }

    /// <summary>tanh⁺ = tanh(b + u) and tanh⁻ = tanh(b − u).</summary>
    private static void Tanhs(ReadOnlySpan<float> b, ReadOnlySpan<float> u, Span<float> plus, Span<float> minus)
    {
        TensorPrimitives.Add(b, u, plus);
        TensorPrimitives.Tanh(plus[..b.Length], plus);
        TensorPrimitives.Subtract(b, u, minus);
        TensorPrimitives.Tanh(minus[..b.Length], minus);
    }

    private protected override void ActivateBackward(
        ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        Span<float> plus = stackalloc float[Chunk], minus = stackalloc float[Chunk];
        for (int i = 0; i < b.Rows; i++)
        {
            Span<float> du = own.Row(i)[..CodeSize], dGain = own.Row(i)[CodeSize..];
            for (int start = 0; start < gain.Length; start += Chunk)
            {
                int count = Math.Min(Chunk, gain.Length - start);
                Tanhs(b.Row(i).Slice(start, count), u.Slice(start, count), plus, minus);
                for (int k = start; k < start + count; k++)
                {
                    float p = plus[k - start], q = minus[k - start], d = dz.Row(i)[k];
                    dGain[k] = d * (p + q);                                     // dg = dz ⊙ (tanh⁺ + tanh⁻)
                    float dp = d * gain[k] * (1 - p * p), dq = d * gain[k] * (1 - q * q);
                    db.Row(i)[k] = dp + dq;                                     // db = dz ⊙ g ⊙ (tanh⁺' + tanh⁻')
                    du[k] = dp - dq;                                            // du = dz ⊙ g ⊙ (tanh⁺' − tanh⁻')
                }
            }
        }
    }
}
