using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// ISTA unrolled as it is written, with the residual in every layer: R(t) = x − Z(t−1)D, Z(t) = h_{θ_t}(Z(t−1) + R(t)Aᵀ), from Z(0) = h_{θ_0}(xAᵀ). The
/// dictionary D and the matrix A that correlates with its atoms are learned apart, and every layer has thresholds of its own. A layer costs two products
/// by [m×n] where LISTA's costs one by [m×m], and the first of them only reads the atoms in use. This is not the paper's; it is the form that image
/// restoration uses (LISTA with weight coupling: Chen, Liu, Wang and Yin 2018; Simon and Elad 2019). Made from a dictionary it equals T + 1 iterations of
/// ISTA from zero, until it is trained.
/// </summary>
/// <remarks>
/// Windows: A [m×n], D [m×n], theta [(T+1)×m]; row t of the last belongs to layer t. A ridge shrinks what a layer keeps of the last: κZ(t−1) in place of
/// Z(t−1), with ISTA's κ = 1/(1 + μ/L), which is not trained.
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
        _kept = Kept(Penalty, dictionary);
    }

    /// <inheritdoc/>
    public override string Kind => "lista-coupled";

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

    /// <summary>The encoder that equals <paramref name="depth"/> + 1 iterations of ISTA: A = D/L and θ_t = λw/L, each divided by 1 + μ/L.</summary>
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

    /// <inheritdoc/>
    public override void Refresh()
    {
        _at.PackTransposed(Parameters.View("A"));
        _a.Pack(Parameters.View("A"));
        _dt.PackTransposed(Parameters.View("D"));
        _d.Pack(Parameters.View("D"));
    }

    internal override void Constrain() => ClampToZero(Parameters.View("theta").Values);

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, ListaEncoder.MaxDepth);
        return ParameterSlab.Layout(("A", codeSize, signalSize), ("D", codeSize, signalSize), ("theta", depth + 1, codeSize));
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    private static float Kept(Penalty penalty, AtomDictionary? dictionary)
    {
        if (penalty.Ridge == 0)
            return 1;
        if (dictionary is null)
            Throw.Argument(nameof(penalty), $"'penalty' is {penalty}; without its dictionary a 'lista-coupled' encoder takes no ridge, which divides by 1 + μ/L.");
        return ProximalStep.Share(penalty, 1 / dictionary.Lipschitz);
    }

    /// <summary>Tape: Z(0..T) and R(1..T). h' and the sign of C are those of Z.</summary>
    private sealed class Pass : EncoderPass
    {
        private readonly CoupledListaEncoder _encoder;
        private readonly ParameterWindow _dA, _dD, _theta;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly bool _keepTape;
        private readonly Matrix[] _z;       // Z(t) [N×m]
        private readonly Matrix[] _r;       // R(t) [N×n], R(0) = x
        private readonly Matrix _kept;      // κZ(t−1) [N×m], where there is a ridge
        private readonly Matrix _dC;        // dC [N×m]
        private readonly Matrix _dZ;        // dZ [N×m]
        private readonly Matrix _dR;        // −dR [N×n]

        public Pass(CoupledListaEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _keepTape = keepTape;
            _floor = encoder.Penalty.Floor;
            IReadOnlyList<ParameterWindow> windows = encoder.Parameters.Windows;
            (_dA, _dD, _theta) = (windows[0], windows[1], windows[2]);
            _z = Matrices(keepTape ? encoder.Depth + 1 : 2, maxRows, encoder.CodeSize);
            _r = Matrices(keepTape ? encoder.Depth + 1 : 2, maxRows, encoder.SignalSize);
            _kept = new Matrix(encoder._kept == 1 ? 0 : maxRows, encoder.CodeSize);
            _dC = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _dZ = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _dR = new Matrix(keepTape ? maxRows : 0, encoder.SignalSize);
        }

        private protected override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x)
        {
            int rows = x.Rows;
            MatrixView theta = _encoder.Parameters.View(_theta), first = At(_z, 0, rows);
            Gemm.Multiply(x, _encoder._at, first);                                          // C(0) = xAᵀ
            Shrinkage.SoftThreshold(first, theta.Row(0), first, _floor);                    // Z(0) = h_θ₀(C(0))
            for (int t = 1; t <= _encoder.Depth; t++)
            {
                MatrixView z = At(_z, t - 1, rows), r = At(_r, t, rows);
                SparseProduct.Multiply(z, _encoder._d, r);                                  // R(t) = x − Z(t−1)D
                TensorPrimitives.Subtract(x.Values, r.Values, r.Values);
                Gemm.MultiplyAddShrink(r, _encoder._at, Kept(z), theta.Row(t), At(_z, t, rows), _floor);   // Z(t) = h_θt(κZ(t−1) + R(t)Aᵀ)
            }
            return At(_z, _encoder.Depth, rows);
        }

        private protected override void BackwardRows(ReadOnlyMatrixView x, ReadOnlyMatrixView dz, ParameterSlab gradient, MatrixView dx)
        {
            int rows = x.Rows;
            MatrixView dC = _dC.RowRange(0, rows), dZ = _dZ.RowRange(0, rows), minusDr = _dR.RowRange(0, rows), dTheta = gradient.View(_theta);
            dz.Values.CopyTo(dZ.Values);
            dx.Values.Clear();
            for (int t = _encoder.Depth; t >= 0; t--)
            {
                Shrinkage.SoftThresholdBackward(At(_z, t, rows), dZ, dC, dTheta.Row(t));    // dC = h'(C(t)) ⊙ dZ(t); dθ_t −= Σ sign(C(t)) ⊙ dC
                SparseProduct.MultiplyTransposed(dC, t == 0 ? x : At(_r, t, rows), gradient.View(_dA), accumulate: true);   // dA += dCᵀR(t)
                if (t == 0 && dx.Values.IsEmpty)
                    return;
                SparseProduct.Multiply(dC, _encoder._a, minusDr);                           // dR = dC A
                TensorPrimitives.Negate(minusDr.Values, minusDr.Values);
                if (!dx.Values.IsEmpty)
                    TensorPrimitives.Subtract(dx.Values, minusDr.Values, dx.Values);        // dx += dR
                if (t == 0)
                    return;
                SparseProduct.MultiplyTransposed(At(_z, t - 1, rows), minusDr, gradient.View(_dD), accumulate: true);       // dD −= Z(t−1)ᵀdR
                Gemm.MultiplyAdd(minusDr, _encoder._dt, Kept(dC), dZ);                      // dZ(t−1) = κdC − dR Dᵀ
            }
        }

        /// <summary>κ times a matrix: itself without a ridge.</summary>
        private ReadOnlyMatrixView Kept(MatrixView z)
        {
            if (_encoder._kept == 1)
                return z;
            MatrixView kept = _kept.RowRange(0, z.Rows);
            TensorPrimitives.Multiply(z.Values, _encoder._kept, kept.Values);
            return kept;
        }

        private MatrixView At(Matrix[] tape, int t, int rows) => tape[_keepTape ? t : t & 1].RowRange(0, rows);
    }
}
