using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>The plain shrinkage encoder h_θ(W_e x): LISTA at depth 0, LCoD without updates. Windows: W_e [m×n], theta [1×m]. Immutable
/// while encoding and safe to share between threads.</summary>
public sealed class ShrinkEncoder : FeedForwardEncoder
{
    internal ShrinkEncoder(int signalSize, int codeSize, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize)))
    {
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize)
        => ParameterSlab.Layout(("W_e", codeSize, signalSize), new WindowShape("theta", 1, codeSize, IsThreshold: true));

    internal static EncoderFamily OfKind { get; } =
        EncoderFamily.WithoutDepth("shrink", FromDictionary,
            (n, m, penalty, dictionary) => new ShrinkEncoder(n, m, penalty, dictionary), Layout, hasEitherSign: false);

    internal override EncoderFamily Family => OfKind;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ is out of range.</exception>
    public static ShrinkEncoder FromDictionary(AtomDictionary dictionary, float lambda) => FromDictionary(dictionary, new Penalty(lambda));

    /// <summary>The encoder that equals one iteration of ISTA: W_e = D/L, θ = λw/L, both divided by 1 + μ/L.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The weights are not those of m atoms.</exception>
    public static ShrinkEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new ShrinkEncoder(dictionary.SignalSize, dictionary.AtomCount, penalty, dictionary);
        ProximalStep.OfGradient(dictionary, penalty, encoder.Parameters.View("W_e"), s: default, encoder.Parameters.View("theta").Values);
        encoder.Refresh();
        return encoder;
    }

    private protected override void Activate(ReadOnlyMatrixView b, MatrixView z)
        => Shrinkage.SoftThreshold(b, Parameters.View(Parameters.Windows[1]).Values, z, Penalty.Floor);

    private protected override void ActivateBackward(
        ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own)
    {
        Shrinkage.SoftThresholdBackward(z, dz, db);
        own.Values.Clear();
        for (int i = 0; i < z.Rows; i++)
            Shrinkage.ThresholdBackward(z.RowRange(i, 1), db.RowRange(i, 1), 0, own.Row(i));    // dθ = −sign(b) ⊙ db
    }
}
