using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// LCoD, learned coordinate descent (Gregor and LeCun 2010, Algorithm 4): a fixed number of greedy coordinate updates with trained W_e, S and θ.
/// Every signal chooses its own coordinates. Made from a dictionary it equals CoD, until it is trained.
/// </summary>
/// <remarks>
/// <see cref="TrainableEncoder.Depth"/> counts the coordinate updates; the paper's T is one more. Windows: W_e [m×n], S_transposed [m×m],
/// theta [1×m]; row k of S_transposed is S_{:,k}, what an update of coefficient k adds to B.
/// </remarks>
public sealed class LcodEncoder : TrainableEncoder
{
    /// <summary>Largest number of coordinate updates.</summary>
    public const int MaxDepth = 10_000;

    private readonly PackedMatrix _encoderTransposed;
    private readonly PackedMatrix _encoder;
    private readonly AlignedRows _st;

    internal LcodEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
        _encoderTransposed = new PackedMatrix(signalSize, codeSize);
        _encoder = new PackedMatrix(codeSize, signalSize);
        _st = new AlignedRows(codeSize, codeSize);
    }

    internal static EncoderFamily OfKind { get; } = new()
    {
        Name = "lcod",
        MaxDepth = MaxDepth,
        DefaultDepth = 10,
        HasSquareMatrix = true,
        IsCoordinateDescent = true,
        FromDictionary = FromDictionary,
        Empty = (n, m, depth, penalty, dictionary) => new LcodEncoder(n, m, depth, penalty, dictionary),
        Layout = Layout,
    };

    internal override EncoderFamily Family => OfKind;

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)CodeSize * SignalSize + (long)Depth * CodeSize;

    /// <summary>The same for the codes of the lasso, λ‖z‖₁.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="lambda">Sparsity weight λ of those codes, above 0.</param>
    /// <param name="depth">Coordinate updates, from 0 to <see cref="MaxDepth"/>; 0 is the plain shrinkage encoder.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ or the depth is out of range.</exception>
    public static LcodEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth) => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> updates of CoD: W_e = D, S = I − G, θ = λw, each divided by 1 + μ.</summary>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero.</param>
    /// <param name="depth">Coordinate updates, from 0 to <see cref="MaxDepth"/>; 0 is the plain shrinkage encoder.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">The depth is out of range, or the weights are not those of m atoms.</exception>
    public static LcodEncoder FromDictionary(AtomDictionary dictionary, Penalty penalty, int depth)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var encoder = new LcodEncoder(dictionary.SignalSize, dictionary.AtomCount, depth, penalty, dictionary);
        encoder.Initialize(dictionary);
        return encoder;
    }

    /// <summary>An encoder that starts from a random dictionary instead of the one whose codes it will predict.</summary>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="penalty">What the codes to predict pay for not being zero; a number λ stands for λ‖z‖₁.</param>
    /// <param name="depth">Coordinate updates, from 0 to <see cref="MaxDepth"/>.</param>
    /// <param name="seed">Seed of the random atoms.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size or the depth is out of range.</exception>
    /// <exception cref="ArgumentException">The weights are not those of m atoms.</exception>
    public static LcodEncoder Random(int signalSize, int codeSize, Penalty penalty, int depth, int seed)
    {
        var encoder = new LcodEncoder(signalSize, codeSize, depth, penalty, dictionary: null);
        encoder.Initialize(RandomAtoms.Draw(codeSize, signalSize, seed));
        return encoder;
    }

    /// <inheritdoc/>
    public override void Refresh()
    {
        _encoderTransposed.PackTransposed(Parameters.View("W_e"));
        _encoder.Pack(Parameters.View("W_e"));
        _st.Copy(Parameters.View("S_transposed"));
    }

    internal override void Constrain() => ClampToZero(Parameters.View("theta").Values);

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, MaxDepth);
        return ParameterSlab.Layout(("W_e", codeSize, signalSize), ("S_transposed", codeSize, codeSize), new WindowShape("theta", 1, codeSize, IsThreshold: true));
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    private void Initialize(AtomDictionary dictionary)
    {
        ProximalStep.OfCoordinate(dictionary, Penalty, Parameters.View("W_e"), Parameters.View("S_transposed"), Parameters.View("theta").Values);
        Refresh();
    }

    private sealed class Pass : EncoderPass
    {
        private readonly LcodEncoder _encoder;
        private readonly ParameterWindow _we, _st, _theta;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly bool _keepTape;
        private readonly Matrix _b;         // B, then dB [N×m]
        private readonly Matrix _z;         // the codes returned [N×m]
        private readonly float[] _state;    // dz of one signal [m]
        private readonly GreedyUpdate[] _tape;    // [N×T]

        public Pass(LcodEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _keepTape = keepTape;
            _floor = encoder.Penalty.Floor;
            (_we, _st, _theta) = (encoder.Parameters.Windows[0], encoder.Parameters.Windows[1], encoder.Parameters.Windows[2]);
            _b = new Matrix(maxRows, encoder.CodeSize);
            _z = new Matrix(maxRows, encoder.CodeSize);
            _state = new float[encoder.CodeSize];
            _tape = new GreedyUpdate[checked((keepTape ? maxRows : 0) * encoder.Depth)];
        }

        private protected override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x)
        {
            ReadOnlySpan<float> theta = _encoder.Parameters.View(_theta).Values;
            Gemm.Multiply(x, _encoder._encoderTransposed, _b.RowRange(0, x.Rows));      // B = xW_eᵀ
            // T times: k = argmax |h_θ(B) − z|; e = z̄_k − z_k; B += e·S_{:,k}; z_k = z̄_k
            GreedyRows.Update(_b.RowRange(0, x.Rows), _encoder._st, theta, _encoder.Depth, _keepTape ? _tape.AsSpan(0, x.Rows * _encoder.Depth) : default, _floor);
            Shrinkage.SoftThreshold(_b.RowRange(0, x.Rows), theta, _z.RowRange(0, x.Rows), _floor);     // return h_θ(B)
            return _z.RowRange(0, x.Rows);
        }

        private protected override void BackwardRows(ReadOnlyMatrixView x, ReadOnlyMatrixView dz, ParameterSlab gradient, MatrixView dx)
        {
            MatrixView dB = _b.RowRange(0, x.Rows), dSt = gradient.View(_st);
            Span<float> dTheta = gradient.View(_theta).Values;
            Shrinkage.SoftThresholdBackward(_z.RowRange(0, x.Rows), dz, dB, dTheta);    // dB = h'_θ(B) ⊙ dZ; dθ −= sign(B) ⊙ dB
            for (int i = 0; i < x.Rows; i++)
                BackwardRow(dB.Row(i), Tape(i), dSt, dTheta);
            Gemm.MultiplyTransposedA(dB, x, gradient.View(_we), accumulate: true);      // dW_e += dBᵀ x
            if (!dx.Values.IsEmpty)
                Gemm.Multiply(dB, _encoder._encoder, dx);                               // dx = dB W_e
        }

        private void BackwardRow(Span<float> dB, ReadOnlySpan<GreedyUpdate> tape, MatrixView dSt, Span<float> dTheta)
        {
            MatrixView st = _encoder.Parameters.View(_st);
            Span<float> dz = _state;
            dz.Clear();                                                                 // dz = 0
            for (int t = tape.Length - 1; t >= 0; t--)
            {
                (int k, float b, float e) = tape[t];
                float de = (float)Reduction.Dot(dB, st.Row(k));                         // de = Σ_j dB_j S_jk
                TensorPrimitives.MultiplyAdd(dB, e, dSt.Row(k), dSt.Row(k));            // dS_{:,k} += e·dB
                float theta = _encoder.Parameters.View(_theta).Values[k];
                int side = b > theta ? 1 : b < _floor - theta ? -1 : 0;                 // sign(h_θ(b)), the dead zone from floor − θ to θ
                float g = side != 0 ? dz[k] + de : 0;                                   // g = h'_θ(b)(dz_k + de)
                dB[k] += g;                                                             // dB_k += g
                dTheta[k] -= side * g;                                                  // dθ_k −= sign(b)·g
                dz[k] = -de;                                                            // dz_k = −de
            }
        }

        private Span<GreedyUpdate> Tape(int i) => _tape.AsSpan(i * _encoder.Depth, _encoder.Depth);
    }
}
