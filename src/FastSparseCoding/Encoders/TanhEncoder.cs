using System.Numerics.Tensors;

namespace FastSparseCoding.Encoders;

/// <summary>
/// The encoder g ⊙ tanh(Wx + u) of Kavukcuoglu, Ranzato and LeCun (2008), with a gain per coefficient. Windows: W [m×n], u [1×m], gain
/// [1×m]. Immutable while encoding and safe to share between threads.
/// </summary>
public sealed class TanhEncoder : FeedForwardEncoder
{
    internal TanhEncoder(int signalSize, int codeSize, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, EitherSign(penalty, OfKind), dictionary, new ParameterSlab(Layout(signalSize, codeSize)))
    {
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize)
        => ParameterSlab.Layout(("W", codeSize, signalSize), ("u", 1, codeSize), ("gain", 1, codeSize));

    internal static EncoderFamily OfKind { get; } =
        EncoderFamily.WithoutDepth("tanh", FromDictionary,
            (n, m, penalty, dictionary) => new TanhEncoder(n, m, penalty, dictionary), Layout, hasEitherSign: true);

    internal override EncoderFamily Family => OfKind;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ is out of range.</exception>
    public static TanhEncoder FromDictionary(AtomDictionary dictionary, float lambda) => FromDictionary(dictionary, new Penalty(lambda));

    /// <summary>The encoder that starts near z = xDᵀ/L: W = D/L, u = 0, g = 1.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero; it must allow negative ones. The start does not depend on it.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The penalty forbids negative codes, or its weights are not those of m atoms.</exception>
    public static TanhEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new TanhEncoder(dictionary.SignalSize, dictionary.AtomCount, penalty, dictionary);
        TensorPrimitives.Multiply(dictionary.Atoms.Values, 1 / dictionary.Lipschitz, encoder.Parameters.View("W").Values);
        encoder.Parameters.View("gain").Values.Fill(1);
        encoder.Refresh();
        return encoder;
    }

    private protected override void Activate(ReadOnlyMatrixView b, MatrixView z)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        for (int i = 0; i < b.Rows; i++)
        {
            TensorPrimitives.Add(b.Row(i), u, z.Row(i));
            TensorPrimitives.Tanh(z.Row(i), z.Row(i));
            TensorPrimitives.Multiply(z.Row(i), gain, z.Row(i));                // z = g ⊙ tanh(b + u)
        }
    }

    private protected override void ActivateBackward(
        ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        for (int i = 0; i < b.Rows; i++)
        {
            Span<float> du = own.Row(i)[..CodeSize], dGain = own.Row(i)[CodeSize..];
            for (int k = 0; k < gain.Length; k++)
            {
                float a = MathF.Tanh(b.Row(i)[k] + u[k]), d = dz.Row(i)[k];
                dGain[k] = d * a;                                               // dg = dz ⊙ tanh
                db.Row(i)[k] = d * gain[k] * (1 - a * a);                       // db = dz ⊙ g ⊙ tanh'
                du[k] = db.Row(i)[k];                                           // du = db
            }
        }
    }
}
