namespace FastSparseCoding.Solvers;

/// <summary>A row on its way down in λ: its support, the multiple t of λ it is being solved for, and the last multiple it is known to be good at.</summary>
internal sealed class HomotopyLane(LaneSupport support, int number, int capacity)
{
    /// <summary>Exchanges without fewer infeasibilities that are forgiven.</summary>
    private const int Patience = 3;

    /// <summary>A step in t that fails is halved, in the logarithm, until it is as small as this; then the row is given up.</summary>
    private const float SmallestStep = 1.002f;

    private readonly int[] _goodAtoms = new int[capacity];
    private readonly float[] _goodSigns = new float[capacity];
    private readonly float[] _goodValues = new float[capacity];
    private int _goodCount;
    private float _goodLevel;
    private float _step;
    private int _fewest;
    private int _patience;

    public LaneSupport Support { get; } = support;

    /// <summary>Number of the lane.</summary>
    public int Number { get; } = number;

    /// <summary>Number of the row in its block, or −1 when idle.</summary>
    public int Row { get; private set; } = -1;

    /// <summary>The row is being solved for tλ.</summary>
    public float Level { get; private set; }

    /// <summary>Whether this is the last level, λ itself.</summary>
    public bool AtTheEnd => Level <= 1;

    /// <summary>Takes a row with an empty support, at a level up to the one from which on its code is zero.</summary>
    public void Begin(int row, float level, float levelOfZero, float tolerated, float noise)
    {
        (Row, _goodLevel, _goodCount, _step) = (row, levelOfZero, 0, Homotopy.Step);
        Support.Begin(level, tolerated, noise);
        Enter(level);
    }

    public void Idle()
    {
        Support.Begin(1, 0, 0);
        Row = -1;
    }

    /// <summary>Whether this many infeasibilities are a record, or can be forgiven.</summary>
    public bool Improves(int infeasible)
    {
        if (infeasible >= _fewest)
            return _patience-- > 0;
        (_fewest, _patience) = (infeasible, Patience);
        return true;
    }

    /// <summary>Notes the support as good and goes down a step.</summary>
    public void Advance()
    {
        Remember();
        Enter(Math.Max(1, Level / _step));
        _step = Math.Min(Homotopy.Step, 1.5f * _step);
        Support.SetLevel(Level);
    }

    /// <summary>Goes back to the last good support, to take half the step; false when that would be too small.</summary>
    public bool TryRetreat()
    {
        _step = MathF.Sqrt(_goodLevel / Level);
        if (!(_step >= SmallestStep) || !float.IsFinite(_step))
            return false;
        Enter(_goodLevel / _step);
        Support.Restart(Level);
        for (int i = 0; i < _goodCount; i++)
            Support.TryEnter(_goodAtoms[i], _goodSigns[i]);
        return true;
    }

    /// <summary>Writes the last good code.</summary>
    public void WriteGood(Span<float> z)
    {
        z.Clear();
        for (int i = 0; i < _goodCount; i++)
            z[_goodAtoms[i]] = _goodValues[i];
    }

    /// <summary>Writes the solution.</summary>
    public void Write(Span<float> z)
    {
        z.Clear();
        for (int i = 0; i < Support.Count; i++)
            z[Support.Atoms[i]] = Support.Values[i];
    }

    private void Enter(float level)
    {
        Level = level;
        (_fewest, _patience) = (int.MaxValue, Patience);
    }

    private void Remember()
    {
        _goodCount = Support.Count;
        _goodLevel = Level;
        Support.Atoms.CopyTo(_goodAtoms);
        Support.Signs.CopyTo(_goodSigns);
        Support.Values.CopyTo(_goodValues);
    }
}
