using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// SLISTA: ISTA whose steps are learned and nothing else (Ablin, Moreau, Massias and Gramfort 2019). R(t) = x − Z(t−1)D, Z(t) is the proximal step of
/// length γ_t from there, h_{γ_tλw}(Z(t−1) + γ_tR(t)Dᵀ)/(1 + γ_tμ). T + 1 numbers learn from few signals and at any penalty: λ is an input, and
/// <see cref="WithPenalty"/> gives the encoder of another. This is not the paper's. Made from a dictionary it equals T + 1 iterations of ISTA from zero,
/// until it is trained.
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
        _dictionary = dictionary ?? Throw.Argument<AtomDictionary>(nameof(dictionary), "'dictionary' is null; an 'slista' encoder has no weights but its dictionary's.");
        _d = new PackedMatrix(codeSize, signalSize);
        _d.Pack(dictionary.Atoms);
        _gamma = new float[depth + 1];
        _share = new float[depth + 1];
        _theta = new Matrix(depth + 1, codeSize);
    }

    /// <inheritdoc/>
    public override string Kind => "slista";

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

    /// <inheritdoc/>
    public override void Refresh()
    {
        for (int t = 0; t <= Depth; t++)
        {
            _gamma[t] = Parameters.Values[t] / _dictionary.Lipschitz;
            _share[t] = ProximalStep.Share(Penalty, _gamma[t]);
            Penalty.Thresholds(CodeSize, _gamma[t]).CopyTo(_theta.Row(t));
        }
    }

    internal override void Constrain() => ClampToZero(Parameters.Values);

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int depth)
    {
        Throw.IfOutside(depth, 0, ListaEncoder.MaxDepth);
        return ParameterSlab.Layout(("step", 1, depth + 1));
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>Tape: Z(0..T) and V(t) = R(t)Dᵀ, R(0) = x. h' and the sign of C are those of Z.</summary>
    private sealed class Pass : EncoderPass
    {
        private readonly StepListaEncoder _encoder;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly bool _keepTape;
        private readonly float[] _weights;  // λw [m]
        private readonly Matrix[] _z;       // Z(t) [N×m]
        private readonly Matrix[] _v;       // V(t) [N×m]
        private readonly Matrix _r;         // R(t), then −dR [N×n]
        private readonly Matrix _dC;        // dC [N×m]
        private readonly Matrix _dZ;        // dZ [N×m]
        private readonly float[] _dTheta;   // −Σ sign(C(t)) ⊙ dC [m]

        public Pass(StepListaEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _keepTape = keepTape;
            _floor = encoder.Penalty.Floor;
            _weights = encoder.Penalty.Thresholds(encoder.CodeSize);
            _z = Matrices(keepTape ? encoder.Depth + 1 : 2, maxRows, encoder.CodeSize);
            _v = Matrices(keepTape ? encoder.Depth + 1 : 2, maxRows, encoder.CodeSize);
            _r = new Matrix(maxRows, encoder.SignalSize);
            _dC = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _dTheta = new float[encoder.CodeSize];
        }

        private protected override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x)
        {
            int rows = x.Rows;
            MatrixView r = _r.RowRange(0, rows), first = At(_z, 0, rows), v = At(_v, 0, rows);
            Gemm.Multiply(x, _encoder._dictionary.PackedTransposed, v);                     // V(0) = xDᵀ
            TensorPrimitives.Multiply(v.Values, _encoder._gamma[0], first.Values);          // C(0) = γ₀V(0)
            Shrink(0, first);                                                               // Z(0)
            for (int t = 1; t <= _encoder.Depth; t++)
            {
                MatrixView before = At(_z, t - 1, rows), z = At(_z, t, rows);
                v = At(_v, t, rows);
                SparseProduct.Multiply(before, _encoder._d, r);                             // R(t) = x − Z(t−1)D
                TensorPrimitives.Subtract(x.Values, r.Values, r.Values);
                Gemm.Multiply(r, _encoder._dictionary.PackedTransposed, v);                 // V(t) = R(t)Dᵀ
                TensorPrimitives.MultiplyAdd(v.Values, _encoder._gamma[t], before.Values, z.Values);    // C(t) = Z(t−1) + γ_tV(t)
                Shrink(t, z);                                                               // Z(t) = h_{γ_tλw}(C(t))/(1 + γ_tμ)
            }
            return At(_z, _encoder.Depth, rows);
        }

        private protected override void BackwardRows(ReadOnlyMatrixView x, ReadOnlyMatrixView dz, ParameterSlab gradient, MatrixView dx)
        {
            int rows = x.Rows;
            MatrixView dC = _dC.RowRange(0, rows), dZ = _dZ.RowRange(0, rows), minusDr = _r.RowRange(0, rows);
            float ridge = _encoder.Penalty.Ridge;
            dz.Values.CopyTo(dZ.Values);
            dx.Values.Clear();
            for (int t = _encoder.Depth; t >= 0; t--)
            {
                ReadOnlyMatrixView z = At(_z, t, rows);
                double dGamma = 0;
                if (ridge > 0)
                {
                    dGamma -= ridge * _encoder._share[t] * Reduction.Dot(z.Values, dZ.Values);      // dγ_t −= μ/(1 + γ_tμ) Σ Z(t) ⊙ dZ(t)
                    TensorPrimitives.Multiply(dZ.Values, _encoder._share[t], dZ.Values);
                }
                _dTheta.AsSpan().Clear();
                Shrinkage.SoftThresholdBackward(z, dZ, dC, _dTheta);                        // dC = h'(C(t)) ⊙ dZ(t)
                dGamma += Reduction.Dot(_weights, _dTheta);                                 // dγ_t −= Σ λw ⊙ sign(C(t)) ⊙ dC
                dGamma += Reduction.Dot(At(_v, t, rows).Values, dC.Values);                 // dγ_t += Σ V(t) ⊙ dC
                gradient.Values[t] += (float)(dGamma / _encoder._dictionary.Lipschitz);
                if (t == 0 && dx.Values.IsEmpty)
                    return;
                SparseProduct.Multiply(dC, _encoder._d, minusDr);                           // dR = γ_t dC D
                TensorPrimitives.Multiply(minusDr.Values, -_encoder._gamma[t], minusDr.Values);
                if (!dx.Values.IsEmpty)
                    TensorPrimitives.Subtract(dx.Values, minusDr.Values, dx.Values);        // dx += dR
                if (t > 0)
                    Gemm.MultiplyAdd(minusDr, _encoder._dictionary.PackedTransposed, dC, dZ);       // dZ(t−1) = dC − dR Dᵀ
            }
        }

        /// <summary>C(t) → Z(t), in place.</summary>
        private void Shrink(int t, MatrixView z)
        {
            Shrinkage.SoftThreshold(z, _encoder._theta.Row(t), z, _floor);
            if (_encoder._share[t] != 1)
                TensorPrimitives.Multiply(z.Values, _encoder._share[t], z.Values);
        }

        private MatrixView At(Matrix[] tape, int t, int rows) => tape[_keepTape ? t : t & 1].RowRange(0, rows);
    }
}
