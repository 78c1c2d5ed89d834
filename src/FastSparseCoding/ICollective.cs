namespace FastSparseCoding;

/// <summary>
/// Processes ("ranks") that work on one thing together, on one machine or many: what MPI calls a communicator. All ranks run the same
/// program on the same input and make the same calls in the same order; every call waits for what it needs of the others. For one thread at
/// a time.
/// </summary>
public interface ICollective
{
    /// <summary>Which of them this process is, from 0 to <see cref="Size"/> − 1. Rank 0 is the one that writes and speaks.</summary>
    int Rank { get; }

    /// <summary>How many they are, 1 or more.</summary>
    int Size { get; }

    /// <summary>
    /// Replaces the values of every rank by the sum over all ranks, added in pairs (rank 0 and 1, 2 and 3, …), then pairs of pairs, and so
    /// on: always in the same order, so that all ranks have the same bits. Of a number of ranks that is no power of two, p, those from the
    /// largest power of two 2^k below it on are first added to the rank 2^k less.
    /// </summary>
    /// <param name="values">As many in every rank.</param>
    void Sum(Span<float> values);

    /// <summary>Gives every rank the bytes of all.</summary>
    /// <param name="mine">This rank's, of any length.</param>
    /// <returns>Those of rank 0, 1, …, this rank's among them; valid until the next call.</returns>
    ReadOnlyMemory<byte>[] AllGather(ReadOnlySpan<byte> mine);

    /// <summary>Gives every rank the bytes of rank 0.</summary>
    /// <param name="bytes">As many in every rank; read in rank 0, written in all others.</param>
    void Broadcast(Span<byte> bytes);

    /// <summary>Waits until all ranks have come here.</summary>
    void Barrier();
}

/// <summary>Collectives that need no other process. Safe to use from several threads at once.</summary>
public static class Collective
{
    /// <summary>One process alone: rank 0 of 1, for whom every call is over at once.</summary>
    public static ICollective Alone { get; } = new SingleProcess();

    private sealed class SingleProcess : ICollective
    {
        public int Rank => 0;

        public int Size => 1;

        public void Sum(Span<float> values)
        {
        }

        public ReadOnlyMemory<byte>[] AllGather(ReadOnlySpan<byte> mine) => [mine.ToArray()];

        public void Broadcast(Span<byte> bytes)
        {
        }

        public void Barrier()
        {
        }
    }
}
