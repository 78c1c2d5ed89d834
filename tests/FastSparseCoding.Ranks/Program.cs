// What the ranks of a real MPI do, held to what ICollective promises, and how long messages take:
//   mpirun -n 4 FastSparseCoding.Ranks [--times]
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FastSparseCoding.Mpi;

using MpiRanks ranks = MpiRanks.Start();
try
{
    foreach (int length in (int[])[0, 1, 2, 3, 7, 1000, 100_003])
        CheckSum(length);
    CheckGather();
    CheckMost();
    CheckBroadcast();
    SurviveFault();
    ranks.Barrier();
}
catch (Exception e)
{
    Console.Error.WriteLine($"rank {ranks.Rank}: {e.Message}");
    ranks.Abort(1);
    return 1;
}
if (args.Contains("--times"))
    Times();
if (ranks.Rank == 0)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ranks.Size} ranks keep what a collective promises"));
return 0;

// Every rank can make the values of all, and so add them up itself in the order that is stated.
void CheckSum(int length)
{
    float[][] all = [.. Enumerable.Range(0, ranks.Size).Select(rank => Values(rank, length))];
    float[] mine = [.. all[ranks.Rank]];
    ranks.Sum(mine);
    int whole = 1 << int.Log2(ranks.Size);
    for (int i = 0; i < length; i++)
    {
        float[] sums = [.. all.Take(whole).Select(v => v[i])];
        for (int rank = whole; rank < ranks.Size; rank++)
            sums[rank - whole] += all[rank][i];
        while (sums.Length > 1)
            sums = [.. sums.Chunk(2).Select(pair => pair[0] + pair[1])];
        Require(BitConverter.SingleToInt32Bits(mine[i]) == BitConverter.SingleToInt32Bits(sums[0]),
            string.Create(CultureInfo.InvariantCulture, $"sum {i} of {length} is {mine[i]:R}; it must be {sums[0]:R}"));
    }
}

void CheckGather()
{
    foreach (int factor in (int[])[0, 1, 7, 20_000])
    {
        ReadOnlyMemory<byte>[] all = ranks.AllGather(Bytes(ranks.Rank, factor));
        Require(all.Length == ranks.Size, $"{all.Length} ranks were gathered");
        for (int rank = 0; rank < all.Length; rank++)
            Require(all[rank].Span.SequenceEqual(Bytes(rank, factor)), $"the {factor} × {rank} bytes of rank {rank} are others");
    }
}

// More than an array has room for: the message is told by its length alone, so that nobody needs so much memory.
void CheckMost()
{
    int length = Array.MaxLength / ranks.Size + 1;
    string expected = string.Create(CultureInfo.InvariantCulture,
        $"MPI: the ranks' messages are {(long)length * ranks.Size} bytes together; they must be {Array.MaxLength} or less: make the batch "
        + $"smaller.");
    string said = "nothing";
    byte first = 0;
    try
    {
        ranks.AllGather(MemoryMarshal.CreateReadOnlySpan(ref first, length));
    }
    catch (IOException e)
    {
        said = e.Message;
    }
    Require(said == expected, $"too many bytes say '{said}'; it must be '{expected}'");
}

void CheckBroadcast()
{
    byte[] bytes = Bytes(ranks.Rank + 1, 5);
    Array.Resize(ref bytes, 5);
    ranks.Broadcast(bytes);
    Require(bytes.AsSpan().SequenceEqual(Bytes(1, 5)), "a broadcast gave other bytes than those of rank 0");
}

// The library's own handlers of signals must not take the runtime's.
void SurviveFault()
{
    bool caught = false;
    try
    {
        _ = Nothing()!.Length;
    }
    catch (NullReferenceException)
    {
        caught = true;
    }
    Require(caught, "a null reference was not caught");
}

static string? Nothing() => Environment.TickCount64 < 0 ? "" : null;

static void Require(bool holds, string message)
{
    if (!holds)
        throw new InvalidOperationException(message);
}

static float[] Values(int rank, int length)
{
    var random = new Random(rank + 1);
    return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-3, 4)))];
}

static byte[] Bytes(int rank, int factor) => [.. Enumerable.Range(0, rank * factor).Select(i => (byte)(i * 31 + rank))];

// Medians over repetitions, of what a step of a learning or a training sends.
void Times()
{
    var table = new StringBuilder();
    table.AppendLine("message                        microseconds      MB/s");
    foreach (int bytes in (int[])[16, 64 << 10, 1 << 20, 8 << 20])
    {
        byte[] mine = new byte[bytes];
        Row($"all-gather, {bytes:N0} B a rank", Median(() => ranks.AllGather(mine)), (long)bytes * ranks.Size);
    }
    foreach (int bytes in (int[])[64 << 10, 1 << 20, 8 << 20])
    {
        float[] values = new float[bytes / sizeof(float)];
        Row($"sum of {bytes:N0} B", Median(() => ranks.Sum(values)), bytes);
    }
    Row("barrier", Median(ranks.Barrier), 0);
    if (ranks.Rank == 0)
        Console.Write(table);

    void Row(string what, double microseconds, long bytes)
    {
        string rate = bytes == 0 ? "" : (bytes / microseconds).ToString("F0", CultureInfo.InvariantCulture);
        table.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{what,-30} {microseconds,12:F1} {rate,9}"));
    }
}

double Median(Action message)
{
    const int Repetitions = 51;
    var times = new double[Repetitions];
    for (int i = 0; i < Repetitions; i++)
    {
        ranks.Barrier();
        long start = Stopwatch.GetTimestamp();
        message();
        times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
    Array.Sort(times);
    return times[Repetitions / 2];
}
