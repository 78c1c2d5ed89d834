using System.Numerics;
using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// Block principal pivoting (Júdice and Pires 1994; Kim and Park 2008) for many rows side by side: solve the linear system on a guessed support with
/// guessed signs, let all atoms of the wrong sign leave and the worst violators enter, and solve again. It takes a handful of solves where one
/// exchange at a time takes tens, and the systems of different rows fill the lanes of the vectors. Exchanging many atoms at once may run in circles:
/// a row whose infeasibilities do not become fewer is given up, with its last code for a safer method to start from.
/// </summary>
internal sealed class BlockPivoting
{
    /// <summary>Most atoms in a support; beyond, the systems would outgrow the cache, and the row is given up.</summary>
    private const int MostAtoms = 64;

    /// <summary>Squared distance of an atom from the span of earlier ones below which float32 says nothing, and the row is given up.</summary>
    private const float SmallestPivot = 1e-4f;

    /// <summary>Exchanges without fewer infeasibilities that are forgiven.</summary>
    private const int Patience = 3;

    /// <summary>Of the violating atoms, those whose violation is at least this fraction of the largest enter together.</summary>
    private const float EnteringFraction = 0.4f;

    private readonly AlignedRows _s;        // S = I − G [m×m]
    private readonly float _lambda;
    private readonly LaneSystems _systems;
    private readonly Lane[] _lanes = new Lane[LaneSystems.Lanes];
    private readonly float[] _magnitudes;
    private readonly float[] _violations;
    private readonly int[] _violators;
    private readonly int[] _sizes = new int[SparseEncoderExtensions.BlockRows];
    private readonly int[] _order = new int[SparseEncoderExtensions.BlockRows];

    /// <summary>Allocates for signals of n values and S = I − G of their dictionary.</summary>
    public BlockPivoting(int signalSize, AlignedRows s, float lambda, float violationTolerance)
    {
        _s = s;
        _lambda = lambda;
        _systems = new LaneSystems(Math.Min(MostAtoms, LaneSystems.Padded(Math.Min(s.Rows, signalSize))));
        for (int l = 0; l < _lanes.Length; l++)
            _lanes[l] = new Lane(new LaneSupport(_systems, l, s.Rows, lambda * (1 + violationTolerance)));
        _magnitudes = new float[s.Rows];
        _violations = new float[s.Rows + Violations.Slack];
        _violators = new int[s.Rows + Violations.Slack];
    }

    /// <summary>
    /// Solves rows in place, from the supports and signs of their codes. A row that is given up holds the right signs of its last solution, or its
    /// start where atoms of the support depend on each other.
    /// </summary>
    /// <param name="b">xDᵀ [N×m].</param>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="changes">Receives how many atoms left or entered, row by row.</param>
    /// <param name="givenUp">Receives whether a row was given up.</param>
    public void Solve(ReadOnlyMatrixView b, MatrixView z, Span<int> changes, Span<bool> givenUp)
    {
        Order(z);
        int next = 0, active = 0;
        foreach (Lane lane in _lanes)
            active += TryTake(lane, ref next, z, changes) ? 1 : 0;
        while (active > 0)
        {
            int size = 0;
            foreach (Lane lane in _lanes)
                size = Math.Max(size, LaneSystems.Padded(lane.Support.Count));
            foreach (Lane lane in _lanes)
                lane.Support.SetSystem(_s, lane.Row < 0 ? default : b.Row(lane.Row), _lambda, size);
            uint singular = _systems.Factor(size, SmallestPivot);
            _systems.Solve(size);                                                   // G_SS z_S = b_S − λs
            for (int l = 0; l < _lanes.Length; l++)
            {
                Lane lane = _lanes[l];
                if (lane.Row < 0)
                    continue;
                bool solved = (singular >> l & 1) == 0;
                Outcome outcome = solved ? Exchange(lane, b.Row(lane.Row), changes) : Outcome.GivenUp;
                if (outcome == Outcome.Exchanged)
                    continue;
                givenUp[lane.Row] = outcome == Outcome.GivenUp;
                if (solved)
                    lane.Support.Write(z.Row(lane.Row));
                active -= TryTake(lane, ref next, z, changes) ? 0 : 1;
            }
        }
    }

    /// <summary>The rows in the order of their supports' sizes, so that systems side by side are of like size.</summary>
    private void Order(ReadOnlyMatrixView z)
    {
        for (int i = 0; i < z.Rows; i++)
            (_order[i], _sizes[i]) = (i, NonZeros.Count(z.Row(i)));
        _sizes.AsSpan(0, z.Rows).Sort(_order.AsSpan(0, z.Rows));
    }

    /// <summary>Gives a lane the next row; false, and the lane idle, when there is none.</summary>
    private bool TryTake(Lane lane, ref int next, ReadOnlyMatrixView z, Span<int> changes)
    {
        if (next == z.Rows)
        {
            lane.Idle();
            return false;
        }
        int row = _order[next++];
        changes[row] = 0;
        lane.Begin(row);
        int count = Violations.List(z.Row(row), 0, _violations, _violators);        // all that is not zero
        float smallest = SmallestOfStart(count);
        for (int i = 0; i < count; i++)
            if (Math.Abs(_violations[i]) >= smallest)
                lane.Support.TryEnter(_violators[i], _violations[i] > 0 ? 1 : -1);
        return true;
    }

    /// <summary>The least magnitude with which an atom of a start is taken over: 0, or so that room is left where a poor prediction has too many.</summary>
    private float SmallestOfStart(int count)
    {
        if (count <= _systems.Capacity)
            return 0;
        Span<float> magnitudes = _magnitudes.AsSpan(0, count);
        TensorPrimitives.Abs(_violations.AsSpan(0, count), magnitudes);
        magnitudes.Sort();
        return magnitudes[^(_systems.Capacity / 2)];
    }

    /// <summary>Looks at a solution: lets atoms of the wrong sign leave and the worst violators enter.</summary>
    private Outcome Exchange(Lane lane, ReadOnlySpan<float> b, Span<int> changes)
    {
        LaneSupport support = lane.Support;
        if (!support.IsFinite())
            return Outcome.GivenUp;
        ulong wrong = support.WrongSigns();
        int violators = support.ListViolators(_s, b, _violations, _violators);        // c = b − zG
        int leaving = BitOperations.PopCount(wrong);
        if (leaving + violators == 0)
            return Outcome.Optimal;
        if (!lane.Improves(leaving + violators))
            return Outcome.GivenUp;
        support.Leave(wrong);
        changes[lane.Row] += leaving;
        return LetViolatorsEnter(lane, violators, changes) ? Outcome.Exchanged : Outcome.GivenUp;
    }

    /// <summary>Lets the worst violators enter; false when there is no room.</summary>
    private bool LetViolatorsEnter(Lane lane, int violators, Span<int> changes)
    {
        if (violators == 0)
            return true;
        float least = EnteringFraction * Math.Abs(TensorPrimitives.MaxMagnitude(_violations.AsSpan(0, violators)));
        for (int v = 0; v < violators; v++)
        {
            if (Math.Abs(_violations[v]) < least)
                continue;
            if (!lane.Support.TryEnter(_violators[v], _violations[v] > 0 ? 1 : -1))
                return false;
            changes[lane.Row]++;
        }
        return true;
    }

    /// <summary>What became of a row in a round.</summary>
    private enum Outcome
    {
        Exchanged,
        Optimal,
        GivenUp,
    }

    /// <summary>A row being solved.</summary>
    private sealed class Lane(LaneSupport support)
    {
        private int _fewest;
        private int _patience;

        public LaneSupport Support { get; } = support;

        /// <summary>Number of the row, or −1 when idle.</summary>
        public int Row { get; private set; } = -1;

        /// <summary>Takes a row, with an empty support.</summary>
        public void Begin(int row)
        {
            Support.Clear();
            (Row, _fewest, _patience) = (row, int.MaxValue, Patience);
        }

        public void Idle()
        {
            Support.Clear();
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
    }
}
