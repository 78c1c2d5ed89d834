namespace FastSparseCoding.Kernels;

/// <summary>The non-zeros of a batch of codes z [N×m], signal by signal and atom by atom. The lists grow to the largest batch and are then
/// allocated no more.</summary>
internal sealed unsafe class CodeLists(int atoms)
{
    private readonly int[] _atomStarts = new int[atoms + 1];
    private int[] _signalStarts = [];
    private int[] _atoms = [];              // of every signal in turn
    private float[] _values = [];
    private int[] _signals = [];            // of every atom in turn
    private float[] _factors = [];

    /// <summary>The codes of the batch [N×m].</summary>
    public Matrix Codes { get; private set; } = new(0, atoms);

    /// <summary>Number of signals N.</summary>
    public int Signals => Codes.Rows;

    /// <summary>Number of non-zeros in all codes.</summary>
    public int Count => _atomStarts[^1];

    /// <summary>Takes the codes of another batch, which must stay as they are while the lists are used.</summary>
    public void Take(Matrix codes)
    {
        Throw.IfColumnsNot(codes.Columns, _atomStarts.Length - 1, nameof(codes));
        Codes = codes;
        int count = 0;
        for (int i = 0; i < codes.Rows; i++)
            count = checked(count + NonZeros.Count(codes.Row(i)));
        Reserve(checked(count + codes.Columns + NonZeros.Slack), codes.Rows + 1);
        fixed (float* z = codes.Values, values = _values, factors = _factors)
        fixed (int* columns = _atoms, signals = _signals, signalStarts = _signalStarts, atomStarts = _atomStarts)
        {
            var bySignal = new NonZeros { RowStarts = signalStarts, Columns = columns, Values = values };
            bySignal.TryList(z, codes.Columns, codes.Rows, codes.Columns, count);
            bySignal.Transpose(codes.Rows, codes.Columns, new NonZeros { RowStarts = atomStarts, Columns = signals, Values = factors });
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

    private void Reserve(int nonZeros, int starts)
    {
        if (_values.Length < nonZeros)
            (_atoms, _values, _signals, _factors) = (new int[nonZeros], new float[nonZeros], new int[nonZeros], new float[nonZeros]);
        if (_signalStarts.Length < starts)
            _signalStarts = new int[starts];
    }
}
