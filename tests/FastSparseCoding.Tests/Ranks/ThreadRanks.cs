using System.Runtime.ExceptionServices;

namespace FastSparseCoding.Tests.Ranks;

/// <summary>Ranks that are threads of this process: what a collective promises, said as plainly as can be. A rank that leaves while others
/// wait for it ends them after a while, so that a test fails instead of hanging.</summary>
internal sealed class ThreadRanks
{
    private readonly Barrier _meeting;
    private readonly byte[][] _bytes;
    private readonly float[][] _values;

    private ThreadRanks(int size) => (_meeting, _bytes, _values) = (new Barrier(size), new byte[size][], new float[size][]);

    /// <summary>Runs a body in every rank; what each returned or threw, by rank.</summary>
    public static (T? Result, Exception? Failure)[] Try<T>(int size, Func<ICollective, T> body)
    {
        var ranks = new ThreadRanks(size);
        var results = new (T?, Exception?)[size];
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = (body(new Rank(ranks, rank, size)), null);
            }
            catch (Exception e)
            {
                results[rank] = (default, e);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return results;
    }

    /// <summary>Runs a body that no rank fails in.</summary>
    public static T[] Run<T>(int size, Func<ICollective, T> body) => [.. Try(size, body).Select(rank =>
    {
        if (rank.Failure is not null)
            ExceptionDispatchInfo.Throw(rank.Failure);
        return rank.Result!;
    })];

    /// <summary>The sum in the order that <see cref="ICollective.Sum"/> states.</summary>
    public static float Sum(IReadOnlyList<float> values)
    {
        int whole = 1 << int.Log2(values.Count);
        float[] sums = [.. values.Take(whole)];
        for (int rank = whole; rank < values.Count; rank++)
            sums[rank - whole] += values[rank];
        while (sums.Length > 1)
            sums = [.. Enumerable.Range(0, sums.Length / 2).Select(i => sums[2 * i] + sums[2 * i + 1])];
        return sums[0];
    }

    private void Meet()
    {
        if (!_meeting.SignalAndWait(TimeSpan.FromSeconds(30)))
            throw new TimeoutException("a rank waited for one that has left");
    }

    private sealed class Rank(ThreadRanks ranks, int rank, int size) : ICollective
    {
        int ICollective.Rank => rank;

        public int Size => size;

        public void Sum(Span<float> values)
        {
            ranks._values[rank] = values.ToArray();
            ranks.Meet();
            for (int i = 0; i < values.Length; i++)
                values[i] = ThreadRanks.Sum([.. ranks._values.Select(v => v[i])]);
            ranks.Meet();
        }

        public ReadOnlyMemory<byte>[] AllGather(ReadOnlySpan<byte> mine)
        {
            ranks._bytes[rank] = mine.ToArray();
            ranks.Meet();
            ReadOnlyMemory<byte>[] all = [.. ranks._bytes];
            ranks.Meet();
            return all;
        }

        public void Broadcast(Span<byte> bytes)
        {
            AllGather(bytes)[0].Span.CopyTo(bytes);
        }

        public void Barrier() => ranks.Meet();
    }
}
