using System.Runtime.InteropServices;

namespace FastSparseCoding.Encoders;

/// <summary>
/// Forward and backward through an encoder for a batch of signals, with the tape and the scratch memory of one thread. Allocates nothing.
/// </summary>
public abstract class EncoderPass
{
    private readonly TrainableEncoder _encoder;
    private readonly bool _keepTape;
    private int _rows = -1;

    private protected EncoderPass(TrainableEncoder encoder, int maxRows, bool keepTape)
    {
        _encoder = encoder;
        _keepTape = keepTape;
        MaxRows = maxRows;
    }

    /// <summary>Most signals in a pass.</summary>
    public int MaxRows { get; }

    /// <summary>Predicts codes and keeps what the backward pass needs.</summary>
    /// <param name="x">Signals [N×n], N at most <see cref="MaxRows"/>; must stay as they are until after <see cref="Backward"/>.</param>
    /// <returns>Codes [N×m], valid until the next call.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public ReadOnlyMatrixView Forward(ReadOnlyMatrixView x)
    {
        Throw.IfColumnsNot(x.Columns, _encoder.SignalSize, nameof(x));
        Throw.IfAbove(x.Rows, MaxRows, "x.Rows");
        _rows = x.Rows;
        return ForwardRows(x);
    }

    /// <summary>Back-propagates the loss gradient of the codes that the last <see cref="Forward"/> returned.</summary>
    /// <param name="x">The signals given to <see cref="Forward"/> [N×n].</param>
    /// <param name="dz">Loss gradient of the codes [N×m].</param>
    /// <param name="gradient">The parameters' gradient is added to it.</param>
    /// <param name="dx">Receives the signals' gradient [N×n]; leave it out when it is not wanted.</param>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public void Backward(ReadOnlyMatrixView x, ReadOnlyMatrixView dz, ParameterSlab gradient, [Optional] MatrixView dx)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (!_keepTape || _rows < 0)
            Throw.Argument(nameof(x), "'x' has not been through Forward; Backward must follow it.");
        Throw.IfShapeNot(x.Rows, x.Columns, _rows, _encoder.SignalSize, nameof(x));
        Throw.IfShapeNot(dz.Rows, dz.Columns, _rows, _encoder.CodeSize, nameof(dz));
        Throw.IfLengthNot(gradient.Values.Length, _encoder.Parameters.Values.Length, nameof(gradient));
        if (!dx.Values.IsEmpty)
            Throw.IfShapeNot(dx.Rows, dx.Columns, _rows, _encoder.SignalSize, nameof(dx));
        BackwardRows(x, dz, gradient, dx);
    }

    /// <summary>The tape of a quantity that every layer has: its matrices, one a layer.</summary>
    private protected static Matrix[] Matrices(int count, int rows, int columns)
    {
        var matrices = new Matrix[count];
        for (int t = 0; t < count; t++)
            matrices[t] = new Matrix(rows, columns);
        return matrices;
    }

    private protected abstract ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x);

    private protected abstract void BackwardRows(ReadOnlyMatrixView x, ReadOnlyMatrixView dz, ParameterSlab gradient, MatrixView dx);
}
