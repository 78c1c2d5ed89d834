namespace FastSparseCoding.Training;

/// <summary>
/// A step of an optimiser, shared by a team of threads in rounds: forward, loss and backward by rows; the sum of the gradient, its check
/// and the update of the parameters by parts. Every sum has one order, whatever thread adds it up.
/// </summary>
internal sealed class TrainingStep : IDisposable
{
    /// <summary>Forward multiply-adds of a batch from which on a further thread helps: with fewer the rounds of a step are shorter than
    /// their meeting.</summary>
    private const long WorthThread = 3_000_000;

    private readonly IObjective _objective;
    private readonly ThreadTeam _team;
    private readonly double[] _losses;
    private readonly bool[] _finite;
    private readonly Action<int> _run, _add, _check, _update;

    // Of the step, or pass, being taken.
    private int _rows, _pieceRows;
    private bool _accumulate;
    private float _scale, _decay;
    private long _step;

    public TrainingStep(IObjective objective, int batch, int threads)
    {
        _objective = objective;
        _team = new ThreadTeam(threads > 0 ? threads : WorthThreads(batch * objective.MultiplyAdds));
        _losses = new double[batch];
        _finite = new bool[_team.Threads];
        _run = Run;
        _add = part => _objective.AddGradient(new Part(part, _team.Threads), _accumulate);
        _check = Check;
        _update = Update;
    }

    /// <summary>Takes step number <paramref name="step"/>, counted from 1, on rows of the loaded samples, unless the loss or the gradient
    /// is not finite.</summary>
    /// <returns>Sum of the losses; NaN if the step was not taken.</returns>
    /// <exception cref="OperationCanceledException">Cancelled between two passes; the step was not taken.</exception>
    public double Take(int first, int count, float decay, long step, CancellationToken cancellation)
    {
        double loss = 0;
        for (int done = 0; done < count; done += _rows)
        {
            cancellation.ThrowIfCancellationRequested();
            _rows = Math.Min(_objective.PassRows, count - done);
            _pieceRows = RowBlocks.Size(_rows, _objective.PieceRows, _team.Threads);
            _accumulate = done > 0;
            _objective.Begin(first + done, _rows);
            _team.Run(RowBlocks.Count(_rows, _pieceRows), _run);
            foreach (double row in _losses.AsSpan(0, _rows))
                loss += row;
            if (!double.IsFinite(loss))
                return double.NaN;
            _team.Run(_team.Threads, _add);
        }
        (_scale, _decay, _step) = (1f / count, decay, step);
        _team.Run(_team.Threads, _check);
        if (_finite.Contains(false))
            return double.NaN;
        _team.Run(_team.Threads, _update);
        return loss;
    }

    public void Dispose() => _team.Dispose();

    private static int WorthThreads(long multiplyAdds) => (int)Math.Clamp(multiplyAdds / WorthThread, 1, Environment.ProcessorCount);

    private void Run(int piece)
    {
        int first = piece * _pieceRows;
        _objective.Run(first, _losses.AsSpan(first, Math.Min(_pieceRows, _rows - first)));
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
