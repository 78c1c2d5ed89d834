using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// LCoD, learned coordinate descent (Gregor and LeCun 2010, Algorithm 4): a fixed number of greedy coordinate updates with trained W_e, S
/// and θ. Every signal chooses its own coordinates. Made from a dictionary it equals CoD, until it is trained. Immutable while encoding and
/// safe to share between threads.
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
    private readonly AlignedRows _st;

    internal LcodEncoder(int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        : base(signalSize, codeSize, depth, penalty, dictionary, new ParameterSlab(Layout(signalSize, codeSize, depth)))
    {
        _encoderTransposed = new PackedMatrix(signalSize, codeSize);
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
    /// <example><code>
    /// LcodEncoder lcod = LcodEncoder.FromDictionary(dictionary, lambda: 0.5f, depth: 20);
    /// </code></example>
    public static LcodEncoder FromDictionary(AtomDictionary dictionary, float lambda, int depth)
        => FromDictionary(dictionary, new Penalty(lambda), depth);

    /// <summary>The encoder that equals <paramref name="depth"/> updates of CoD: W_e = D, S = I − G, θ = λw, each divided by 1 +
    /// μ.</summary>
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

    internal override long TapeFloats => 5L * CodeSize + 4L * Depth;

    private protected override void PackRows(int first, int count)
    {
        _encoderTransposed.PackTransposedRows(Parameters.View(Parameters.Windows[0]), first, count);
        _st.CopyRows(Parameters.View(Parameters.Windows[1]), first, count);
    }

    /// <summary>The windows of its parameters.</summary>
    internal static IReadOnlyList<ParameterWindow> Layout(int signalSize, int codeSize, int depth)
    {
        Throw.IfOutside(depth, 0, MaxDepth);
        var theta = new WindowShape("theta", 1, codeSize, IsThreshold: true);
        return ParameterSlab.Layout(("W_e", codeSize, signalSize), ("S_transposed", codeSize, codeSize), theta);
    }

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    private void Initialize(AtomDictionary dictionary)
    {
        ProximalStep.OfCoordinate(
            dictionary, Penalty, Parameters.View("W_e"), Parameters.View("S_transposed"), Parameters.View("theta").Values);
        Refresh();
    }

    /// <summary>
    /// Tape: every update's coefficient, pre-activation and change, and from the way back the last dB and what every update added to it.
    /// The gradient of S, a sum of dB as it was before each update, is added up by going the same way again, a part of the columns at a
    /// time.
    /// </summary>
    private sealed class Pass : EncoderPass
    {
        private readonly LcodEncoder _encoder;
        private readonly ParameterWindow _we, _st, _theta;
        private readonly float _floor;      // 0, or −∞ where codes must not be negative
        private readonly bool _keepTape;
        private readonly Matrix _b;         // B, then dB [N×m]
        private readonly Matrix _z;         // the codes returned [N×m]
        private readonly Matrix _last;      // dB before the first of the updates backward [N×m]
        private readonly Matrix _dz;        // dz [N×m]
        private readonly GreedyUpdate[] _tape;    // [N×T]
        private readonly Matrix _g;         // what each update adds to dB_k [N×T]

        public Pass(LcodEncoder encoder, int maxRows, bool keepTape)
            : base(encoder, maxRows, keepTape)
        {
            _encoder = encoder;
            _keepTape = keepTape;
            _floor = encoder.Penalty.Floor;
            (_we, _st, _theta) = (encoder.Parameters.Windows[0], encoder.Parameters.Windows[1], encoder.Parameters.Windows[2]);
            int taped = keepTape ? maxRows : 0;
            _b = new Matrix(maxRows, encoder.CodeSize);
            _z = new Matrix(maxRows, encoder.CodeSize);
            _last = new Matrix(taped, encoder.CodeSize);
            _dz = new Matrix(taped, encoder.CodeSize);
            _tape = new GreedyUpdate[checked(taped * encoder.Depth)];
            _g = new Matrix(taped, encoder.Depth);
        }

        internal override ReadOnlyMatrixView Codes => _z.RowRange(0, Rows);

        internal override ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first)
        {
            MatrixView b = _b.RowRange(first, x.Rows), z = _z.RowRange(first, x.Rows);
            ReadOnlySpan<float> theta = _encoder.Parameters.View(_theta).Values;
            Gemm.Multiply(x, _encoder._encoderTransposed, b);                           // B = xW_eᵀ
            // T times: k = argmax |h_θ(B) − z|; e = z̄_k − z_k; B += e·S_{:,k}; z_k = z̄_k
            GreedyRows.Update(b, _encoder._st, theta, _encoder.Depth, _keepTape
                ? _tape.AsSpan(first * _encoder.Depth, x.Rows * _encoder.Depth) : default, _floor);
            Shrinkage.SoftThreshold(b, theta, z, _floor);                               // return h_θ(B)
            return z;
        }

        internal override void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx)
        {
            MatrixView dB = _b.RowRange(first, dz.Rows);
            Shrinkage.SoftThresholdBackward(_z.RowRange(first, dz.Rows), dz, dB);       // dB = h'_θ(B) ⊙ dZ
            dB.Values.CopyTo(_last.RowRange(first, dz.Rows).Values);
            for (int i = first; i < first + dz.Rows; i++)
                BackwardRow(_b.Row(i), Tape(i), _g.Row(i), _dz.Row(i));
            if (!dx.Values.IsEmpty)
                Gemm.Multiply(dB, _encoder.Parameters.View(_we), dx);                   // dx = dB W_e
        }

        private void BackwardRow(Span<float> dB, ReadOnlySpan<GreedyUpdate> tape, Span<float> g, Span<float> dz)
        {
            MatrixView st = _encoder.Parameters.View(_st);
            dz.Clear();                                                                 // dz = 0
            for (int t = tape.Length - 1; t >= 0; t--)
            {
                int k = tape[t].Index;
                float de = (float)Reduction.Dot(dB, st.Row(k));                         // de = Σ_j dB_j S_jk
                g[t] = Side(tape[t]) != 0 ? dz[k] + de : 0;                             // g = h'_θ(b)(dz_k + de)
                dB[k] += g[t];                                                          // dB_k += g
                dz[k] = -de;                                                            // dz_k = −de
            }
        }

        internal override void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part)
        {
            (int first, int count) = part.Of(_encoder.CodeSize);
            MatrixView dSt = gradient.View(_st);
            Span<float> dTheta = gradient.View(_theta).Values.Slice(first, count);
            Shrinkage.ThresholdBackward(_z.RowRange(0, Rows), _last.RowRange(0, Rows), first, dTheta);      // dθ −= Σ sign(B) ⊙ dB
            for (int i = 0; i < Rows; i++)
                AddRow(i, first, _last.Row(i).Slice(first, count), dSt, dTheta);
            // dW_e += dBᵀ x
            SparseProduct.MultiplyTransposed(_b.RowRange(0, Rows), first, x, gradient.View(_we).RowRange(first, count), accumulate: true);
        }

        /// <summary>Goes backward through the updates of a signal again; dB, dS and dθ are those of some columns from the first
        /// on.</summary>
        private void AddRow(int i, int first, Span<float> dB, MatrixView dSt, Span<float> dTheta)
        {
            ReadOnlySpan<GreedyUpdate> tape = Tape(i);
            for (int t = tape.Length - 1; t >= 0; t--)
            {
                Span<float> row = dSt.Row(tape[t].Index).Slice(first, dB.Length);
                TensorPrimitives.MultiplyAdd(dB, tape[t].Change, row, row);                  // dS_{:,k} += e·dB
                int k = tape[t].Index - first;
                if ((uint)k >= (uint)dB.Length)
                    continue;
                dB[k] += _g[i, t];                                                      // dB_k += g
                dTheta[k] -= Side(tape[t]) * _g[i, t];                                  // dθ_k −= sign(b)·g
            }
        }

        /// <summary>sign(h_θ(b)), the dead zone from floor − θ to θ.</summary>
        private int Side(GreedyUpdate update)
        {
            float theta = _encoder.Parameters.View(_theta).Values[update.Index];
            return update.Before > theta ? 1 : update.Before < _floor - theta ? -1 : 0;
        }

        private Span<GreedyUpdate> Tape(int i) => _tape.AsSpan(i * _encoder.Depth, _encoder.Depth);
    }
}
