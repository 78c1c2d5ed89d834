using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Kernels;

/// <summary>The non-zeros of a batch of codes z [N×m], signal by signal and, once they are turned, atom by atom. The lists grow to the
/// largest batch and are then allocated no more.</summary>
internal sealed unsafe class CodeLists(int atoms)
{
    /// <summary>A sum of sparse rows takes as long for a term as a sum of dense rows for a vector of this many columns.</summary>
    private const int ColumnsOfTerm = 12;

    private readonly int[] _atomStarts = new int[atoms + 1];
    private int[] _signalStarts = new int[1];
    private int[] _atoms = [];              // of every signal in turn
    private float[] _values = [];
    private int[] _signals = [];            // of every atom in turn
    private float[] _factors = [];
    private Matrix? _taken, _room;          // dense codes: those that were listed; room for those that were not

    /// <summary>Number of atoms m.</summary>
    public int AtomCount => atoms;

    /// <summary>Number of signals N.</summary>
    public int Signals { get; private set; }

    /// <summary>Number of non-zeros in all codes.</summary>
    public int Count => _signalStarts[Signals];

    /// <summary>Where each signal's non-zeros begin, and one past the last: N + 1 positions in the next two.</summary>
    public ReadOnlySpan<int> SignalStarts => _signalStarts.AsSpan(0, Signals + 1);

    /// <summary>The atoms that the signals use, those of one after those of the other.</summary>
    public ReadOnlySpan<int> Atoms => _atoms.AsSpan(0, Count);

    /// <summary>The values that they use them with.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, Count);

    /// <summary>Once they are turned, the codes [N×m] themselves where they have so many non-zeros that sums over all columns are done
    /// sooner than over lists; null where they have not.</summary>
    public Matrix? Dense { get; private set; }

    /// <summary>Takes the codes of another batch, which must stay as they are while the lists are used.</summary>
    public void Take(Matrix codes)
    {
        Throw.IfColumnsNot(codes.Columns, atoms, nameof(codes));
        Clear();
        Reserve(codes.Rows, 0);
        if (!TryList(codes))
        {
            int count = 0;
            for (int i = 0; i < codes.Rows; i++)
                count = checked(count + NonZeros.Count(codes.Row(i)));
            Reserve(codes.Rows, count);
            TryList(codes);
        }
        (_taken, Signals) = (codes, codes.Rows);
    }

    /// <summary>Begins another batch, of no signals yet.</summary>
    public void Clear() => (_taken, Dense, Signals) = (null, null, 0);

    /// <summary>Appends signals that were listed elsewhere: their <see cref="SignalStarts"/>, <see cref="Atoms"/> and
    /// <see cref="Values"/>.</summary>
    public void Append(ReadOnlySpan<int> starts, ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        Throw.IfLengthNot(columns.Length, starts[^1], nameof(columns));
        Throw.IfLengthNot(values.Length, columns.Length, nameof(values));
        if (columns.Length > 0)
            Throw.IfNotIndex((int)TensorPrimitives.Max(MemoryMarshal.Cast<int, uint>(columns)), atoms, nameof(columns));
        int count = Count, signals = starts.Length - 1;
        Reserve(Signals + signals, checked(count + values.Length));
        columns.CopyTo(_atoms.AsSpan(count));
        values.CopyTo(_values.AsSpan(count));
        TensorPrimitives.Add(starts[1..], count, _signalStarts.AsSpan(Signals + 1, signals));
        (_taken, Signals) = (null, Signals + signals);
    }

    /// <summary>Keeps some of the signals and forgets the others.</summary>
    /// <param name="signals">Which, ascending.</param>
    public void Keep(ReadOnlySpan<int> signals)
    {
        int count = 0;
        for (int i = 0; i < signals.Length; i++)
        {
            int length = AtomsOf(signals[i]).Length;
            AtomsOf(signals[i]).CopyTo(_atoms.AsSpan(count));
            ValuesOf(signals[i]).CopyTo(_values.AsSpan(count));
            _signalStarts[i + 1] = count += length;     // never above the next that is read
        }
        (_taken, Signals) = (null, signals.Length);
    }

    /// <summary>Lists the same non-zeros atom by atom.</summary>
    public void Turn()
    {
        if (_signals.Length < Count)
            (_signals, _factors) = (new int[_values.Length], new float[_values.Length]);
        fixed (float* values = _values, factors = _factors)
        fixed (int* columns = _atoms, signals = _signals, signalStarts = _signalStarts, atomStarts = _atomStarts)
        {
            new NonZeros { RowStarts = signalStarts, Columns = columns, Values = values }.Transpose(
                Signals, atoms, new NonZeros { RowStarts = atomStarts, Columns = signals, Values = factors });
        }
        Dense = (long)Count * ColumnsOfTerm > (long)Signals * atoms ? _taken ?? Spread() : null;
    }

    /// <summary>The codes as they are listed, dense.</summary>
    /// <param name="z">Receives them [N×m].</param>
    public void CopyTo(Matrix z)
    {
        Throw.IfShapeNot(z.Rows, z.Columns, Signals, atoms, nameof(z));
        z.Values.Clear();
        for (int i = 0; i < Signals; i++)
        {
            Span<float> row = z.Row(i);
            ReadOnlySpan<int> columns = AtomsOf(i);
            ReadOnlySpan<float> values = ValuesOf(i);
            for (int s = 0; s < columns.Length; s++)
                row[columns[s]] = values[s];
        }
    }

    /// <summary>How many signals use atom k.</summary>
    public int UsesOf(int k) => _atomStarts[k + 1] - _atomStarts[k];

    /// <summary>The signals that use atom k, ascending.</summary>
    public ReadOnlySpan<int> SignalsOf(int k) => _signals.AsSpan(_atomStarts[k], UsesOf(k));

    /// <summary>The values z_ik that they use it with.</summary>
    public ReadOnlySpan<float> FactorsOf(int k) => _factors.AsSpan(_atomStarts[k], UsesOf(k));

    /// <summary>The atoms that signal i uses, ascending.</summary>
    public ReadOnlySpan<int> AtomsOf(int i) => _atoms.AsSpan(_signalStarts[i], _signalStarts[i + 1] - _signalStarts[i]);

    /// <summary>The values that it uses them with.</summary>
    public ReadOnlySpan<float> ValuesOf(int i) => _values.AsSpan(_signalStarts[i], _signalStarts[i + 1] - _signalStarts[i]);

    /// <summary>Lists codes as far as there is room, and tells whether that was enough.</summary>
    private bool TryList(Matrix codes)
    {
        int limit = _values.Length - atoms - NonZeros.Slack;
        if (limit < 0)
            return false;
        fixed (float* z = codes.Values, values = _values)
        fixed (int* columns = _atoms, starts = _signalStarts)
        {
            return new NonZeros { RowStarts = starts, Columns = columns, Values = values }
                .TryList(z, atoms, codes.Rows, atoms, limit);
        }
    }

    private Matrix Spread()
    {
        Matrix z = ReusedMatrix.Of(ref _room, Signals, atoms);
        CopyTo(z);
        return z;
    }

    /// <summary>Makes room for so many signals and non-zeros, and some more; what is listed stays.</summary>
    private void Reserve(int signals, int nonZeros)
    {
        if (_signalStarts.Length < signals + 1)
            Array.Resize(ref _signalStarts, signals + 1);
        int room = checked(nonZeros + nonZeros / 8 + atoms + NonZeros.Slack);
        if (_values.Length >= nonZeros + atoms + NonZeros.Slack)
            return;
        Array.Resize(ref _atoms, room);
        Array.Resize(ref _values, room);
    }
}
