using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// The baselines of the paper: one product and a nonlinearity of each coefficient. The derived classes say which.
/// </summary>
public abstract class FeedForwardEncoder : TrainableEncoder
{
    private readonly PackedMatrix _weightsTransposed;

    private protected FeedForwardEncoder(int signalSize, int codeSize, Penalty penalty, AtomDictionary? dictionary, ParameterSlab parameters)
        : base(signalSize, codeSize, 0, penalty, dictionary, parameters)
    {
        _weightsTransposed = new PackedMatrix(signalSize, codeSize);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)CodeSize * SignalSize;

    internal override long TapeFloats => 3L * CodeSize + OwnParameters;

    /// <summary>Parameters that are not W: those of f.</summary>
    private int OwnParameters => Parameters.Values.Length - Parameters.Windows[0].Length;

    private protected override void PackRows(int first, int count) => _weightsTransposed.PackTransposedRows(Weights(Parameters), first, count);

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>Refuses penalties without negative codes: a tanh has either sign, and cut off below zero it would be another encoder than the paper's.</summary>
    private protected static Penalty EitherSign(Penalty penalty, EncoderFamily kind)
    {
        ArgumentNullException.ThrowIfNull(penalty);
        if (penalty.NonNegative)
            Throw.Argument(nameof(penalty), $"'penalty' is {penalty}; it must allow negative codes, since '{kind.Name}' predicts codes of either sign.");
        return penalty;
    }

    /// <summary>z = f(b) for a batch of rows.</summary>
    private protected abstract void Activate(ReadOnlyMatrixView b, MatrixView z);

    /// <summary>db = f'(b) ⊙ dz, and every row's gradient of f's own parameters, in the order of their windows.</summary>
    private protected abstract void ActivateBackward(ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own);

    /// <summary>Window 0 of every baseline: W [m×n].</summary>
    private static MatrixView Weights(ParameterSlab slab) => slab.View(slab.Windows[0]);

    private sealed class Pass : EncoderPass
    {
        private readonly FeedForwardEncoder _encoder;
        private readonly Matrix _b;     // B = xWᵀ [N×m]
        private readonly Matrix _z;     // Z = f(B) [N×m]
        private readonly Matrix _dB;    // [N×m]
        private readonly Matrix _own;   // every row's gradient of f's own parameters [N×…]

        public Pass(FeedForwardEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _b = new Matrix(maxRows, encoder.CodeSize);
            _z = new Matrix(maxRows, encoder.CodeSize);
            _dB = new Matrix(keepTape ? maxRows : 0, encoder.CodeSize);
            _own = new Matrix(keepTape ? maxRows : 0, encoder.OwnParameters);
        }

        internal override ReadOnlyMatrixView Codes => _z.RowRange(0, Rows);

        internal override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first)
        {
            MatrixView b = _b.RowRange(first, x.Rows), z = _z.RowRange(first, x.Rows);
            Gemm.Multiply(x, _encoder._weightsTransposed, b);                                   // B = xWᵀ
            _encoder.Activate(b, z);                                                            // Z = f(B)
            return z;
        }

        internal override void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx)
        {
            int rows = dz.Rows;
            MatrixView dB = _dB.RowRange(first, rows);
            _encoder.ActivateBackward(_b.RowRange(first, rows), _z.RowRange(first, rows), dz, dB, _own.RowRange(first, rows));    // dB = f'(B) ⊙ dZ
            if (!dx.Values.IsEmpty)
                Gemm.Multiply(dB, Weights(_encoder.Parameters), dx);                            // dx = dB W
        }

        internal override void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part, bool accumulate)
        {
            (int first, int count) = part.Of(_encoder.CodeSize);
            SparseProduct.MultiplyTransposed(_dB.RowRange(0, Rows), first, x, Weights(gradient).RowRange(first, count), accumulate);     // dW += dBᵀ x
            (first, count) = part.Of(_own.Columns);
            Span<float> own = gradient.Values.Slice(_encoder.Parameters.Windows[0].Length + first, count);
            if (!accumulate)
                own.Clear();
            for (int i = 0; i < Rows; i++)
                TensorPrimitives.Add(own, _own.Row(i).Slice(first, count), own);
        }
    }
}

/// <summary>The plain shrinkage encoder h_θ(W_e x): LISTA at depth 0, LCoD without updates. Windows: W_e [m×n], theta [1×m].</summary>
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
        EncoderFamily.WithoutDepth("shrink", FromDictionary, (n, m, penalty, dictionary) => new ShrinkEncoder(n, m, penalty, dictionary), Layout, hasEitherSign: false);

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

    private protected override void Activate(ReadOnlyMatrixView b, MatrixView z) => Shrinkage.SoftThreshold(b, Parameters.View(Parameters.Windows[1]).Values, z, Penalty.Floor);

    private protected override void ActivateBackward(ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own)
    {
        Shrinkage.SoftThresholdBackward(z, dz, db);
        own.Values.Clear();
        for (int i = 0; i < z.Rows; i++)
            Shrinkage.ThresholdBackward(z.RowRange(i, 1), db.RowRange(i, 1), 0, own.Row(i));    // dθ = −sign(b) ⊙ db
    }
}

/// <summary>
/// The encoder g ⊙ tanh(Wx + u) of Kavukcuoglu, Ranzato and LeCun (2008), with a gain per coefficient. Windows: W [m×n], u [1×m], gain [1×m].
/// </summary>
public sealed class TanhEncoder : FeedForwardEncoder
{
    internal TanhEncoder(int signalSize, int codeSize, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, EitherSign(penalty, OfKind), dictionary, new ParameterSlab(Layout(signalSize, codeSize)))
    {
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize)
        => ParameterSlab.Layout(("W", codeSize, signalSize), ("u", 1, codeSize), ("gain", 1, codeSize));

    internal static EncoderFamily OfKind { get; } =
        EncoderFamily.WithoutDepth("tanh", FromDictionary, (n, m, penalty, dictionary) => new TanhEncoder(n, m, penalty, dictionary), Layout, hasEitherSign: true);

    internal override EncoderFamily Family => OfKind;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ is out of range.</exception>
    public static TanhEncoder FromDictionary(AtomDictionary dictionary, float lambda) => FromDictionary(dictionary, new Penalty(lambda));

    /// <summary>The encoder that starts near z = xDᵀ/L: W = D/L, u = 0, g = 1.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero; it must allow negative ones. The start does not depend on it.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The penalty forbids negative codes, or its weights are not those of m atoms.</exception>
    public static TanhEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new TanhEncoder(dictionary.SignalSize, dictionary.AtomCount, penalty, dictionary);
        TensorPrimitives.Multiply(dictionary.Atoms.Values, 1 / dictionary.Lipschitz, encoder.Parameters.View("W").Values);
        encoder.Parameters.View("gain").Values.Fill(1);
        encoder.Refresh();
        return encoder;
    }

    private protected override void Activate(ReadOnlyMatrixView b, MatrixView z)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        for (int i = 0; i < b.Rows; i++)
        {
            TensorPrimitives.Add(b.Row(i), u, z.Row(i));
            TensorPrimitives.Tanh(z.Row(i), z.Row(i));
            TensorPrimitives.Multiply(z.Row(i), gain, z.Row(i));                // z = g ⊙ tanh(b + u)
        }
    }

    private protected override void ActivateBackward(ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        for (int i = 0; i < b.Rows; i++)
        {
            Span<float> du = own.Row(i)[..CodeSize], dGain = own.Row(i)[CodeSize..];
            for (int k = 0; k < gain.Length; k++)
            {
                float a = MathF.Tanh(b.Row(i)[k] + u[k]), d = dz.Row(i)[k];
                dGain[k] = d * a;                                               // dg = dz ⊙ tanh
                db.Row(i)[k] = d * gain[k] * (1 - a * a);                       // db = dz ⊙ g ⊙ tanh'
                du[k] = db.Row(i)[k];                                           // du = db
            }
        }
    }
}

/// <summary>
/// The double tanh g ⊙ (tanh(Wx + u) + tanh(Wx − u)): near zero for small inputs, like a smooth shrinkage. Windows: W [m×n], u [1×m], gain [1×m].
/// </summary>
public sealed class DoubleTanhEncoder : FeedForwardEncoder
{
    /// <summary>Coefficients whose hyperbolic tangents are taken together.</summary>
    private const int Chunk = 256;

    internal DoubleTanhEncoder(int signalSize, int codeSize, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, EitherSign(penalty, OfKind), dictionary, new ParameterSlab(Layout(signalSize, codeSize)))
    {
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize)
        => ParameterSlab.Layout(("W", codeSize, signalSize), ("u", 1, codeSize), ("gain", 1, codeSize));

    internal static EncoderFamily OfKind { get; } =
        EncoderFamily.WithoutDepth("tanh2", FromDictionary, (n, m, penalty, dictionary) => new DoubleTanhEncoder(n, m, penalty, dictionary), Layout, hasEitherSign: true);

    internal override EncoderFamily Family => OfKind;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ is out of range.</exception>
    public static DoubleTanhEncoder FromDictionary(AtomDictionary dictionary, float lambda) => FromDictionary(dictionary, new Penalty(lambda));

    /// <summary>The encoder that starts near a shrunk xDᵀ/L: W = D/L, u = 1, g = 1.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero; it must allow negative ones. The start does not depend on it.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The penalty forbids negative codes, or its weights are not those of m atoms.</exception>
    public static DoubleTanhEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new DoubleTanhEncoder(dictionary.SignalSize, dictionary.AtomCount, penalty, dictionary);
        TensorPrimitives.Multiply(dictionary.Atoms.Values, 1 / dictionary.Lipschitz, encoder.Parameters.View("W").Values);
        encoder.Parameters.View("u").Values.Fill(1);
        encoder.Parameters.View("gain").Values.Fill(1);
        encoder.Refresh();
        return encoder;
    }

    private protected override void Activate(ReadOnlyMatrixView b, MatrixView z)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        Span<float> p = stackalloc float[Chunk], q = stackalloc float[Chunk];
        for (int i = 0; i < b.Rows; i++)
            for (int k = 0; k < gain.Length; k += Chunk)
            {
                int count = Math.Min(Chunk, gain.Length - k);
                Tanhs(b.Row(i).Slice(k, count), u.Slice(k, count), p, q);
                TensorPrimitives.Add(p[..count], q[..count], p);
                TensorPrimitives.Multiply(p[..count], gain.Slice(k, count), z.Row(i).Slice(k, count));
            }
    }

    /// <summary>tanh⁺ = tanh(b + u) and tanh⁻ = tanh(b − u).</summary>
    private static void Tanhs(ReadOnlySpan<float> b, ReadOnlySpan<float> u, Span<float> plus, Span<float> minus)
    {
        TensorPrimitives.Add(b, u, plus);
        TensorPrimitives.Tanh(plus[..b.Length], plus);
        TensorPrimitives.Subtract(b, u, minus);
        TensorPrimitives.Tanh(minus[..b.Length], minus);
    }

    private protected override void ActivateBackward(ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own)
    {
        ReadOnlySpan<float> u = Parameters.View(Parameters.Windows[1]).Values, gain = Parameters.View(Parameters.Windows[2]).Values;
        Span<float> plus = stackalloc float[Chunk], minus = stackalloc float[Chunk];
        for (int i = 0; i < b.Rows; i++)
        {
            Span<float> du = own.Row(i)[..CodeSize], dGain = own.Row(i)[CodeSize..];
            for (int start = 0; start < gain.Length; start += Chunk)
            {
                int count = Math.Min(Chunk, gain.Length - start);
                Tanhs(b.Row(i).Slice(start, count), u.Slice(start, count), plus, minus);
                for (int k = start; k < start + count; k++)
                {
                    float p = plus[k - start], q = minus[k - start], d = dz.Row(i)[k];
                    dGain[k] = d * (p + q);                                     // dg = dz ⊙ (tanh⁺ + tanh⁻)
                    float dp = d * gain[k] * (1 - p * p), dq = d * gain[k] * (1 - q * q);
                    db.Row(i)[k] = dp + dq;                                     // db = dz ⊙ g ⊙ (tanh⁺' + tanh⁻')
                    du[k] = dp - dq;                                            // du = dz ⊙ g ⊙ (tanh⁺' − tanh⁻')
                }
            }
        }
    }
}
