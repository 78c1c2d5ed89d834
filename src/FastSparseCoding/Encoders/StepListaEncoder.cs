using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// SLISTA: ISTA whose steps are learned and nothing else (Ablin, Moreau, Massias and Gramfort 2019). R(t) = x − Z(t−1)D, Z(t) is the
/// proximal step of length γ_t from there, h_{γ_tλw}(Z(t−1) + γ_tR(t)Dᵀ)/(1 + γ_tμ). T + 1 numbers learn from few signals and at any
/// penalty: λ is an input, and <see cref="WithPenalty"/> gives the encoder of another. This is not the paper's. Made from a dictionary it
/// equals T + 1 iterations of ISTA from zero, until it is trained. Immutable while encoding and safe to share between threads.
/// </summary>
/// <remarks>Windows: step [1×(T+1)], γ_t in units of 1/L, so 1 for ISTA.</remarks>
public sealed class StepListaEncoder : TrainableEncoder
{
    private readonly AtomDictionary _dictionary;
    private readonly PackedMatrix _d;       // D [m×n]; Dᵀ is the dictionary's own
    private readonly float[] _gamma;        // γ_t [T+1]
    private readonly float[] _share;        // 1/(1 + γ_tμ) [T+1]
    private readonly Matrix _theta;         // γ_tλw [(T+1)×m]

    internal StepListaEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(depth)))
    {
        _dictionary = dictionary
            ?? Throw.Argument<AtomDictionary>(
            nameof(dictionary), "'dictionary' is null; an 'slista' encoder has no weights but its dictionary's.");
        _d = new PackedMatrix(codeSize, signalSize);
        _d.Pack(dictionary.Atoms);
        _gamma = new float[depth + 1];
        _share = new float[depth + 1];
        _theta = new Matrix(depth + 1, codeSize);
    }

    internal static EncoderFamily OfKind { get; } = new()
    {
        Name = "slista",
        MaxDepth = ListaEncoder.MaxDepth,
        DefaultDepth = 3,
        FromDictionary = FromDictionary,
        Empty = (n, m, depth, penalty, dictionary) => new StepListaEncoder(n, m, depth, penalty, dictionary),
        Layout = (_, _, depth) => Layout(depth),
    };

    internal override EncoderFamily Family => OfKind;

    /// <inheritdoc/>
    public override long MultiplyAdds => (2L * Depth + 1) * CodeSize * SignalSize;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <param name="depth">Layers after the first, from 0 to <see cref="ListaEncoder.MaxDepth"/>.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ or the depth is out of range.</exception>
    public static StepListaEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth)
        => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> + 1 iterations of ISTA: every γ_t = 1/L.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero.</param>
    /// <param name="depth">Layers after the first, from 0 to <see cref="ListaEncoder.MaxDepth"/>.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The depth is out of range, or the weights are not those of m atoms.</exception>
    public static StepListaEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty, int depth)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new StepListaEncoder(dictionary.SignalSize, dictionary.AtomCount, depth, penalty, dictionary);
        encoder.Parameters.Values.Fill(1);
        encoder.Refresh();
        return encoder;
    }

    /// <summary>The same steps for another penalty.</summary>
    /// <param name="penalty">What the codes to predict pay for not being zero.</param>
    /// <returns>A copy that predicts those codes.</returns>
    /// <exception cref="ArgumentException">The weights are not those of m atoms.</exception>
    public StepListaEncoder WithPenalty(Penalty penalty)
    {
        var other = new StepListaEncoder(SignalSize, CodeSize, Depth, penalty, _dictionary);
        Parameters.Values.CopyTo(other.Parameters.Values);
        other.Refresh();
        return other;
    }

    /// <summary>γ_t.</summary>
    internal float Gamma(int t) => _gamma[t];

    /// <summary>1/(1 + γ_tμ).</summary>
    internal float Share(int t) => _share[t];

    /// <summary>γ_tλw [m].</summary>
    internal ReadOnlySpan<float> Theta(int t) => _theta.Row(t);

    internal override long TapeFloats => (2L * Depth + 4) * CodeSize + SignalSize + 2L * (Depth + 1);

    private protected override void PackRows(int first, int count)
    {
        if (first > 0)
            return;         // the steps are one row
        for (int t = 0; t <= Depth; t++)
        {
            _gamma[t] = Parameters.Values[t] / _dictionary.Lipschitz;
            _share[t] = ProximalStep.Share(Penalty, _gamma[t]);
            Penalty.Thresholds(CodeSize, _gamma[t]).CopyTo(_theta.Row(t));
        }
    }

    /// <summary>The windows of its parameters. Steps are never negative, like thresholds.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int depth)
    {
        Throw.IfOutside(depth, 0, ListaEncoder.MaxDepth);
        return ParameterSlab.Layout(new WindowShape("step", 1, depth + 1, IsThreshold: true));
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>Tape: Z(0..T) and V(t) = R(t)Dᵀ, R(0) = x, and what every signal adds to dγ from the way back. h' and the sign of C are
    /// those of Z.</summary>
    private sealed class Pass : EncoderPass
    {
        private readonly StepListaEncoder _encoder;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly int _layers;       // of Z and V that are kept
        private readonly float[] _weights;  // λw [m]
        private readonly Matrix _z;         // Z(0), …, Z(T) [(T+1)N×m]
        private readonly Matrix _v;         // V(0), …, V(T) [(T+1)N×m]
        private readonly Matrix _r;         // R(t), then −dR(t) [N×n]
        private readonly Matrix _dC;        // [N×m]
        private readonly Matrix _dZ;        // [N×m]
        private readonly double[] _dGamma;  // [(T+1)N]

        public Pass(StepListaEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _floor = encoder.Penalty.Floor;
            _layers = keepTape ? encoder.Depth + 1 : Math.Min(2, encoder.Depth + 1);
            _weights = encoder.Penalty.Thresholds(encoder.CodeSize);
            _z = new Matrix(checked(_layers * maxRows), encoder.CodeSize);
            _v = new Matrix(_layers * maxRows, encoder.CodeSize);
            _r = new Matrix(maxRows, encoder.SignalSize);
            _dC = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _dGamma = new double[keepTape ? _layers * maxRows : 0];
        }

        internal override ReadOnlyMatrixView Codes => Z(_encoder.Depth, 0, Rows);

        internal override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first)
        {
            int rows = x.Rows;
            MatrixView r = _r.RowRange(first, rows), v = V(0, first, rows), z = Z(0, first, rows);
            Gemm.Multiply(x, _encoder._dictionary.PackedTransposed, v);                                 // V(0) = xDᵀ
            TensorPrimitives.Multiply(v.Values, _encoder._gamma[0], z.Values);                          // C(0) = γ₀V(0)
            Shrink(0, z);                                                                               // Z(0)
            for (int t = 1; t <= _encoder.Depth; t++)
            {
                MatrixView next = Z(t, first, rows);
                v = V(t, first, rows);
                SparseProduct.Multiply(z, _encoder._d, r);
                TensorPrimitives.Subtract(x.Values, r.Values, r.Values);                                // R(t) = x − Z(t−1)D
                Gemm.Multiply(r, _encoder._dictionary.PackedTransposed, v);                             // V(t) = R(t)Dᵀ
                TensorPrimitives.MultiplyAdd(v.Values, _encoder._gamma[t], z.Values, next.Values);      // C(t) = Z(t−1) + γ_tV(t)
                Shrink(t, next);                                                                        // Z(t) = h_{γ_tλw}(C(t))/(1 + γ_tμ)
                z = next;
            }
            return z;
        }

        internal override void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx)
        {
            int rows = dz.Rows;
            MatrixView dC = _dC.RowRange(first, rows), dZ = _dZ.RowRange(first, rows), minusDr = _r.RowRange(first, rows);
            dz.Values.CopyTo(dZ.Values);
            dx.Values.Clear();
            for (int t = _encoder.Depth; t >= 0; t--)
            {
                MatrixView z = Z(t, first, rows);
                if (_encoder._share[t] != 1)
                    TensorPrimitives.Multiply(dZ.Values, _encoder._share[t], dZ.Values);
                // dC(t) = h'(C(t)) ⊙ dZ(t)/(1 + γ_tμ)
                Shrinkage.SoftThresholdBackward(z, dZ, dC);
                for (int i = 0; i < rows; i++)
                    _dGamma[t * Rows + first + i] = StepBackward(z.Row(i), V(t, first + i, 1).Row(0), dC.Row(i));
                if (t == 0 && dx.Values.IsEmpty)
                    return;
                SparseProduct.Multiply(dC, _encoder._d, minusDr);
                TensorPrimitives.Multiply(minusDr.Values, -_encoder._gamma[t], minusDr.Values);         // dR(t) = γ_t dC(t) D
                if (!dx.Values.IsEmpty)
                    TensorPrimitives.Subtract(dx.Values, minusDr.Values, dx.Values);                    // dx += dR(t)
                if (t > 0)
                    Gemm.MultiplyAdd(minusDr, _encoder._dictionary.PackedTransposed, dC, dZ);           // dZ(t−1) = dC(t) − dR(t) Dᵀ
            }
        }

        internal override void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part)
        {
            (int first, int count) = part.Of(_encoder.Depth + 1);
            for (int t = first; t < first + count; t++)
            {
                double dGamma = 0;
                foreach (double row in _dGamma.AsSpan(t * Rows, Rows))
                    dGamma += row;
                gradient.Values[t] += (float)(dGamma / _encoder._dictionary.Lipschitz);
            }
        }

        /// <summary>What a signal adds to dγ_t: Σ (V(t) − λw ⊙ sign(Z(t)) − μZ(t)) ⊙ dC(t), since Z(t) = h_{γ_tλw}(Z(t−1) + γ_tV(t))/(1 +
        /// γ_tμ).</summary>
        private double StepBackward(ReadOnlySpan<float> z, ReadOnlySpan<float> v, ReadOnlySpan<float> dC)
        {
            double sum = 0, ridge = _encoder.Penalty.Ridge;
            for (int k = 0; k < z.Length; k++)
                if (z[k] != 0)
                    sum += (v[k] - (z[k] < 0 ? -_weights[k] : _weights[k]) - ridge * z[k]) * dC[k];
            return sum;
        }

        /// <summary>C(t) → Z(t), in place.</summary>
        private void Shrink(int t, MatrixView z)
        {
            Shrinkage.SoftThreshold(z, _encoder._theta.Row(t), z, _floor);
            if (_encoder._share[t] != 1)
                TensorPrimitives.Multiply(z.Values, _encoder._share[t], z.Values);
        }

        private MatrixView Z(int t, int first, int count) => _z.RowRange(t % _layers * Rows + first, count);

        private MatrixView V(int t, int first, int count) => _v.RowRange(t % _layers * Rows + first, count);
    }
}
