using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// The baselines of the paper: one product and a nonlinearity of each coefficient. The derived classes say which. Immutable while encoding
/// and safe to share between threads.
/// </summary>
public abstract class FeedForwardEncoder : TrainableEncoder
{
    private readonly PackedMatrix _weightsTransposed;

    private protected FeedForwardEncoder(
        int signalSize, int codeSize, Penalty penalty, AtomDictionary? dictionary, ParameterSlab parameters)
        : base(signalSize, codeSize, 0, penalty, dictionary, parameters)
    {
        _weightsTransposed = new PackedMatrix(signalSize, codeSize);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds => (long)CodeSize * SignalSize;

    internal override long TapeFloats => 3L * CodeSize + OwnParameters;

    /// <summary>Parameters that are not W: those of f.</summary>
    private int OwnParameters => Parameters.Values.Length - Parameters.Windows[0].Length;

    private protected override void PackRows(int first, int count)
        => _weightsTransposed.PackTransposedRows(Weights(Parameters), first, count);

    private protected override EncoderPass CreatePass(int maxRows, bool keepTape) => new Pass(this, maxRows, keepTape);

    /// <summary>Refuses penalties without negative codes: a tanh has either sign, and cut off below zero it would be another encoder than
    /// the paper's.</summary>
    private protected static Penalty EitherSign(Penalty penalty, EncoderFamily kind)
    {
        ArgumentNullException.ThrowIfNull(penalty);
        if (penalty.NonNegative)
            Throw.Argument(nameof(penalty),
                $"'penalty' is {penalty}; it must allow negative codes, since '{kind.Name}' predicts codes of either sign.");
        return penalty;
    }

    /// <summary>z = f(b) for a batch of rows.</summary>
    private protected abstract void Activate(ReadOnlyMatrixView b, MatrixView z);

    /// <summary>db = f'(b) ⊙ dz, and every row's gradient of f's own parameters, in the order of their windows.</summary>
    private protected abstract void ActivateBackward(
        ReadOnlyMatrixView b, ReadOnlyMatrixView z, ReadOnlyMatrixView dz, MatrixView db, MatrixView own);

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
            // dB = f'(B) ⊙ dZ
            _encoder.ActivateBackward(_b.RowRange(first, rows), _z.RowRange(first, rows), dz, dB, _own.RowRange(first, rows));
            if (!dx.Values.IsEmpty)
                Gemm.Multiply(dB, Weights(_encoder.Parameters), dx);                            // dx = dB W
        }

        internal override void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part)
        {
            (int first, int count) = part.Of(_encoder.CodeSize);
            // dW += dBᵀ x
            SparseProduct.MultiplyTransposed(_dB.RowRange(0, Rows), first, x, Weights(gradient).RowRange(first, count), accumulate: true);
            (first, count) = part.Of(_own.Columns);
            Span<float> own = gradient.Values.Slice(_encoder.Parameters.Windows[0].Length + first, count);
            for (int i = 0; i < Rows; i++)
                TensorPrimitives.Add(own, _own.Row(i).Slice(first, count), own);
        }
    }
}
