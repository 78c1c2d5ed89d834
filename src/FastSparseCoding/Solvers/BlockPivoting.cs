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

    private readonly AtomDictionary _dictionary;
    private readonly float _lambda;
    private readonly float _bound;          // λ and a little: a correlation below it is no violation
    private readonly LaneSystems _systems;
    private readonly Lane[] _lanes = new Lane[LaneSystems.Lanes];
    private readonly float[] _correlations;
    private readonly float[] _violations;
    private readonly int[] _violators;
    private readonly int[] _sizes = new int[SparseEncoderExtensions.BlockRows];
    private readonly int[] _order = new int[SparseEncoderExtensions.BlockRows];

    public BlockPivoting(AtomDictionary dictionary, float lambda, float violationTolerance)
    {
        _dictionary = dictionary;
        _lambda = lambda;
        _bound = lambda * (1 + violationTolerance);
        _systems = new LaneSystems(Math.Min(MostAtoms, LaneSystems.Padded(Math.Min(dictionary.AtomCount, dictionary.SignalSize))));
        for (int l = 0; l < _lanes.Length; l++)
            _lanes[l] = new Lane(_systems.Capacity);
        _correlations = new float[dictionary.AtomCount];
        _violations = new float[dictionary.AtomCount + Violations.Slack];
        _violators = new int[dictionary.AtomCount + Violations.Slack];
    }

    /// <summary>
    /// Solves rows in place, from the supports and signs of their codes.
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
                size = Math.Max(size, LaneSystems.Padded(lane.Count));
            for (int l = 0; l < _lanes.Length; l++)
                SetSystem(l, size, b);
            uint singular = _systems.Factor(size, SmallestPivot);
            _systems.Solve(size);                                                   // G_SS z_S = b_S − λs
            for (int l = 0; l < _lanes.Length; l++)
            {
                Lane lane = _lanes[l];
                if (lane.Row < 0 || (singular >> l & 1) == 0 && TryExchange(l, b.Row(lane.Row), changes, out bool optimal) && !optimal)
                    continue;
                // Done with, one way or the other.
                givenUp[lane.Row] = (singular >> l & 1) != 0 || !lane.Optimal;
                lane.Write(z.Row(lane.Row));
                active -= TryTake(lane, ref next, z, changes) ? 0 : 1;
            }
        }
    }

    /// <summary>The rows in the order of their supports' sizes, so that systems side by side are of like size.</summary>
    private void Order(ReadOnlyMatrixView z)
    {
        for (int i = 0; i < z.Rows; i++)
            (_order[i], _sizes[i]) = (i, z.Columns - z.Row(i).Count(0f));
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
        int count = Violations.List(z.Row(row), 0, _violations, _violators);        // all that is not zero
        lane.Begin(row, _violators.AsSpan(0, count), _violations, SmallestOfStart(count));
        return true;
    }

    /// <summary>The least magnitude with which an atom of a start is taken over: 0, or so that room is left where a poor prediction has too many.</summary>
    private float SmallestOfStart(int count)
    {
        if (count <= _systems.Capacity)
            return 0;
        Span<float> magnitudes = _correlations.AsSpan(0, count);
        TensorPrimitives.Abs(_violations.AsSpan(0, count), magnitudes);
        magnitudes.Sort();
        return magnitudes[^(_systems.Capacity / 2)];
    }

    private void SetSystem(int l, int size, ReadOnlyMatrixView b)
    {
        Lane lane = _lanes[l];
        _systems.SetMatrix(l, lane.Support, _dictionary.Gram, lane.Unchanged);
        _systems.SetVector(l, lane.Row < 0 ? default : b.Row(lane.Row), lane.Support, lane.Signs, _lambda, size);
    }

    /// <summary>Takes a solution and exchanges atoms; false when the row is to be given up.</summary>
    private bool TryExchange(int l, ReadOnlySpan<float> b, Span<int> changes, out bool optimal)
    {
        Lane lane = _lanes[l];
        int wrong = lane.TakeSolution(_systems, l);
        GramRows.Correlations(b, _dictionary.Gram, lane.Support, lane.Values.AsSpan(0, lane.Count), _correlations);     // c = b − zG
        foreach (int k in lane.Support)
            _correlations[k] = 0;                                                   // λ by construction
        int violators = Violations.List(_correlations, _bound, _violations, _violators);
        lane.Optimal = optimal = wrong + violators == 0;
        if (optimal)
            return true;
        if (!lane.Improves(wrong + violators))
            return false;
        changes[lane.Row] += lane.LetWrongSignsLeave();
        float entering = 0;
        for (int v = 0; v < violators; v++)
            entering = Math.Max(entering, EnteringFraction * Math.Abs(_violations[v]));
        for (int v = 0; v < violators; v++)
        {
            if (Math.Abs(_violations[v]) < entering)
                continue;
            if (!lane.TryEnter(_violators[v], _violations[v] > 0 ? 1 : -1))
                return false;
            changes[lane.Row]++;
        }
        return true;
    }

    /// <summary>A row being solved: its support with signs, and the last solution on it.</summary>
    private sealed class Lane(int capacity)
    {
        private readonly int[] _atoms = new int[capacity];
        private readonly float[] _signs = new float[capacity];
        private int _fewest;
        private int _patience;

        /// <summary>Number of the row, or −1 when idle.</summary>
        public int Row { get; private set; } = -1;

        /// <summary>Number of atoms.</summary>
        public int Count { get; private set; }

        public ReadOnlySpan<int> Support => _atoms.AsSpan(0, Count);

        public ReadOnlySpan<float> Signs => _signs.AsSpan(0, Count);

        public float[] Values { get; } = new float[capacity];

        public bool Optimal { get; set; }

        /// <summary>Atoms at the front that the lane's system has already.</summary>
        public int Unchanged { get; private set; }

        /// <summary>Takes the atoms and signs of a start, but those of the least magnitudes.</summary>
        public void Begin(int row, ReadOnlySpan<int> atoms, ReadOnlySpan<float> values, float smallest)
        {
            (Row, Count, Unchanged, Optimal, _fewest, _patience) = (row, 0, 0, false, int.MaxValue, Patience);
            for (int i = 0; i < atoms.Length; i++)
                if (Math.Abs(values[i]) >= smallest)
                    TryEnter(atoms[i], values[i] > 0 ? 1 : -1);
        }

        public void Idle() => (Row, Count, Unchanged) = (-1, 0, 0);

        public bool TryEnter(int atom, int sign)
        {
            if (Count == _atoms.Length)
                return false;
            Values[Count] = 0;
            (_atoms[Count], _signs[Count]) = (atom, sign);
            Count++;
            return true;
        }

        /// <summary>Reads the solution; returns how many values have the wrong sign.</summary>
        public int TakeSolution(LaneSystems systems, int l)
        {
            int wrong = 0;
            for (int i = 0; i < Count; i++)
            {
                Values[i] = systems[i, l];
                wrong += Values[i] * _signs[i] > 0 ? 0 : 1;
            }
            Unchanged = Count;
            return wrong;
        }

        /// <summary>Whether this many infeasibilities are a record, or can be forgiven.</summary>
        public bool Improves(int infeasible)
        {
            if (infeasible >= _fewest)
                return _patience-- > 0;
            (_fewest, _patience) = (infeasible, Patience);
            return true;
        }

        /// <summary>Lets all atoms leave whose value has the wrong sign; returns how many did.</summary>
        public int LetWrongSignsLeave()
        {
            int kept = 0, count = Count;
            for (int i = 0; i < count; i++)
            {
                if (!(Values[i] * _signs[i] > 0))
                {
                    Unchanged = Math.Min(Unchanged, i);
                    continue;
                }
                (_atoms[kept], _signs[kept], Values[kept]) = (_atoms[i], _signs[i], Values[i]);
                kept++;
            }
            Count = kept;
            return count - kept;
        }

        /// <summary>Writes what has the right sign.</summary>
        public void Write(Span<float> z)
        {
            z.Clear();
            for (int i = 0; i < Count; i++)
                if (Values[i] * _signs[i] > 0)
                    z[_atoms[i]] = Values[i];
        }
    }
}
