using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Training;

/// <summary>
/// A step of an optimiser, shared by a team of threads in rounds: forward, loss and backward by rows; the sum of the gradient, its check
/// and the update of the parameters by parts. Every sum has one order, whatever thread or rank adds it up: that of a tree whose leaves are
/// passes over some rows.
/// </summary>
internal sealed class TrainingStep : IDisposable
{
    /// <summary>Forward multiply-adds of a batch from which on a further thread helps: with fewer the rounds of a step are shorter than
    /// their meeting.</summary>
    private const long WorthThread = 3_000_000;

    private readonly IObjective _objective;
    private readonly ThreadTeam _team;
    private readonly SharedWork _work;
    private readonly GradientTree _tree;
    private readonly int _leaves;           // of a whole batch
    private readonly double[] _losses;
    private readonly bool[] _finite;
    private readonly Action<int> _run, _add, _check, _update;

    // Of the step, or leaf, being taken.
    private int _first, _rows, _pieceRows;
    private float _scale, _decay;
    private long _step;

    public TrainingStep(IObjective objective, int batch, int threads, SharedWork work)
    {
        _objective = objective;
        _work = work;
        _team = new ThreadTeam(threads > 0 ? threads : WorthThreads(batch * objective.MultiplyAdds));
        _leaves = Leaves(batch, objective.PassRows);
        _tree = new GradientTree(objective.Trained, _leaves, _team);
        _losses = new double[batch];
        _finite = new bool[_team.Threads];
        _run = Run;
        _add = part => _objective.AddGradient(new Part(part, _team.Threads));
        _check = Check;
        _update = Update;
    }

    /// <summary>Takes step number <paramref name="step"/>, counted from 1, on rows of the loaded samples, unless the loss or the gradient
    /// is not finite.</summary>
    /// <returns>Sum of the losses; NaN if the step was not taken.</returns>
    /// <exception cref="OperationCanceledException">Cancelled between two passes; the step was not taken.</exception>
    public double Take(int first, int count, float decay, long step, CancellationToken cancellation)
    {
        if (_work.IsShared)
            ShareRows(first, count, cancellation);
        else
            TakeLeaves(first, 0, count, cancellation);
        double loss = 0;
        foreach (double row in _losses.AsSpan(0, count))
            loss += row;
        if (!double.IsFinite(loss))
            return double.NaN;
        foreach (TrainedSlab slab in _objective.Trained)
            _work.Ranks.Sum(slab.Gradient.Values);
        (_scale, _decay, _step) = (1f / count, decay, step);
        _team.Run(_team.Threads, _check);
        if (_finite.Contains(false))
            return double.NaN;
        _team.Run(_team.Threads, _update);
        return loss;
    }

    /// <summary>Takes this rank's branch of the batch and gathers the losses of all rows.</summary>
    private void ShareRows(int first, int count, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte>[] all = _work.Exchange(
            "losses",
            message =>
            {
                (int start, int end) = Branch(_work.Ranks.Rank, count);
                TakeLeaves(first, start, end, cancellation);
                message.Write(MemoryMarshal.AsBytes(_losses.AsSpan(start, end - start)));
            },
            cancellation);
        for (int rank = 0; rank < all.Length; rank++)
            MemoryMarshal.Cast<byte, double>(all[rank].Span).CopyTo(_losses.AsSpan(Branch(rank, count).Start));
    }

    /// <summary>The rows of a batch of <paramref name="count"/> whose leaves are a rank's: as many for each of the largest power of two of
    /// ranks that there are leaves for, so that what it adds up is a branch of the tree.</summary>
    private (int Start, int End) Branch(int rank, int count)
    {
        int sharing = RanksSharing(_losses.Length, _objective.PassRows, _work.Ranks.Size);
        int rows = _leaves / sharing * _objective.PassRows;
        return rank < sharing ? (Math.Min(count, rank * rows), Math.Min(count, (rank + 1) * rows)) : (0, 0);
    }

    /// <summary>Losses of rows start to end − 1 of a batch that begins at sample <paramref name="first"/>, and the sum of their gradients;
    /// of no rows the −0 that changes no sum.</summary>
    private void TakeLeaves(int first, int start, int end, CancellationToken cancellation)
    {
        _tree.Clear();
        if (start == end)
            foreach (TrainedSlab slab in _objective.Trained)
                slab.Gradient.Values.Fill(-0f);
        for (_first = start; _first < end; _first += _rows)
        {
            cancellation.ThrowIfCancellationRequested();
            _rows = Math.Min(_objective.PassRows, end - _first);
            _pieceRows = RowBlocks.Size(_rows, _objective.PieceRows, _team.Threads);
            _objective.Begin(first + _first, _rows);
            _team.Run(RowBlocks.Count(_rows, _pieceRows), _run);
            _team.Run(_team.Threads, _add);
            _tree.Take(last: _first + _rows == end);
        }
    }

    public void Dispose() => _team.Dispose();

    /// <summary>How many ranks have rows of a batch.</summary>
    public static int RanksSharing(int batch, int leafRows, int ranks) => Math.Min(Leaves(batch, leafRows), 1 << int.Log2(ranks));

    /// <summary>Leaves of a batch's tree, rounded up to a power of two.</summary>
    private static int Leaves(int batch, int leafRows) => (int)BitOperations.RoundUpToPowerOf2((uint)RowBlocks.Count(batch, leafRows));

    private static int WorthThreads(long multiplyAdds) => (int)Math.Clamp(multiplyAdds / WorthThread, 1, Environment.ProcessorCount);

    /// <summary>A piece of the leaf's rows; and a part of the gradient, which is summed when all pieces are done, begins at zero.</summary>
    private void Run(int piece)
    {
        foreach (TrainedSlab slab in _objective.Trained)
            slab.Clear(new Part(piece, RowBlocks.Count(_rows, _pieceRows)));
        int row = piece * _pieceRows;
        _objective.Run(row, _losses.AsSpan(_first + row, Math.Min(_pieceRows, _rows - row)));
    }

    private void Check(int part)
    {
        bool finite = true;
        foreach (TrainedSlab slab in _objective.Trained)
            finite &= slab.IsFinite(new Part(part, _team.Threads), _scale);
        _finite[part] = finite;
    }

    private void Update(int part)
    {
        foreach (TrainedSlab slab in _objective.Trained)
            slab.Update(new Part(part, _team.Threads), _scale, _decay, _step);
    }
}
