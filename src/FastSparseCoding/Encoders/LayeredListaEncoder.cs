using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// A variant of LISTA that the paper does not have: W_e and S are shared over the layers as there, but every layer t has thresholds θ_t and gains g_t
/// of its own, C(t) = g_t ⊙ xW_eᵀ + Z(t−1)Sᵀ, Z(t) = h_{θ_t}(C(t)), as if every iteration of ISTA had a step of its own. The products are those of
/// <see cref="ListaEncoder"/>. Made from a dictionary it equals T + 1 iterations of ISTA from zero, until it is trained.
/// </summary>
/// <remarks>Windows: W_e [m×n], S_transposed [m×m], theta [(T+1)×m], gain [(T+1)×m]; row t of the last two belongs to layer t.</remarks>
public sealed class LayeredListaEncoder : TrainableEncoder
{
    private readonly PackedMatrix _encoderTransposed;
    private readonly PackedMatrix _encoder;
    private readonly PackedMatrix _st;
    private readonly PackedMatrix _s;

    internal LayeredListaEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
        _encoderTransposed = new PackedMatrix(signalSize, codeSize);
        _encoder = new PackedMatrix(codeSize, signalSize);
        _st = new PackedMatrix(codeSize, codeSize);
        _s = new PackedMatrix(codeSize, codeSize);
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

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)CodeSize * SignalSize + (long)Depth * CodeSize * CodeSize;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="ListaEncoder.MaxDepth"/>.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ or the depth is out of range.</exception>
    public static LayeredListaEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth) => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> + 1 iterations of ISTA: W_e = D/L, S = I − G/L, θ_t = λw/L, each divided by 1 + μ/L, and g_t = 1.</summary>
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

    /// <inheritdoc/>
    public override void Refresh()
    {
        _encoderTransposed.PackTransposed(Parameters.View("W_e"));
        _encoder.Pack(Parameters.View("W_e"));
        _st.Pack(Parameters.View("S_transposed"));
        _s.PackTransposed(Parameters.View("S_transposed"));
    }

    internal override void Constrain() => ClampToZero(Parameters.View("theta").Values);

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, ListaEncoder.MaxDepth);
        return ParameterSlab.Layout(("W_e", codeSize, signalSize), ("S_transposed", codeSize, codeSize), new WindowShape("theta", depth + 1, codeSize, IsThreshold: true), ("gain", depth + 1, codeSize));
    }

    /// <summary>Tape: xW_eᵀ and Z(0..T). h' and the sign of C are those of Z.</summary>
    private sealed class Pass : EncoderPass
    {
        private readonly LayeredListaEncoder _encoder;
        private readonly ParameterWindow _we, _st, _theta, _gain;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly bool _keepTape;
        private readonly Matrix _b;         // B = xW_eᵀ [N×m]
        private readonly Matrix _scaled;    // g_t ⊙ B [N×m], then dB
        private readonly Matrix[] _z;       // Z(t) [N×m]
        private readonly Matrix _dC;        // dC [N×m]
        private readonly Matrix _dZ;        // dZ [N×m]

        public Pass(LayeredListaEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _keepTape = keepTape;
            _floor = encoder.Penalty.Floor;
            IReadOnlyList<ParameterWindow> windows = encoder.Parameters.Windows;
            (_we, _st, _theta, _gain) = (windows[0], windows[1], windows[2], windows[3]);
            _b = new Matrix(maxRows, encoder.CodeSize);
            _scaled = new Matrix(maxRows, encoder.CodeSize);
            _z = new Matrix[keepTape ? encoder.Depth + 1 : 2];
            for (int t = 0; t < _z.Length; t++)
                _z[t] = new Matrix(maxRows, encoder.CodeSize);
            _dC = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
        }

        private protected override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x)
        {
            MatrixView b = _b.RowRange(0, x.Rows), scaled = _scaled.RowRange(0, x.Rows), theta = _encoder.Parameters.View(_theta);
            Gemm.Multiply(x, _encoder._encoderTransposed, b);                           // B = xW_eᵀ
            Scale(b, 0, scaled);
            Shrinkage.SoftThreshold(scaled, theta.Row(0), Z(0, x.Rows), _floor);        // Z(0) = h_{θ₀}(g₀ ⊙ B)
            for (int t = 1; t <= _encoder.Depth; t++)
            {
                Scale(b, t, scaled);
                SparseProduct.MultiplyAddShrink(Z(t - 1, x.Rows), _encoder._st, scaled, theta.Row(t), Z(t, x.Rows), _floor);   // Z(t) = h_{θ_t}(g_t ⊙ B + Z(t−1)Sᵀ)
            }
            return Z(_encoder.Depth, x.Rows);
        }

        private protected override void BackwardRows(ReadOnlyMatrixView x, ReadOnlyMatrixView dz, ParameterSlab gradient, MatrixView dx)
        {
            int rows = x.Rows;
            MatrixView dC = _dC.RowRange(0, rows), dZ = _dZ.RowRange(0, rows), dB = _scaled.RowRange(0, rows), dTheta = gradient.View(_theta);
            dz.Values.CopyTo(dZ.Values);
            dB.Values.Clear();
            for (int t = _encoder.Depth; t >= 0; t--)
            {
                Shrinkage.SoftThresholdBackward(Z(t, rows), dZ, dC, dTheta.Row(t));     // dC = h'(C(t)) ⊙ dZ(t); dθ_t −= Σ sign(C(t)) ⊙ dC
                ScaleBackward(dC, t, dB, gradient.View(_gain).Row(t));                  // dB += g_t ⊙ dC; dg_t += Σ B ⊙ dC
                if (t == 0)
                    break;
                SparseProduct.MultiplyTransposed(Z(t - 1, rows), dC, gradient.View(_st), accumulate: true);    // dSᵀ += Z(t−1)ᵀ dC
                SparseProduct.Multiply(dC, _encoder._s, dZ);                            // dZ(t−1) = dC S
            }
            Gemm.MultiplyTransposedA(dB, x, gradient.View(_we), accumulate: true);      // dW_e += dBᵀ x
            if (!dx.Values.IsEmpty)
                Gemm.Multiply(dB, _encoder._encoder, dx);                               // dx = dB W_e
        }

        private void Scale(MatrixView b, int t, MatrixView scaled)
        {
            ReadOnlySpan<float> gain = _encoder.Parameters.View(_gain).Row(t);
            for (int i = 0; i < b.Rows; i++)
                TensorPrimitives.Multiply(b.Row(i), gain, scaled.Row(i));
        }

        private void ScaleBackward(MatrixView dC, int t, MatrixView dB, Span<float> dGain)
        {
            ReadOnlySpan<float> gain = _encoder.Parameters.View(_gain).Row(t);
            for (int i = 0; i < dC.Rows; i++)
            {
                TensorPrimitives.MultiplyAdd(gain, dC.Row(i), dB.Row(i), dB.Row(i));
                TensorPrimitives.MultiplyAdd(_b.Row(i), dC.Row(i), dGain, dGain);
            }
        }

        private MatrixView Z(int t, int rows) => _z[_keepTape ? t : t & 1].RowRange(0, rows);
    }
}
