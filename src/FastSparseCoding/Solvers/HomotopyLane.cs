namespace FastSparseCoding.Solvers;

/// <summary>A row on its way down in λ: its support, the multiple t of λ it is being solved for, and the last multiple it is known to be
/// good at.</summary>
internal sealed class HomotopyLane(LaneSupport support, int number, int capacity)
{
    /// <summary>Exchanges without fewer infeasibilities that are forgiven.</summary>
    private const int Patience = 3;

    /// <summary>A step in t that fails is halved, in the logarithm, until it is as small as this; then the row is given up.</summary>
    private const float SmallestStep = 1.002f;

    /// <summary>A row that has to take back more steps than this is given up.</summary>
    private const int MostRetreats = 40;

    private readonly Snapshot _last = new(capacity);        // where the last step down was taken, a few infeasibilities left
    private readonly Snapshot _optimal = new(capacity);     // the last support without any
    private float _step;
    private int _fewest;
    private int _patience;
    private int _retreats;

    public LaneSupport Support { get; } = support;

    /// <summary>Number of the lane.</summary>
    public int Number { get; } = number;

    /// <summary>Number of the row in its block, or −1 when idle.</summary>
    public int Row { get; private set; } = -1;

    /// <summary>The row is being solved for tλ.</summary>
    public float Level { get; private set; }

    /// <summary>Whether this is the last level, λ itself.</summary>
    public bool AtTheEnd => Level <= 1;

    /// <summary>Whether a step has failed: from then on steps are taken from optimal supports only, and only the very worst violators
    /// enter.</summary>
    public bool Careful { get; private set; }

    /// <summary>Takes a row with an empty support, at a level up to the one from which on its code is zero.</summary>
    public void Begin(int row, float level, float levelOfZero)
    {
        (Row, _step, _retreats, Careful) = (row, Homotopy.Step, 0, false);
        Support.Restart(level);
        _optimal.Take(Support, levelOfZero);
        _last.Take(Support, levelOfZero);
        Enter(level);
    }

    public void Idle()
    {
        Support.Restart(1);
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

    /// <summary>Goes down a step from here, with a number of infeasibilities left.</summary>
    public void Advance(int infeasible)
    {
        _last.Take(Support, Level);
        if (infeasible == 0)
            _optimal.Take(Support, Level);
        Enter(Math.Max(1, Level / _step));
        _step = Math.Min(Homotopy.Step, 1.5f * _step);
        Support.SetLevel(Level);
    }

    /// <summary>
    /// Goes back to where the last step was taken, to find the optimum there and take half the step; or, where that fails too, to the last
    /// optimum. False when steps would be too small.
    /// </summary>
    public bool TryRetreat()
    {
        if (Careful && Level >= _last.Level)
            _last.Take(_optimal);
        _step = MathF.Sqrt(_last.Level / Level);
        if (!(_step >= SmallestStep) || !float.IsFinite(_step) || ++_retreats > MostRetreats)
            return false;
        bool optimal = _last.Level == _optimal.Level;
        Careful = true;
        Enter(optimal ? _last.Level / _step : _last.Level);
        Support.Restart(Level);
        _last.Restore(Support);
        return true;
    }

    /// <summary>Writes the last code that was optimal for its level.</summary>
    public void WriteOptimal(Span<float> z) => _optimal.Write(z);

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

    /// <summary>A support, the code on it, and the multiple of λ it belongs to.</summary>
    private sealed class Snapshot(int capacity)
    {
        private readonly int[] _atoms = new int[capacity];
        private readonly float[] _signs = new float[capacity];
        private readonly float[] _values = new float[capacity];
        private int _count;

        public float Level { get; private set; }

        public void Take(LaneSupport support, float level)
        {
            (_count, Level) = (support.Count, level);
            support.Atoms.CopyTo(_atoms);
            support.Signs.CopyTo(_signs);
            support.Values.CopyTo(_values);
        }

        public void Take(Snapshot other)
        {
            (_count, Level) = (other._count, other.Level);
            other._atoms.AsSpan(0, _count).CopyTo(_atoms);
            other._signs.AsSpan(0, _count).CopyTo(_signs);
            other._values.AsSpan(0, _count).CopyTo(_values);
        }

        public void Restore(LaneSupport support)
        {
            for (int i = 0; i < _count; i++)
                support.TryEnter(_atoms[i], _signs[i]);
        }

        public void Write(Span<float> z)
        {
            z.Clear();
            for (int i = 0; i < _count; i++)
                z[_atoms[i]] = _values[i];
        }
    }
}
