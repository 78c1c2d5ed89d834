using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// ISTA unrolled as it is written, with the residual in every layer: R(t) = x − Z(t−1)D, Z(t) = h_{θ_t}(Z(t−1) + R(t)Aᵀ), from Z(0) =
/// h_{θ_0}(xAᵀ). The dictionary D and the matrix A that correlates with its atoms are learned apart, and every layer has thresholds of its
/// own. A layer costs two products by [m×n] where LISTA's costs one by [m×m], and the first of them only reads the atoms in use. This is
/// not the paper's; it is the form that image restoration uses (LISTA with weight coupling: Chen, Liu, Wang and Yin 2018; Simon and Elad
/// 2019). Made from a dictionary it equals T + 1 iterations of ISTA from zero, until it is trained. Immutable while encoding and safe to
/// share between threads.
/// </summary>
/// <remarks>
/// Windows: A [m×n], D [m×n], theta [(T+1)×m]; row t of the last belongs to layer t. A ridge shrinks what a layer keeps of the last:
/// κZ(t−1) in place of Z(t−1), with ISTA's κ = 1/(1 + μ/L), which is not trained.
/// </remarks>
public sealed class CoupledListaEncoder : TrainableEncoder
{
    private readonly PackedMatrix _at;      // Aᵀ [n×m]
    private readonly PackedMatrix _a;       // A [m×n]
    private readonly PackedMatrix _dt;      // Dᵀ [n×m]
    private readonly PackedMatrix _d;       // D [m×n]
    private readonly float _kept;           // κ

    internal CoupledListaEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
        _at = new PackedMatrix(signalSize, codeSize);
        _a = new PackedMatrix(codeSize, signalSize);
        _dt = new PackedMatrix(signalSize, codeSize);
        _d = new PackedMatrix(codeSize, signalSize);
        _kept = KeptOf(Penalty, dictionary);
    }

    internal static EncoderFamily OfKind { get; } = new()
    {
        Name = "lista-coupled",
        MaxDepth = ListaEncoder.MaxDepth,
        DefaultDepth = 3,
        FromDictionary = FromDictionary,
        Empty = (n, m, depth, penalty, dictionary) => new CoupledListaEncoder(n, m, depth, penalty, dictionary),
        Layout = Layout,
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
    public static CoupledListaEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth)
        => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> + 1 iterations of ISTA: A = D/L and θ_t = λw/L, each divided by 1 +
    /// μ/L.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero.</param>
    /// <param name="depth">Layers after the first, from 0 to <see cref="ListaEncoder.MaxDepth"/>.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The depth is out of range, or the weights are not those of m atoms.</exception>
    public static CoupledListaEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty, int depth)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new CoupledListaEncoder(dictionary.SignalSize, dictionary.AtomCount, depth, penalty, dictionary);
        MatrixView theta = encoder.Parameters.View("theta");
        ProximalStep.OfGradient(dictionary, encoder.Penalty, encoder.Parameters.View("A"), s: default, theta.Row(0));
        dictionary.Atoms.Values.CopyTo(encoder.Parameters.View("D").Values);
        for (int t = 1; t <= depth; t++)
            theta.Row(0).CopyTo(theta.Row(t));
        encoder.Refresh();
        return encoder;
    }

    /// <summary>κ.</summary>
    internal float Kept => _kept;

    internal override long TapeFloats => (2L * Depth + 3) * CodeSize + (2L * Depth + 1) * SignalSize;

    private protected override void PackRows(int first, int count)
    {
        MatrixView a = Parameters.View(Parameters.Windows[0]), d = Parameters.View(Parameters.Windows[1]);
        _at.PackTransposedRows(a, first, count);
        _a.PackRows(a, first, count);
        _dt.PackTransposedRows(d, first, count);
        _d.PackRows(d, first, count);
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, ListaEncoder.MaxDepth);
        return ParameterSlab.Layout(
            ("A", codeSize, signalSize), ("D", codeSize, signalSize), new WindowShape("theta", depth + 1, codeSize, IsThreshold: true));
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    private static float KeptOf(Penalty penalty, AtomDictionary? dictionary)
    {
        if (penalty.Ridge == 0)
            return 1;
        if (dictionary is null)
            Throw.Argument(nameof(penalty),
                $"'penalty' is {penalty}; without its dictionary a 'lista-coupled' encoder takes no ridge, which divides by 1 + μ/L.");
        return ProximalStep.Share(penalty, 1 / dictionary.Lipschitz);
    }

    /// <summary>
    /// Tape: Z(0..T) and R(1..T), and dC(0..T) and −dR(1..T) from the way back. h' and the sign of C are those of Z. All layers' rows lie
    /// one after the other, so that A and D, which the layers share, have one product.
    /// </summary>
    private sealed class Pass : EncoderPass
    {
        private readonly CoupledListaEncoder _encoder;
        private readonly ParameterWindow _a, _d, _theta;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly int _layers;       // of Z that are kept
        private readonly int _residuals;    // of R that are kept
        private readonly Matrix _z;         // Z(0), …, Z(T) [(T+1)N×m]
        private readonly Matrix _r;         // R(1), …, R(T) [TN×n]
        private readonly Matrix _kept;      // κZ(t−1), then κdC [N×m], where there is a ridge
        private readonly Matrix _dC;        // dC(0), …, dC(T) [(T+1)N×m]
        private readonly Matrix _minusDr;   // −dR(1), …, −dR(T) [TN×n]
        private readonly Matrix _dZ;        // [N×m]

        public Pass(CoupledListaEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _floor = encoder.Penalty.Floor;
            _layers = keepTape ? encoder.Depth + 1 : Math.Min(2, encoder.Depth + 1);
            _residuals = keepTape ? encoder.Depth : Math.Min(1, encoder.Depth);
            IReadOnlyList<ParameterWindow> windows = encoder.Parameters.Windows;
            (_a, _d, _theta) = (windows[0], windows[1], windows[2]);
            _z = new Matrix(checked(_layers * maxRows), encoder.CodeSize);
            _r = new Matrix(checked(_residuals * maxRows), encoder.SignalSize);
            _kept = new Matrix(encoder._kept == 1 ? 0 : maxRows, encoder.CodeSize);
            _dC = new Matrix(keepTape ? _layers * maxRows : 0, encoder.CodeSize);
            _minusDr = new Matrix(keepTape ? _residuals * maxRows : 0, encoder.SignalSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
        }

        internal override ReadOnlyMatrixView Codes => Z(_encoder.Depth, 0, Rows);

        internal override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first)
        {
            int rows = x.Rows;
            MatrixView theta = _encoder.Parameters.View(_theta), z = Z(0, first, rows);
            Gemm.Multiply(x, _encoder._at, z);                                                  // C(0) = xAᵀ
            Shrinkage.SoftThreshold(z, theta.Row(0), z, _floor);                                // Z(0) = h_θ₀(C(0))
            for (int t = 1; t <= _encoder.Depth; t++)
            {
                MatrixView r = R(t, first, rows), next = Z(t, first, rows);
                SparseProduct.Multiply(z, _encoder._d, r);
                TensorPrimitives.Subtract(x.Values, r.Values, r.Values);                        // R(t) = x − Z(t−1)D
                Gemm.MultiplyAddShrink(r, _encoder._at, Kept(z, first), theta.Row(t), next, _floor);        // Z(t) = h_θt(κZ(t−1) + R(t)Aᵀ)
                z = next;
            }
            return z;
        }

        internal override void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx)
        {
            int rows = dz.Rows, last = _encoder.Depth;
            MatrixView dZ = _dZ.RowRange(first, rows), dC = DC(last, first, rows);
            Shrinkage.SoftThresholdBackward(Z(last, first, rows), dz, dC);                      // dC(T) = h'(C(T)) ⊙ dZ(T)
            for (int t = last; t >= 1; t--)
            {
                MatrixView minusDr = MinusDr(t, first, rows), before = DC(t - 1, first, rows);
                SparseProduct.Multiply(dC, _encoder._a, minusDr);                               // dR(t) = dC(t) A
                TensorPrimitives.Negate(minusDr.Values, minusDr.Values);
                Gemm.MultiplyAdd(minusDr, _encoder._dt, Kept(dC, first), dZ);                   // dZ(t−1) = κdC(t) − dR(t) Dᵀ
                Shrinkage.SoftThresholdBackward(Z(t - 1, first, rows), dZ, before);             // dC(t−1) = h'(C(t−1)) ⊙ dZ(t−1)
                dC = before;
            }
            if (dx.Values.IsEmpty)
                return;
            SparseProduct.Multiply(dC, _encoder._a, dx);
            for (int t = 1; t <= last; t++)
                TensorPrimitives.Subtract(dx.Values, MinusDr(t, first, rows).Values, dx.Values);            // dx = Σ_t dR(t)
        }

        internal override void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part)
        {
            (int first, int count) = part.Of(_encoder.CodeSize);
            int rows = Rows, layers = _encoder.Depth * rows;
            for (int t = 0; t <= _encoder.Depth; t++)
            {
                Span<float> dTheta = gradient.View(_theta).Row(t).Slice(first, count);
                Shrinkage.ThresholdBackward(Z(t, 0, rows), DC(t, 0, rows), first, dTheta);      // dθ_t −= Σ sign(C(t)) ⊙ dC(t)
            }
            MatrixView dA = gradient.View(_a).RowRange(first, count), dD = gradient.View(_d).RowRange(first, count);
            SparseProduct.MultiplyTransposed(DC(0, 0, rows), first, x, dA, accumulate: true);
            // dA += Σ_t dC(t)ᵀ R(t)
            SparseProduct.MultiplyTransposed(_dC.RowRange(rows, layers), first, _r.RowRange(0, layers), dA, accumulate: true);
            // dD −= Σ_t Z(t−1)ᵀ dR(t)
            SparseProduct.MultiplyTransposed(_z.RowRange(0, layers), first, _minusDr.RowRange(0, layers), dD, accumulate: true);
        }

        /// <summary>κ times some of the rows: themselves without a ridge.</summary>
        private ReadOnlyMatrixView Kept(MatrixView z, int first)
        {
            if (_encoder._kept == 1)
                return z;
            MatrixView kept = _kept.RowRange(first, z.Rows);
            TensorPrimitives.Multiply(z.Values, _encoder._kept, kept.Values);
            return kept;
        }

        private MatrixView Z(int t, int first, int count) => _z.RowRange(t % _layers * Rows + first, count);

        private MatrixView R(int t, int first, int count) => _r.RowRange((t - 1) % _residuals * Rows + first, count);

        private MatrixView DC(int t, int first, int count) => _dC.RowRange(t * Rows + first, count);

        private MatrixView MinusDr(int t, int first, int count) => _minusDr.RowRange((t - 1) * Rows + first, count);
    }
}
