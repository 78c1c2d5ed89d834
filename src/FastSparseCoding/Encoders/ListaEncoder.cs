using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// LISTA, the learned ISTA (Gregor and LeCun 2010, Algorithm 3): ISTA unrolled to a fixed depth T with trained W_e, S and θ, shared over the
/// layers. Made from a dictionary it equals T + 1 iterations of ISTA from zero, until it is trained.
/// </summary>
/// <remarks>Windows: W_e [m×n], S_transposed [m×m], theta [1×m]. S is kept transposed: C = B + Σ_j z_j (Sᵀ)_j is then a sum of rows.</remarks>
public sealed class ListaEncoder : TrainableEncoder
{
    /// <summary>Largest depth.</summary>
    public const int MaxDepth = 1000;

    private readonly PackedMatrix _encoderTransposed;
    private readonly PackedMatrix _st;
    private readonly PackedMatrix _s;
    private Lazy<AlignedRows> _stRows;

    internal ListaEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
        _encoderTransposed = new PackedMatrix(signalSize, codeSize);
        _st = new PackedMatrix(codeSize, codeSize);
        _s = new PackedMatrix(codeSize, codeSize);
        _stRows = LazyRows();
    }

    internal static EncoderFamily OfKind { get; } = new()
    {
        Name = "lista",
        MaxDepth = MaxDepth,
        DefaultDepth = 3,
        HasSquareMatrix = true,
        FromDictionary = FromDictionary,
        Empty = (n, m, depth, penalty, dictionary) => new ListaEncoder(n, m, depth, penalty, dictionary),
        Layout = Layout,
    };

    internal override EncoderFamily Family => OfKind;

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)CodeSize * SignalSize + (long)Depth * CodeSize * CodeSize;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="MaxDepth"/>; 0 is the plain shrinkage encoder.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ or the depth is out of range.</exception>
    public static ListaEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth) => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> + 1 iterations of ISTA: W_e = D/L, S = I − G/L, θ = λw/L, each divided by 1 + μ/L.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="MaxDepth"/>; 0 is the plain shrinkage encoder.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The depth is out of range, or the weights are not those of m atoms.</exception>
    public static ListaEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty, int depth)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new ListaEncoder(dictionary.SignalSize, dictionary.AtomCount, depth, penalty, dictionary);
        encoder.Initialize(dictionary);
        return encoder;
    }

    /// <summary>An encoder that starts from a random dictionary instead of the one whose codes it will predict.</summary>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="penalty">What the codes to predict pay for not being zero; a number λ stands for λ‖z‖₁.</param>
    /// <param name="depth">Products by S, from 0 to <see cref="MaxDepth"/>.</param>
    /// <param name="seed">Seed of the random atoms.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size or the depth is out of range.</exception>
    /// <exception cref="ArgumentException">The weights are not those of m atoms.</exception>
    public static ListaEncoder Random(int signalSize, int codeSize, Penalty penalty, int depth, int seed)
    {
        var encoder = new ListaEncoder(signalSize, codeSize, depth, penalty, dictionary: null);
        encoder.Initialize(RandomAtoms.Draw(codeSize, signalSize, seed));
        return encoder;
    }

    /// <summary>The first layers as an encoder of their own: with the same W_e, S and θ it returns Z(<paramref name="depth"/>) of this one.</summary>
    /// <param name="depth">Products by S, from 0 to <see cref="TrainableEncoder.Depth"/>.</param>
    /// <returns>A copy that stops after that many products; at 0 the plain shrinkage encoder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is out of range.</exception>
    public ListaEncoder Truncate(int depth)
    {
        Throw.IfOutside(depth, 0, Depth);
        var first = new ListaEncoder(SignalSize, CodeSize, depth, Penalty, Dictionary);
        Parameters.Values.CopyTo(first.Parameters.Values);
        first.Refresh();
        return first;
    }

    internal override long TapeFloats => (2L * Depth + 4) * CodeSize;

    private protected override void PackRows(int first, int count)
    {
        _encoderTransposed.PackTransposedRows(Parameters.View(Parameters.Windows[0]), first, count);
        _st.PackRows(Parameters.View(Parameters.Windows[1]), first, count);
        _s.PackTransposedRows(Parameters.View(Parameters.Windows[1]), first, count);
        if (_stRows.IsValueCreated)
            _stRows = LazyRows();
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, MaxDepth);
        var theta = new WindowShape("theta", 1, codeSize, IsThreshold: true);
        return ParameterSlab.Layout(("W_e", codeSize, signalSize), ("S_transposed", codeSize, codeSize), theta);
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>Sᵀ as single signals read it, made when the first one comes.</summary>
    private Lazy<AlignedRows> LazyRows() => new(() => new AlignedRows(Parameters.View("S_transposed")));

    private void Initialize(AtomDictionary dictionary)
    {
        ProximalStep.OfGradient(dictionary, Penalty, Parameters.View("W_e"), Parameters.View("S_transposed"), Parameters.View("theta").Values);
        Refresh();
    }

    /// <summary>
    /// Tape: Z(0..T), and dC(0..T) from the way back. h' and the sign of C are those of Z. All layers' rows lie one after the other, so that S
    /// and θ, which the layers share, have one product and one sum.
    /// </summary>
    private sealed class Pass : EncoderPass
    {
        private readonly ListaEncoder _encoder;
        private readonly ParameterWindow _we, _st, _theta;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly bool _keepTape;
        private readonly int _layers;       // of Z that are kept
        private readonly Matrix _b;         // B = xW_eᵀ [N×m], then dB
        private readonly Matrix _z;         // Z(0), …, Z(T) [(T+1)N×m]
        private readonly Matrix _dC;        // dC(0), …, dC(T) [(T+1)N×m]
        private readonly Matrix _dZ;        // [N×m]

        public Pass(ListaEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _floor = encoder.Penalty.Floor;
            _keepTape = keepTape;
            _layers = keepTape ? encoder.Depth + 1 : Math.Min(2, encoder.Depth + 1);
            (_we, _st, _theta) = (encoder.Parameters.Windows[0], encoder.Parameters.Windows[1], encoder.Parameters.Windows[2]);
            _b = new Matrix(maxRows, encoder.CodeSize);
            _z = new Matrix(checked(_layers * maxRows), encoder.CodeSize);
            _dC = new Matrix(keepTape ? _layers * maxRows : 0, encoder.CodeSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
        }

        internal override ReadOnlyMatrixView Codes => Z(_encoder.Depth, 0, Rows);

        internal override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first)
        {
            MatrixView b = _b.RowRange(first, x.Rows);
            ReadOnlySpan<float> theta = _encoder.Parameters.View(_theta).Values;
            Gemm.Multiply(x, _encoder._encoderTransposed, b);                           // B = xW_eᵀ
            Shrinkage.SoftThreshold(b, theta, Z(0, first, x.Rows), _floor);             // Z(0) = h_θ(B)
            if (x.Rows == 1 && !_keepTape)
                return ForwardRow(b, theta, first);
            for (int t = 1; t <= _encoder.Depth; t++)
                SparseProduct.MultiplyAddShrink(Z(t - 1, first, x.Rows), _encoder._st, b, theta, Z(t, first, x.Rows), _floor);   // Z(t) = h_θ(B + Z(t−1)Sᵀ)
            return Z(_encoder.Depth, first, x.Rows);
        }

        private ReadOnlyMatrixView ForwardRow(ReadOnlyMatrixView b, ReadOnlySpan<float> theta, int row)
        {
            AlignedRows st = _encoder._stRows.Value;
            for (int t = 1; t <= _encoder.Depth; t++)
                SparseRows.MultiplyAddShrink(Z(t - 1, row, 1).Row(0), st, b.Row(0), theta, Z(t, row, 1).Row(0), _floor);     // Z(t) = h_θ(B + Z(t−1)Sᵀ)
            return Z(_encoder.Depth, row, 1);
        }

        internal override void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx)
        {
            int rows = dz.Rows, last = _encoder.Depth;
            MatrixView dB = _b.RowRange(first, rows), dZ = _dZ.RowRange(first, rows);
            dz.Values.CopyTo(dZ.Values);
            dB.Values.Clear();
            for (int t = last; t >= 0; t--)
            {
                MatrixView dC = DC(t, first, rows);
                Shrinkage.SoftThresholdBackward(Z(t, first, rows), dZ, dC, dB);         // dC(t) = h'_θ(C(t)) ⊙ dZ(t); dB += dC(t)
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
            Span<float> dTheta = gradient.View(_theta).Values.Slice(first, count);
            if (!accumulate)
                dTheta.Clear();
            ReadOnlyMatrixView z = _z.RowRange(0, layers), dC = _dC.RowRange(rows, layers), dB = _b.RowRange(0, rows);
            MatrixView dSt = gradient.View(_st).RowRange(first, count), dWe = gradient.View(_we).RowRange(first, count);
            Shrinkage.ThresholdBackward(_z.RowRange(0, layers + rows), _dC.RowRange(0, layers + rows), first, dTheta);  // dθ −= Σ_t Σ sign(C(t)) ⊙ dC(t)
            SparseProduct.MultiplyTransposed(z, first, dC, dSt, accumulate);            // dSᵀ += Σ_t Z(t−1)ᵀ dC(t)
            SparseProduct.MultiplyTransposed(dB, first, x, dWe, accumulate);            // dW_e += dBᵀ x
        }

        private MatrixView Z(int t, int first, int count) => _z.RowRange(t % _layers * Rows + first, count);

        private MatrixView DC(int t, int first, int count) => _dC.RowRange(t * Rows + first, count);
    }
}
