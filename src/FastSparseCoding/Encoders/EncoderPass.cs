using System.Runtime.InteropServices;

namespace FastSparseCoding.Encoders;

/// <summary>
/// Forward and backward through an encoder for a batch of signals, with its tape and scratch memory. Allocates nothing. Threads share the
/// work of a pass in two ways: forward and backward of codes by rows, each of which is computed alone, and then the parameters' gradient by
/// parts, each a sum over all rows.
/// </summary>
public abstract class EncoderPass
{
    private readonly TrainableEncoder _encoder;
    private readonly bool _keepTape;
    private bool _forwarded;

    private protected EncoderPass(TrainableEncoder encoder, int maxRows, bool keepTape)
    {
        _encoder = encoder;
        _keepTape = keepTape;
        MaxRows = maxRows;
    }

    /// <summary>Most signals in a pass.</summary>
    public int MaxRows { get; }

    /// <summary>Signals in this pass, N.</summary>
    private protected int Rows { get; private set; }

    /// <summary>Predicts codes and keeps what the backward pass needs.</summary>
    /// <param name="x">Signals [N×n], N at most <see cref="MaxRows"/>; must stay as they are until after <see cref="Backward"/>.</param>
    /// <returns>Codes [N×m], valid until the next call.</returns>
    /// <exception cref="ArgumentException">A shape is wrong.</exception>
    public ReadOnlyMatrixView Forward(ReadOnlyMatrixView x)
    {
        Throw.IfColumnsNot(x.Columns, _encoder.SignalSize, nameof(x));
        Begin(x.Rows);
        return ForwardRows(x, 0);
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
        if (!_keepTape || !_forwarded)
            Throw.Argument(nameof(x), "'x' has not been through Forward; Backward must follow it.");
        Throw.IfShapeNot(x.Rows, x.Columns, Rows, _encoder.SignalSize, nameof(x));
        Throw.IfShapeNot(dz.Rows, dz.Columns, Rows, _encoder.CodeSize, nameof(dz));
        Throw.IfLengthNot(gradient.Values.Length, _encoder.Parameters.Values.Length, nameof(gradient));
        if (!dx.Values.IsEmpty)
            Throw.IfShapeNot(dx.Rows, dx.Columns, Rows, _encoder.SignalSize, nameof(dx));
        BackwardRows(dz, 0, dx);
        AddGradient(x, gradient, Part.Whole);
    }

    /// <summary>Begins a pass over so many signals.</summary>
    internal void Begin(int rows)
    {
        Throw.IfAbove(rows, MaxRows, "x.Rows");
        Rows = rows;
        _forwarded = true;
    }

    /// <summary>The codes of all rows that have been forward.</summary>
    internal abstract ReadOnlyMatrixView Codes { get; }

    /// <summary>Forward for some of the pass's signals.</summary>
    /// <param name="x">These signals.</param>
    /// <param name="first">Which of the pass's rows the first of them is.</param>
    /// <returns>Their codes.</returns>
    internal abstract ReadOnlyMatrixView ForwardRows(ReadOnlyMatrixView x, int first);

    /// <summary>Backward for some of the pass's signals, up to what the parameters' gradient is a sum of.</summary>
    /// <param name="dz">Loss gradient of their codes.</param>
    /// <param name="first">Which of the pass's rows the first of them is.</param>
    /// <param name="dx">Receives their gradient, unless it is empty.</param>
    internal abstract void BackwardRows(ReadOnlyMatrixView dz, int first, MatrixView dx);

    /// <summary>A part of the parameters' gradient, after all rows' backward. All parts together are the whole, with the same bits however
    /// many there are.</summary>
    /// <param name="x">All signals of the pass.</param>
    /// <param name="gradient">It is added to it.</param>
    /// <param name="part">Which part.</param>
    internal abstract void AddGradient(ReadOnlyMatrixView x, ParameterSlab gradient, Part part);
}
