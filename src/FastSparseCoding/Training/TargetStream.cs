using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>Chunks of signals with their exact codes, the next one made ready while the last one is used.</summary>
internal sealed class TargetStream(ISignalSource source, ITargetCodes codes, int chunkRows, int threads)
{
    private Task<CertifiedCodes>? _next;
    private long _nextFirst;

    /// <summary>The chunk that begins at signal <paramref name="first"/>; the one after it is begun.</summary>
    public CertifiedCodes Take(long first, long end, CancellationToken cancellation)
    {
        Task<CertifiedCodes> current = _next is not null && _nextFirst == first ? _next : Begin(first, end, cancellation);
        CertifiedCodes chunk = current.GetAwaiter().GetResult();
        _nextFirst = first + chunk.BatchRows;
        _next = _nextFirst < end ? Begin(_nextFirst, end, cancellation) : null;
        return chunk;
    }

    /// <summary>Waits for what is still being computed.</summary>
    public void Finish() => _next?.ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);

    private Task<CertifiedCodes> Begin(long first, long end, CancellationToken cancellation) => Task.Run(() =>
    {
        var x = new Matrix((int)Math.Min(chunkRows, end - first), source.SignalSize);
        source.Read(first, x);
        return codes.Of(first, x, threads, cancellation);
    }, cancellation);
}

/// <summary>The codes to predict.</summary>
internal interface ITargetCodes
{
    /// <summary>The codes of the signals number first, first + 1, … of the source, which are the rows of x; without those that are not certified.</summary>
    CertifiedCodes Of(long first, Matrix x, int threads, CancellationToken cancellation);
}

/// <summary>Codes worked out by an exact solver as they are needed.</summary>
internal sealed class SolvedCodes(ISparseEncoder solver) : ITargetCodes
{
    public CertifiedCodes Of(long first, Matrix x, int threads, CancellationToken cancellation) => CertifiedCodes.Of(solver, x, threads, cancellation);
}

/// <summary>Codes that a source gives, taken as they are.</summary>
internal sealed class SourceCodes(ISignalSource codes) : ITargetCodes
{
    public CertifiedCodes Of(long first, Matrix x, int threads, CancellationToken cancellation)
    {
        var z = new Matrix(x.Rows, codes.SignalSize);
        codes.Read(first, z);
        return CertifiedCodes.All(x, z);
    }
}

/// <summary>Codes worked out beforehand, of which it is known whether they are certified.</summary>
internal sealed class CodedTargets(CodedSignals signals) : ITargetCodes
{
    public CertifiedCodes Of(long first, Matrix x, int threads, CancellationToken cancellation)
    {
        var z = new Matrix(x.Rows, signals.Codes.SignalSize);
        signals.Codes.Read(first, z);
        return CertifiedCodes.Where(x, z, i => signals.IsCertified(first + i));
    }
}
