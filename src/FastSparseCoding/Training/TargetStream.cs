namespace FastSparseCoding.Training;

/// <summary>Chunks of signals with their exact codes, the next one computed while the last one is used.</summary>
internal sealed class TargetStream(ISignalSource source, ISparseEncoder target, int chunkRows, int threads)
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
        return (x, target.Encode(x, threads, cancellation));
    }, cancellation);
}
