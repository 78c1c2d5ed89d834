using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// The active set for many rows side by side, one in every lane of the vectors. A round solves G_SS z_S = b_S − tλs on a guessed support
/// with guessed signs, lets all atoms of the wrong sign leave and the worst violators enter: block principal pivoting (Júdice and Pires
/// 1994; Kim and Park 2008), which takes a handful of rounds where one exchange at a time takes tens, but may run in circles where codes
/// are dense. So it is led down from a larger λ, in the manner of the homotopy (Osborne, Presnell and Turlach 2000): few infeasibilities
/// left, and t goes down by half; in circles, and the step in t is taken back and halved. In the limit of small steps that is the homotopy
/// itself, one exchange at a time.
/// </summary>
internal sealed class Homotopy
{
    /// <summary>Most atoms in a support; beyond, systems of all lanes would far outgrow the cache, and the row is given up.</summary>
    public const int MostAtoms = 256;

    /// <summary>Factor by which t goes down.</summary>
    public const float Step = 2;

    /// <summary>Squared distance of an atom from the span of earlier ones below which float32 says nothing.</summary>
    private const float SmallestPivot = 1e-5f;

    /// <summary>Share of the support that may be infeasible for t to go down: the next level would change as much anyway.</summary>
    private const float Settled = 0.1f;

    /// <summary>Of the violating atoms, those whose violation is at least this fraction of the largest enter together.</summary>
    private const float EnteringFraction = 0.4f;

    /// <summary>The same for rows where a step has failed.</summary>
    private const float CarefulFraction = 0.7f;

    /// <summary>A correlation above tλ by less than this fraction is no violation,</summary>
    private const float Tolerated = 2e-6f;

    /// <summary>nor by less than this fraction of ‖x‖, which is rounding.</summary>
    private const float Noise = 2.5e-7f;

    private readonly AtomCorrelations _correlations;
    private readonly LaneSystems _systems;
    private readonly HomotopyLane[] _lanes = new HomotopyLane[LaneSystems.Lanes];
    private readonly float _floor;
    private readonly int _signalSize;
    private readonly float _smallestThreshold;
    private readonly float[] _magnitudes;
    private readonly float[] _excess;
    private readonly int[] _atoms;
    private readonly int[] _sizes = new int[RowBlocks.MostRows];
    private readonly int[] _starts;             // where the rows of every size begin
    private readonly int[] _order = new int[RowBlocks.MostRows];

    /// <summary>Allocates for signals of n values and supports of some size at most, with thresholds θ = λw [m], one-sided where the floor
    /// is −∞.</summary>
    public Homotopy(int signalSize, int largestSupport, AtomCorrelations correlations, float[] thresholds, float floor)
    {
        _correlations = correlations;
        _floor = floor;
        _systems = new LaneSystems(Math.Min(MostAtoms, LaneSystems.Padded(Math.Min(thresholds.Length, largestSupport))));
        for (int l = 0; l < _lanes.Length; l++)
            _lanes[l] = new HomotopyLane(new LaneSupport(_systems, l, correlations, thresholds), l, _systems.Capacity);
        _starts = new int[thresholds.Length + 2];
        _signalSize = signalSize;
        _smallestThreshold = TensorPrimitives.Min<float>(thresholds);
        _magnitudes = new float[thresholds.Length];
        _excess = new float[thresholds.Length + Violations.Slack];
        _atoms = new int[thresholds.Length + Violations.Slack];
    }

    /// <summary>Most atoms in a support.</summary>
    public int Capacity => _systems.Capacity;

    /// <summary>Solves rows in place, from the supports and signs of their codes. A row that is given up holds the code of the smallest
    /// multiple of λ reached.</summary>
    /// <param name="x">Signals [N×n], 0 where they are not known.</param>
    /// <param name="mask">1 where they are known [N×n]; no column at all where everything is.</param>
    /// <param name="b">xDᵀ [N×m].</param>
    /// <param name="z">Codes [N×m].</param>
    /// <param name="rows">Where each row starts; receives its changes and near atoms.</param>
    /// <param name="cancellation">Stops between rounds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Solve(ReadOnlyMatrixView x, ReadOnlyMatrixView mask, ReadOnlyMatrixView b, MatrixView z, HomotopyRows rows,
        CancellationToken cancellation)
    {
        Order(z);
        rows.Clear();
        int next = 0, active = 0;
        foreach (HomotopyLane lane in _lanes)
            active += TryTake(lane, ref next, mask, z, rows) ? 1 : 0;
        while (active > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            uint singular = SolveSystems(b);
            _correlations.Correlate(_lanes, x);
            foreach (HomotopyLane lane in _lanes)
            {
                if (lane.Row < 0)
                    continue;
                bool solved = (singular >> lane.Number & 1) == 0;
                Outcome outcome = solved ? Exchange(lane, b.Row(lane.Row), rows) : Outcome.Failed;
                if (outcome == Outcome.Exchanged || (outcome == Outcome.Failed && lane.TryRetreat()))
                    continue;
                if (outcome == Outcome.Optimal)
                    lane.Write(z.Row(lane.Row));
                else
                    lane.WriteOptimal(z.Row(lane.Row));
                active -= TryTake(lane, ref next, mask, z, rows) ? 0 : 1;
            }
        }
    }

    /// <summary>The rows in the order of their supports' sizes, so that systems side by side are of like size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Order(ReadOnlyMatrixView z)
    {
        Array.Clear(_starts);
        for (int i = 0; i < z.Rows; i++)
        {
            _sizes[i] = NonZeros.Count(z.Row(i));
            _starts[_sizes[i] + 1]++;
        }
        for (int size = 1; size < _starts.Length; size++)
            _starts[size] += _starts[size - 1];
        for (int i = 0; i < z.Rows; i++)
            _order[_starts[_sizes[i]]++] = i;
    }

    /// <summary>Gives a lane the next row; false, and the lane idle, when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryTake(HomotopyLane lane, ref int next, ReadOnlyMatrixView mask, MatrixView z, HomotopyRows rows)
    {
        if (next == z.Rows)
        {
            lane.Idle();
            return false;
        }
        int row = _order[next++];
        lane.Begin(row, rows.Levels[row], rows.LevelsOfZero[row]);
        _correlations.SetMask(lane.Number, mask.Row(row));
        int count = NonZeros.List(z.Row(row), _excess, _atoms);
        float smallest = SmallestOfStart(count);
        for (int i = 0; i < count; i++)
            if (Math.Abs(_excess[i]) >= smallest)
                lane.Support.TryEnter(_atoms[i], _excess[i] > 0 ? 1 : -1);
        return true;
    }

    /// <summary>The least magnitude with which an atom of a start is taken over: 0, or so that room is left where a poor prediction has too
    /// many.</summary>
    private float SmallestOfStart(int count)
    {
        if (count <= _systems.Capacity)
            return 0;
        Span<float> magnitudes = _magnitudes.AsSpan(0, count);
        TensorPrimitives.Abs(_excess.AsSpan(0, count), magnitudes);
        magnitudes.Sort();
        return magnitudes[^(_systems.Capacity / 2)];
    }

    /// <summary>Solves all lanes' systems; returns one bit for every lane without a solution.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private uint SolveSystems(ReadOnlyMatrixView b)
    {
        int size = 0;
        foreach (HomotopyLane lane in _lanes)
            size = Math.Max(size, LaneSystems.Padded(lane.Support.Count));
        foreach (HomotopyLane lane in _lanes)
            lane.Support.SetSystem(lane.Row < 0 ? default : b.Row(lane.Row), lane.Level, size);
        uint failed = _systems.Factor(size, SmallestPivot);
        _systems.Solve(size);                                                   // G_SS z_S = b_S − tλs
        foreach (HomotopyLane lane in _lanes)
            if (!lane.Support.TryReadSolution())
                failed |= 1u << lane.Number;
        return failed;
    }

    /// <summary>Looks at a solution: lets atoms of the wrong sign leave and the worst violators enter, and goes on to a smaller multiple of
    /// λ when few were left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Outcome Exchange(HomotopyLane lane, ReadOnlySpan<float> b, HomotopyRows rows)
    {
        LaneSupport support = lane.Support;
        float margin = lane.AtTheEnd ? Margin(lane, rows) : 0;
        int listed = _correlations.List(lane, b, margin, _floor, _excess, _atoms),
            violators = MoveViolatorsToFront(listed, margin, lane, rows);
        int leaving = support.WrongSigns, size = support.Count, infeasible = leaving + violators;
        if (infeasible == 0 && lane.AtTheEnd)
        {
            if (margin > 0)
                rows.SetNear(lane.Row, _atoms.AsSpan(0, listed));
            return Outcome.Optimal;
        }
        if (!lane.Improves(infeasible))
            return Outcome.Failed;
        for (int slot = size - 1; leaving > 0; slot--)              // the last first: what fills its place stays
        {
            if (support.HasItsSign(slot))
                continue;
            support.Leave(slot, lane.Level);
            leaving--;
            rows.Changes[lane.Row]++;
        }
        if (!LetViolatorsEnter(lane, violators, rows))
            return Outcome.Failed;
        if (!lane.AtTheEnd && infeasible <= (lane.Careful ? 0 : Settled * size))
            lane.Advance(infeasible);
        return Outcome.Exchanged;
    }

    /// <summary>
    /// How far float32's correlations may be from the true ones: γ(‖x‖ + ‖z‖₁) with γ of n + k products, whether they are sums of rows of S
    /// or products of residuals (Higham 2002, 3.1); what is below its threshold by as much is feasible. 0 where that says nothing.
    /// </summary>
    private float Margin(HomotopyLane lane, HomotopyRows rows)
    {
        float margin = (_signalSize + lane.Support.Count + 12) * 6.1e-8f * (rows.Norms[lane.Row] + lane.Support.Magnitudes);
        return margin < 0.5f * _smallestThreshold ? margin : 0;
    }

    /// <summary>Brings those of the atoms listed to the front whose violation is more than rounding; returns how many they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int MoveViolatorsToFront(int listed, float margin, HomotopyLane lane, HomotopyRows rows)
    {
        float noise = margin + Noise * rows.Norms[lane.Row];
        int violators = 0;
        for (int v = 0; v < listed; v++)
        {
            if (!(Math.Abs(_excess[v]) > noise + Tolerated * lane.Support.Threshold(_atoms[v], lane.Level)))
                continue;
            (_excess[v], _excess[violators]) = (_excess[violators], _excess[v]);
            (_atoms[v], _atoms[violators]) = (_atoms[violators], _atoms[v]);
            violators++;
        }
        return violators;
    }

    /// <summary>Lets the worst violators enter; false when there is no room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool LetViolatorsEnter(HomotopyLane lane, int violators, HomotopyRows rows)
    {
        if (violators == 0)
            return true;
        float least = 0, fraction = lane.Careful ? CarefulFraction : EnteringFraction;
        foreach (float excess in _excess.AsSpan(0, violators))
            least = Math.Max(least, fraction * Math.Abs(excess));
        for (int v = 0; v < violators; v++)
        {
            if (Math.Abs(_excess[v]) < least)
                continue;
            if (!lane.Support.TryEnter(_atoms[v], _excess[v] > 0 ? 1 : -1))
                return false;
            rows.Changes[lane.Row]++;
        }
        return true;
    }

    /// <summary>What became of a row in a round.</summary>
    private enum Outcome
    {
        Exchanged,
        Optimal,
        Failed,
    }
}
