using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// ISTA unrolled with a filter matrix W_e and a mutual inhibition matrix S that all layers share: Z(t) = h_θ(B(t) + Z(t−1)Sᵀ), B = xW_eᵀ.
/// What a layer makes of B, and its thresholds, the derived classes say. Immutable while encoding and safe to share between threads.
/// </summary>
/// <remarks>Windows: W_e [m×n], S_transposed [m×m], then those of the derived class. S is kept transposed: C = B + Σ_j z_j (Sᵀ)_j is then a
/// sum of rows.</remarks>
public abstract class SharedLayersEncoder : TrainableEncoder
{
    private readonly PackedMatrix _encoderTransposed;
    private readonly PackedMatrix _st;
    private readonly PackedMatrix _s;
    private Lazy<AlignedRows> _stRows;

    private protected SharedLayersEncoder(
        int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary, ParameterSlab parameters)
        : base(signalSize, codeSize, depth, penalty, dictionary, parameters)
    {
        _encoderTransposed = new PackedMatrix(signalSize, codeSize);
        _st = new PackedMatrix(codeSize, codeSize);
        _s = new PackedMatrix(codeSize, codeSize);
        _stRows = LazyRows();
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)CodeSize * SignalSize + (long)Depth * CodeSize * CodeSize;

    private protected override void PackRows(int first, int count)
    {
        _encoderTransposed.PackTransposedRows(Parameters.View(Parameters.Windows[0]), first, count);
        _st.PackRows(Parameters.View(Parameters.Windows[1]), first, count);
        _s.PackTransposedRows(Parameters.View(Parameters.Windows[1]), first, count);
        if (_stRows.IsValueCreated)
            _stRows = LazyRows();
    }

    /// <summary>Sᵀ as single signals read it, made when the first one comes.</summary>
    private Lazy<AlignedRows> LazyRows() => new(() => new AlignedRows(Parameters.View(Parameters.Windows[1])));

    /// <summary>
    /// Tape: B and Z(0..T), and dC(0..T) from the way back. h' and the sign of C are those of Z. All layers' rows lie one after the other,
    /// so that S, which the layers share, has one product.
    /// </summary>
    private protected abstract class LayersPass : EncoderPass
    {
        private readonly SharedLayersEncoder _encoder;
        private readonly ParameterWindow _we, _st;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly bool _keepTape;
        private readonly int _layers;       // of Z that are kept
        private readonly Matrix _z;         // Z(0), …, Z(T) [(T+1)N×m]
        private readonly Matrix _dC;        // dC(0), …, dC(T) [(T+1)N×m]
        private readonly Matrix _dZ;        // [N×m]

        protected LayersPass(SharedLayersEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _floor = encoder.Penalty.Floor;
            _keepTape = keepTape;
            _layers = keepTape ? encoder.Depth + 1 : Math.Min(2, encoder.Depth + 1);
            (_we, _st) = (encoder.Parameters.Windows[0], encoder.Parameters.Windows[1]);
            B = new Matrix(maxRows, encoder.CodeSize);
            _z = new Matrix(checked(_layers * maxRows), encoder.CodeSize);
            _dC = new Matrix(keepTape ? _layers * maxRows : 0, encoder.CodeSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
        }

        /// <summary>B = xW_eᵀ [N×m].</summary>
        protected Matrix B { get; }

        internal override ReadOnlyMatrixView Codes => Z(_encoder.Depth, 0, Rows);

        internal override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first)
        {
            int rows = x.Rows;
            Gemm.Multiply(x, _encoder._encoderTransposed, B.RowRange(first, rows));                             // B = xW_eᵀ
            Shrinkage.SoftThreshold(Input(0, first, rows), Theta(0), Z(0, first, rows), _floor);                // Z(0) = h_θ(B(0))
            if (rows == 1 && !_keepTape)
                return ForwardRow(first);
            for (int t = 1; t <= _encoder.Depth; t++)
                SparseProduct.MultiplyAddShrink(
                    // Z(t) = h_θ(B(t) + Z(t−1)Sᵀ)
                    Z(t - 1, first, rows), _encoder._st, Input(t, first, rows), Theta(t), Z(t, first, rows), _floor);
            return Z(_encoder.Depth, first, rows);
        }

        private ReadOnlyMatrixView ForwardRow(int row)
        {
            AlignedRows st = _encoder._stRows.Value;
            for (int t = 1; t <= _encoder.Depth; t++)
                // the same
                SparseRows.MultiplyAddShrink(Z(t - 1, row, 1).Row(0), st, Input(t, row, 1).Row(0), Theta(t), Z(t, row, 1).Row(0), _floor);
            return Z(_encoder.Depth, row, 1);
        }

        internal override void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx)
        {
            int rows = dz.Rows, last = _encoder.Depth;
            MatrixView dB = DB.RowRange(first, rows), dZ = _dZ.RowRange(first, rows);
            dB.Values.Clear();
            // dC(T) = h'(C(T)) ⊙ dZ(T); dB from dC(T)
            ThresholdBackward(last, Z(last, first, rows), dz, DC(last, first, rows), dB);
            for (int t = last; t >= 1; t--)
            {
                SparseProduct.Multiply(DC(t, first, rows), _encoder._s, dZ);                                    // dZ(t−1) = dC(t) S
                // dC(t−1) = h'(C(t−1)) ⊙ dZ(t−1); dB from it
                ThresholdBackward(t - 1, Z(t - 1, first, rows), dZ, DC(t - 1, first, rows), dB);
            }
            if (!dx.Values.IsEmpty)
                Gemm.Multiply(dB, _encoder.Parameters.View(_we), dx);                                           // dx = dB W_e
        }

        internal override void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part)
        {
            (int first, int count) = part.Of(_encoder.CodeSize);
            int layers = _encoder.Depth * Rows;
            AddOwnGradient(gradient, first, count);
            MatrixView dSt = gradient.View(_st).RowRange(first, count), dWe = gradient.View(_we).RowRange(first, count);
            // dSᵀ += Σ_t Z(t−1)ᵀ dC(t)
            SparseProduct.MultiplyTransposed(_z.RowRange(0, layers), first, _dC.RowRange(Rows, layers), dSt, accumulate: true);
            SparseProduct.MultiplyTransposed(DB.RowRange(0, Rows), first, x, dWe, accumulate: true);            // dW_e += dBᵀ x
        }

        /// <summary>What receives dB [N×m].</summary>
        protected abstract Matrix DB { get; }

        /// <summary>B(t), what layer t makes of B, for some of the rows.</summary>
        protected abstract ReadOnlyMatrixView Input(int t, int first, int count);

        /// <summary>The thresholds of layer t.</summary>
        protected abstract ReadOnlySpan<float> Theta(int t);

        /// <summary>Backward of a layer's threshold, dC = h'(C) ⊙ dZ, and of what it made of B: adds to dB.</summary>
        protected abstract void ThresholdBackward(int t, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView dC, MatrixView dB);

        /// <summary>Adds the gradient of the derived class's parameters, for some of the coefficients.</summary>
        protected abstract void AddOwnGradient(ParameterSlab gradient, int first, int count);

        /// <summary>Z of all layers, one after the other.</summary>
        protected ReadOnlyMatrixView AllZ => _z.RowRange(0, _layers * Rows);

        /// <summary>dC of all layers, one after the other.</summary>
        protected ReadOnlyMatrixView AllDC => _dC.RowRange(0, _layers * Rows);

        protected MatrixView Z(int t, int first, int count) => _z.RowRange(t % _layers * Rows + first, count);

        protected MatrixView DC(int t, int first, int count) => _dC.RowRange(t * Rows + first, count);
    }
}
