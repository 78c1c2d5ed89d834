using System.Numerics.Tensors;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The inverse M of the Gram matrix of a changing list of atoms, in double precision: <see cref="SupportInverse"/> for the rows whose atoms are
/// so nearly dependent that float32 is not enough.
/// </summary>
internal sealed class PreciseInverse(int capacity)
{
    private readonly double[] _inverse = new double[capacity * capacity];
    private readonly double[] _column = new double[capacity];

    /// <summary>Number of atoms in the list.</summary>
    public int Count { get; private set; }

    /// <summary>Empties the list.</summary>
    public void Clear() => Count = 0;

    /// <summary>result = M·v.</summary>
    public void Multiply(ReadOnlySpan<double> v, Span<double> result)
    {
        for (int i = 0; i < Count; i++)
            result[i] = TensorPrimitives.Dot(Row(i), v[..Count]);
    }

    /// <summary>Appends an atom, given u = Mg and the pivot s = ‖d‖² − gᵀu: M ← [M + uuᵀ/s, −u/s; −uᵀ/s, 1/s].</summary>
    public void Append(ReadOnlySpan<double> u, double pivot)
    {
        for (int i = 0; i < Count; i++)
        {
            Span<double> row = Row(i);
            TensorPrimitives.MultiplyAdd(u[..Count], u[i] / pivot, row, row);
            _inverse[i * capacity + Count] = -u[i] / pivot;
            _inverse[Count * capacity + i] = -u[i] / pivot;
        }
        _inverse[Count * capacity + Count] = 1 / pivot;
        Count++;
    }

    /// <summary>Takes atom i off the list, M ← M − M_i M_iᵀ/M_ii, and puts the last one in its place.</summary>
    public void RemoveAt(int i)
    {
        Span<double> column = _column.AsSpan(0, Count);
        Row(i).CopyTo(column);
        double pivot = column[i];
        for (int j = 0; j < Count; j++)
            TensorPrimitives.MultiplyAdd(column, -column[j] / pivot, Row(j), Row(j));
        int last = Count - 1;
        Row(last).CopyTo(Row(i));
        for (int j = 0; j < last; j++)
            _inverse[j * capacity + i] = _inverse[j * capacity + last];
        _inverse[i * capacity + i] = _inverse[last * capacity + last];
        Count = last;
    }

    private Span<double> Row(int i) => _inverse.AsSpan(i * capacity, Count);
}
