namespace FastSparseCoding.Solvers;

/// <summary>What a <see cref="Homotopy"/> is told of the rows of a block, and what it tells of them beside their codes.</summary>
internal sealed class HomotopyRows
{
    private readonly int[] _near;
    private readonly int[] _starts;
    private readonly int[] _counts;     // −1 where it is not known
    private int _used;

    public HomotopyRows(int rows, int codeSize)
    {
        (Levels, LevelsOfZero, Norms, Changes) = (new float[rows], new float[rows], new float[rows], new int[rows]);
        (_near, _starts, _counts) = (new int[16 * rows + codeSize], new int[rows], new int[rows]);
    }

    /// <summary>The multiple of λ that each row starts at.</summary>
    public float[] Levels { get; }

    /// <summary>The multiple of λ from which on each row's code is zero.</summary>
    public float[] LevelsOfZero { get; }

    /// <summary>‖x‖ of each row.</summary>
    public float[] Norms { get; }

    /// <summary>How many atoms left or entered, row by row.</summary>
    public int[] Changes { get; }

    /// <summary>Forgets what it knows of near atoms.</summary>
    public void Clear()
    {
        Array.Clear(Changes);
        Array.Fill(_counts, -1);
        _used = 0;
    }

    /// <summary>Notes the atoms outside row i's support that may exceed their thresholds; all others are proven not to.</summary>
    public void SetNear(int i, ReadOnlySpan<int> atoms)
    {
        if (!atoms.TryCopyTo(_near.AsSpan(_used)))
            return;         // as if it were not known
        (_starts[i], _counts[i]) = (_used, atoms.Length);
        _used += atoms.Length;
    }

    /// <summary>The atoms outside row i's support that may exceed their thresholds; false where any may.</summary>
    public bool TryGetNear(int i, out ReadOnlySpan<int> atoms)
    {
        atoms = _near.AsSpan(_starts[i], Math.Max(0, _counts[i]));
        return _counts[i] >= 0;
    }
}
