namespace FastSparseCoding.Paper;

/// <summary>What every experiment is given.</summary>
/// <param name="Seed">Of everything drawn at random.</param>
/// <param name="Threads">1 or more; 0 for one per core. The results are the same for every number.</param>
/// <param name="Cancellation">Stops an experiment, which goes on where it was when it is run in the same folder again.</param>
internal sealed record RunContext(int Seed, int Threads, CancellationToken Cancellation)
{
    /// <summary>How long one timing lasts, after as much to warm up: long enough for the runtime to have compiled everything with full
    /// optimisation, and for a median that means something.</summary>
    public TimeSpan Timing { get; init; } = Plan.Default.Timing;
}
