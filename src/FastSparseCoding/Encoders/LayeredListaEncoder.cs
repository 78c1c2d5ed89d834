using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// A variant of LISTA that the paper does not have: W_e and S are shared over the layers as there, but every layer t has thresholds θ_t and
/// gains g_t of its own, C(t) = g_t ⊙ xW_eᵀ + Z(t−1)Sᵀ, Z(t) = h_{θ_t}(C(t)), as if every iteration of ISTA had a step of its own. The
/// products are those of <see cref="ListaEncoder"/>. Made from a dictionary it equals T + 1 iterations of ISTA from zero, until it is
/// trained. Immutable while encoding and safe to share between threads.
/// </summary>
/// <remarks>Windows: W_e [m×n], S_transposed [m×m], theta [(T+1)×m], gain [(T+1)×m]; row t of the last two belongs to layer t.</remarks>
public sealed class LayeredListaEncoder : SharedLayersEncoder
{
    internal LayeredListaEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
    }

    internal static EncoderFamily OfKind { get; } = new()
    {
        Name = "lista-layers",
        MaxDepth = ListaEncoder.MaxDepth,
        DefaultDepth = 3,
        HasSquareMatrix = true,
        FromDictionary = FromDictionary,
        Empty = (n, m, depth, penalty, dictionary) => new LayeredListaEncoder(n, m, depth, penalty, dictionary),
        Layout = Layout,
    };

    internal override EncoderFamily Family => OfKind;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="ListaEncoder.MaxDepth"/>.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ or the depth is out of range.</exception>
    public static LayeredListaEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth)
        => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> + 1 iterations of ISTA: W_e = D/L, S = I − G/L, θ_t = λw/L, each divided
    /// by 1 + μ/L, and g_t = 1.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="ListaEncoder.MaxDepth"/>.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The depth is out of range, or the weights are not those of m atoms.</exception>
    public static LayeredListaEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty, int depth)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new LayeredListaEncoder(dictionary.SignalSize, dictionary.AtomCount, depth, penalty, dictionary);
        MatrixView theta = encoder.Parameters.View("theta");
        ProximalStep.OfGradient(dictionary, penalty, encoder.Parameters.View("W_e"), encoder.Parameters.View("S_transposed"), theta.Row(0));
        for (int t = 1; t <= depth; t++)
            theta.Row(0).CopyTo(theta.Row(t));
        encoder.Parameters.View("gain").Values.Fill(1);
        encoder.Refresh();
        return encoder;
    }

    internal override long TapeFloats => (2L * Depth + 5) * CodeSize;

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, ListaEncoder.MaxDepth);
        var theta = new WindowShape("theta", depth + 1, codeSize, IsThreshold: true);
        return ParameterSlab.Layout(
            ("W_e", codeSize, signalSize), ("S_transposed", codeSize, codeSize), theta, ("gain", depth + 1, codeSize));
    }

    private sealed class Pass(LayeredListaEncoder encoder, int maxRows, bool keepTape) : LayersPass(encoder, maxRows, keepTape)
    {
        private readonly ParameterWindow _theta = encoder.Parameters.Windows[2], _gain = encoder.Parameters.Windows[3];
        private readonly Matrix _scaled = new(maxRows, encoder.CodeSize);       // g_t ⊙ B [N×m], then dB

        protected override Matrix DB => _scaled;

        protected override ReadOnlyMatrixView Input(int t, int first, int count)
        {
            MatrixView scaled = _scaled.RowRange(first, count);
            for (int i = 0; i < count; i++)
                TensorPrimitives.Multiply(B.Row(first + i), Gain(t), scaled.Row(i));                            // B(t) = g_t ⊙ B
            return scaled;
        }

        protected override ReadOnlySpan<float> Theta(int t) => encoder.Parameters.View(_theta).Row(t);

        protected override void ThresholdBackward(int t, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView dC, MatrixView dB)
        {
            Shrinkage.SoftThresholdBackward(z, dz, dC);
            for (int i = 0; i < dC.Rows; i++)
                TensorPrimitives.MultiplyAdd(Gain(t), dC.Row(i), dB.Row(i), dB.Row(i));                         // dB += g_t ⊙ dC(t)
        }

        protected override void AddOwnGradient(ParameterSlab gradient, int first, int count)
        {
            for (int t = 0; t <= encoder.Depth; t++)
            {
                Span<float> dTheta = gradient.View(_theta).Row(t).Slice(first, count),
                    dGain = gradient.View(_gain).Row(t).Slice(first, count);
                // dθ_t −= Σ sign(C(t)) ⊙ dC(t)
                Shrinkage.ThresholdBackward(Z(t, 0, Rows), DC(t, 0, Rows), first, dTheta);
                for (int i = 0; i < Rows; i++)
                    // dg_t += Σ B ⊙ dC(t)
                    TensorPrimitives.MultiplyAdd(B.Row(i).Slice(first, count), DC(t, i, 1).Row(0).Slice(first, count), dGain, dGain);
            }
        }

        private ReadOnlySpan<float> Gain(int t) => encoder.Parameters.View(_gain).Row(t);
    }
}
