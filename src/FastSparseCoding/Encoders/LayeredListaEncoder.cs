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
    private readonly PackedMatrix _st;
    private readonly PackedMatrix _s;

    internal LayeredListaEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
        _encoderTransposed = new PackedMatrix(signalSize, codeSize);
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

    internal override long TapeFloats => (2L * Depth + 5) * CodeSize;

    private protected override void PackRows(int first, int count)
    {
        _encoderTransposed.PackTransposedRows(Parameters.View(Parameters.Windows[0]), first, count);
        _st.PackRows(Parameters.View(Parameters.Windows[1]), first, count);
        _s.PackTransposedRows(Parameters.View(Parameters.Windows[1]), first, count);
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, ListaEncoder.MaxDepth);
        var theta = new WindowShape("theta", depth + 1, codeSize, IsThreshold: true);
        return ParameterSlab.Layout(("W_e", codeSize, signalSize), ("S_transposed", codeSize, codeSize), theta, ("gain", depth + 1, codeSize));
    }

    /// <summary>
    /// Tape: xW_eᵀ and Z(0..T), and dC(0..T) from the way back. h' and the sign of C are those of Z. All layers' rows lie one after the other, so
    /// that S, which the layers share, has one product.
    /// </summary>
    private sealed class Pass : EncoderPass
    {
        private readonly LayeredListaEncoder _encoder;
        private readonly ParameterWindow _we, _st, _theta, _gain;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly int _layers;       // of Z that are kept
        private readonly Matrix _b;         // B = xW_eᵀ [N×m]
        private readonly Matrix _scaled;    // g_t ⊙ B [N×m], then dB
        private readonly Matrix _z;         // Z(0), …, Z(T) [(T+1)N×m]
        private readonly Matrix _dC;        // dC(0), …, dC(T) [(T+1)N×m]
        private readonly Matrix _dZ;        // [N×m]

        public Pass(LayeredListaEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _floor = encoder.Penalty.Floor;
            _layers = keepTape ? encoder.Depth + 1 : Math.Min(2, encoder.Depth + 1);
            IReadOnlyList<ParameterWindow> windows = encoder.Parameters.Windows;
            (_we, _st, _theta, _gain) = (windows[0], windows[1], windows[2], windows[3]);
            _b = new Matrix(maxRows, encoder.CodeSize);
            _scaled = new Matrix(maxRows, encoder.CodeSize);
            _z = new Matrix(checked(_layers * maxRows), encoder.CodeSize);
            _dC = new Matrix(keepTape ? _layers * maxRows : 0, encoder.CodeSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
        }

        internal override ReadOnlyMatrixView Codes => Z(_encoder.Depth, 0, Rows);

        internal override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first)
        {
            MatrixView b = _b.RowRange(first, x.Rows), scaled = _scaled.RowRange(first, x.Rows), theta = _encoder.Parameters.View(_theta);
            Gemm.Multiply(x, _encoder._encoderTransposed, b);                           // B = xW_eᵀ
            Scale(b, 0, scaled);
            Shrinkage.SoftThreshold(scaled, theta.Row(0), Z(0, first, x.Rows), _floor); // Z(0) = h_{θ₀}(g₀ ⊙ B)
            for (int t = 1; t <= _encoder.Depth; t++)
            {
                Scale(b, t, scaled);
                SparseProduct.MultiplyAddShrink(Z(t - 1, first, x.Rows), _encoder._st, scaled, theta.Row(t), Z(t, first, x.Rows), _floor);   // Z(t) = h_{θ_t}(g_t ⊙ B + Z(t−1)Sᵀ)
            }
            return Z(_encoder.Depth, first, x.Rows);
        }

        internal override void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx)
        {
            int rows = dz.Rows, last = _encoder.Depth;
            MatrixView dB = _scaled.RowRange(first, rows), dZ = _dZ.RowRange(first, rows), gain = _encoder.Parameters.View(_gain);
            dz.Values.CopyTo(dZ.Values);
            dB.Values.Clear();
            for (int t = last; t >= 0; t--)
            {
                MatrixView dC = DC(t, first, rows);
                Shrinkage.SoftThresholdBackward(Z(t, first, rows), dZ, dC);             // dC(t) = h'(C(t)) ⊙ dZ(t)
                AddScaled(dC, gain.Row(t), dB);                                         // dB += g_t ⊙ dC(t)
                if (t > 0)
                    SparseProduct.Multiply(dC, _encoder._s, dZ);                        // dZ(t−1) = dC(t) S
            }
            if (!dx.Values.IsEmpty)
                Gemm.Multiply(dB, _encoder.Parameters.View(_we), dx);                   // dx = dB W_e
        }

        internal override void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part, bool accumulate)
        {
            (int first, int count) = part.Of(_encoder.CodeSize);
            int rows = Rows, layers = _encoder.Depth * rows;
            for (int t = 0; t <= _encoder.Depth; t++)
            {
                Span<float> dTheta = gradient.View(_theta).Row(t).Slice(first, count), dGain = gradient.View(_gain).Row(t).Slice(first, count);
                if (!accumulate)
                {
                    dTheta.Clear();
                    dGain.Clear();
                }
                Shrinkage.ThresholdBackward(Z(t, 0, rows), DC(t, 0, rows), first, dTheta);              // dθ_t −= Σ sign(C(t)) ⊙ dC(t)
                for (int i = 0; i < rows; i++)
                    TensorPrimitives.MultiplyAdd(_b.Row(i).Slice(first, count), DC(t, i, 1).Row(0).Slice(first, count), dGain, dGain);    // dg_t += Σ B ⊙ dC(t)
            }
            ReadOnlyMatrixView z = _z.RowRange(0, layers), dC = _dC.RowRange(rows, layers), dB = _scaled.RowRange(0, rows);
            MatrixView dSt = gradient.View(_st).RowRange(first, count), dWe = gradient.View(_we).RowRange(first, count);
            SparseProduct.MultiplyTransposed(z, first, dC, dSt, accumulate);            // dSᵀ += Σ_t Z(t−1)ᵀ dC(t)
            SparseProduct.MultiplyTransposed(dB, first, x, dWe, accumulate);            // dW_e += dBᵀ x
        }

        private void Scale(MatrixView b, int t, MatrixView scaled)
        {
            ReadOnlySpan<float> gain = _encoder.Parameters.View(_gain).Row(t);
            for (int i = 0; i < b.Rows; i++)
                TensorPrimitives.Multiply(b.Row(i), gain, scaled.Row(i));
        }

        private static void AddScaled(MatrixView dC, ReadOnlySpan<float> gain, MatrixView dB)
        {
            for (int i = 0; i < dC.Rows; i++)
                TensorPrimitives.MultiplyAdd(gain, dC.Row(i), dB.Row(i), dB.Row(i));
        }

        private MatrixView Z(int t, int first, int count) => _z.RowRange(t % _layers * Rows + first, count);

        private MatrixView DC(int t, int first, int count) => _dC.RowRange(t * Rows + first, count);
    }
}
