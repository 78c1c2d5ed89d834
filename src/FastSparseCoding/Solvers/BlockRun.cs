namespace FastSparseCoding.Solvers;

/// <summary>What a block of rows is solved for, to the tolerance or for a trace of an exact number of iterations, and how each row
/// ended.</summary>
internal readonly ref struct BlockRun(
    LassoSolver solver, BlockWorkspace workspace, CodeTrace? trace, ReadOnlyMatrixView mask, CancellationToken cancellation)
{
    /// <summary>1 where a value of a signal is known, 0 where it is not [rows×n]; no column at all where every value is.</summary>
    public ReadOnlyMatrixView Mask { get; } = mask;

    public CodeTrace? Trace { get; } = trace;

    /// <summary>A trace runs on, however small the gap.</summary>
    public double Tolerance { get; } = trace is null ? solver.Options.Tolerance : -1;

    public int IterationLimit { get; } = trace?.Last ?? solver.IterationLimit;

    /// <summary>To be looked at wherever work goes on for more than a few milliseconds.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Notes how row i of the block ended.</summary>
    public void Report(int i, int iterations, RowResult result)
    {
        workspace.Iterations[i] = iterations;
        workspace.Results[i] = result;
    }
}

/// <summary>The codes of a block of rows after each of several numbers of iterations.</summary>
internal sealed class CodeTrace
{
    public CodeTrace(IReadOnlyList<int> iterations, int rows, int codeSize)
    {
        Iterations = iterations;
        Codes = new Matrix[iterations.Count];
        for (int i = 0; i < Codes.Length; i++)
            Codes[i] = new Matrix(rows, codeSize);
    }

    /// <summary>The numbers of iterations asked for, ascending.</summary>
    public IReadOnlyList<int> Iterations { get; }

    /// <summary>The codes after each.</summary>
    public Matrix[] Codes { get; }

    public int Last => Iterations[^1];

    /// <summary>Where the codes after k iterations go: an index into <see cref="Codes"/>, or −1 when nobody asked.</summary>
    public int IndexOf(int k)
    {
        for (int i = 0; i < Iterations.Count; i++)
            if (Iterations[i] == k)
                return i;
        return -1;
    }
}

/// <summary>Memory of a solver for one block of rows.</summary>
internal class BlockWorkspace(AtomDictionary dictionary, Penalty penalty)
{
    private readonly double[] _startEnergies = new double[RowBlocks.MostRows];
    private readonly double[] _energiesOfZero = new double[RowBlocks.MostRows];
    private readonly double[] _startViolations = new double[RowBlocks.MostRows];
    private Matrix? _starts;
    private Matrix? _known;

    /// <summary>B = xDᵀ [rows×m].</summary>
    public Matrix B { get; } = new(RowBlocks.MostRows, dictionary.AtomCount);

    /// <summary>The certificates' memory.</summary>
    public Certificate Certificate { get; } = new(dictionary, penalty, RowBlocks.MostRows);

    /// <summary>Iterations that every row took.</summary>
    public int[] Iterations { get; } = new int[RowBlocks.MostRows];

    /// <summary>Energy and gap of every row.</summary>
    public RowResult[] Results { get; } = new RowResult[RowBlocks.MostRows];

    /// <summary>x where it is known, 0 where not; valid until the next call.</summary>
    public ReadOnlyMatrixView Known(ReadOnlyMatrixView x, ReadOnlyMatrixView mask)
    {
        _known ??= new Matrix(RowBlocks.MostRows, dictionary.SignalSize);
        for (int i = 0; i < x.Rows; i++)
            Masks.Apply(x.Row(i), mask.Row(i), _known.Row(i));
        return _known.RowRange(0, x.Rows);
    }

    /// <summary>Forgets the starts of another block: rows start from zero.</summary>
    public void StartFromZero()
    {
        Array.Fill(_startEnergies, double.PositiveInfinity);
        Array.Fill(_energiesOfZero, double.PositiveInfinity);
    }

    /// <summary>Remembers what rows start from.</summary>
    public void RememberStarts(ReadOnlyMatrixView x, ReadOnlyMatrixView z)
    {
        _starts ??= new Matrix(RowBlocks.MostRows, dictionary.AtomCount);
        z.Values.CopyTo(_starts.Values);
        Certificate.Inspect(x, z, _startEnergies, _energiesOfZero, _startViolations);
    }

    /// <summary>Whether row i has a start of less energy than zero.</summary>
    public bool StartIsWorthwhile(int i) => _startEnergies[i] < _energiesOfZero[i];

    /// <summary>How far row i's start is from stationary on its support at any weight, as a share of its thresholds.</summary>
    public double StartViolation(int i) => _startViolations[i];

    /// <summary>Replaces a code that is worse than its start or than zero by the better of them; whether it was. Not even a NaN is better
    /// than zero.</summary>
    public bool ReplaceIfWorse(int i, Span<float> z)
    {
        double zero = Results[i].EnergyOfZero, start = _startEnergies[i], energy = Results[i].Energy;
        if (energy <= zero && energy <= start)
            return false;
        if (start < zero)
            _starts!.Row(i).CopyTo(z);
        else
            z.Clear();
        return true;
    }
}
