namespace FastSparseCoding.Training;

/// <summary>Chunks of signals with their exact codes, the next one made ready while the last one is used.</summary>
internal sealed class TargetStream(ISignalSource source, ITargetCodes codes, int chunkRows, int threads)
{
    private Task<(Matrix X, Matrix Z)>? _next;
    private long _nextFirst;

    /// <summary>The chunk that begins at signal <paramref name="first"/>; the one after it is begun.</summary>
    public (Matrix X, Matrix Z) Take(long first, long end, CancellationToken cancellation)
    {
        Task<(Matrix, Matrix)> current = _next is not null && _nextFirst == first ? _next : Begin(first, end, cancellation);
        (Matrix X, Matrix Z) chunk = current.GetAwaiter().GetResult();
        _nextFirst = first + chunk.X.Rows;
        _next = _nextFirst < end ? Begin(_nextFirst, end, cancellation) : null;
        return chunk;
    }

    /// <summary>Waits for what is still being computed.</summary>
    public void Finish() => _next?.ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);

    private Task<(Matrix X, Matrix Z)> Begin(long first, long end, CancellationToken cancellation) => Task.Run(() =>
    {
        var x = new Matrix((int)Math.Min(chunkRows, end - first), source.SignalSize);
        source.Read(first, x);
        return (x, codes.Of(first, x, threads, cancellation));
    }, cancellation);
}

/// <summary>The codes to predict.</summary>
internal interface ITargetCodes
{
    /// <summary>The codes of the signals number first, first + 1, … of the source, which are the rows of x.</summary>
    Matrix Of(long first, Matrix x, int threads, CancellationToken cancellation);
}

/// <summary>Codes worked out by an exact solver as they are needed.</summary>
internal sealed class SolvedCodes(ISparseEncoder solver) : ITargetCodes
{
    public Matrix Of(long first, Matrix x, int threads, CancellationToken cancellation) => solver.Encode(x, threads, cancellation);
}

/// <summary>Codes known beforehand, in the order of a <see cref="MatrixSource"/> with the same seed and number of rows.</summary>
internal sealed class KnownCodes(Matrix codes, int seed) : ITargetCodes
{
    private readonly MatrixSource _codes = new(codes, seed);

    public Matrix Of(long first, Matrix x, int threads, CancellationToken cancellation)
    {
        var z = new Matrix(x.Rows, _codes.SignalSize);
        _codes.Read(first, z);
        return z;
    }
}
