using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Mpi;

/// <summary>
/// The processes that mpirun, mpiexec or srun started together, by the MPI that is installed: Open MPI, or MPICH and its relatives (Intel
/// MPI, MVAPICH, Cray MPICH). One a process, for one thread at a time.
/// </summary>
/// <remarks>A process that fails while others wait for it must end them all: <see cref="Abort"/>.</remarks>
/// <example><code>
/// using MpiRanks ranks = MpiRanks.Start();
/// AtomDictionary learned = DictionaryLearner.Learn(x, new() { AtomCount = 400, Threads = 1, Ranks = ranks });
/// if (ranks.Rank == 0)
///     ModelFile.Save("dictionary.safetensors", learned, 0.5f, null);
/// </code></example>
public sealed unsafe class MpiRanks : ICollective, IDisposable
{
    /// <summary>Most values that are summed at a time: their bytes fit MPI's counts.</summary>
    private const int MostValues = 1 << 26;

    private const int Tag = 0;

    private readonly MpiLibrary _mpi;
    private byte[] _gathered = [];
    private float[] _received = [];
    private bool _ended;

    private MpiRanks(MpiLibrary mpi)
    {
        _mpi = mpi;
        int threads = 0;
        SignalHandlers.Keep(() => Check(MpiCalls.InitThread(0, 0, MpiCalls.ThreadSerialized, out threads), "MPI_Init_thread"));
        if (threads < MpiCalls.ThreadSerialized)
            throw new DllNotFoundException(
                $"the MPI library '{mpi.Name}' takes calls from one thread only; it must be built with threads (MPI_THREAD_SERIALIZED).");
        Check(MpiCalls.CommRank(mpi.World, out int rank), "MPI_Comm_rank");
        Check(MpiCalls.CommSize(mpi.World, out int size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Joins the processes that were started together. Once in a process.</summary>
    /// <returns>This process's place among them.</returns>
    /// <exception cref="DllNotFoundException">There is no MPI library, it is of neither kind, or not the one that the launcher belongs
    /// to.</exception>
    public static MpiRanks Start()
    {
        var ranks = new MpiRanks(MpiCalls.Library);
        int? started = StartedTogether(Environment.GetEnvironmentVariable);
        if (started is null || started == ranks.Size)
            return ranks;
        ranks.Dispose();
        throw new DllNotFoundException(string.Create(
            CultureInfo.InvariantCulture,
            $"{started} processes were started together, but the MPI library '{ranks._mpi.Name}' knows of {ranks.Size}: it is not the one "
            + $"that the launcher belongs to; name that in {MpiLibrary.Variable}."));
    }

    /// <inheritdoc/>
    public void Sum(Span<float> values)
    {
        for (int first = 0; first < values.Length; first += MostValues)
            SumSome(values.Slice(first, Math.Min(MostValues, values.Length - first)));
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>[] AllGather(ReadOnlySpan<byte> mine)
    {
        var lengths = new int[Size];
        int length = mine.Length;
        fixed (int* all = lengths)
            Check(MpiCalls.AllGather(&length, sizeof(int), _mpi.Bytes, all, sizeof(int), _mpi.Bytes, _mpi.World), "MPI_Allgather");
        long allBytes = lengths.Sum(count => (long)count);
        if (allBytes > Array.MaxLength)
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"MPI: the ranks' messages are {allBytes} bytes together; they must be {Array.MaxLength} or less: make the batch smaller."));
        int total = (int)allBytes;
        var places = new int[Size];
        for (int rank = 1; rank < Size; rank++)
            places[rank] = places[rank - 1] + lengths[rank - 1];
        if (_gathered.Length < total)
            _gathered = new byte[total];
        fixed (byte* sent = mine, received = _gathered)
        fixed (int* counts = lengths, at = places)
            Check(MpiCalls.AllGatherV(sent, length, _mpi.Bytes, received, counts, at, _mpi.Bytes, _mpi.World), "MPI_Allgatherv");
        return [.. lengths.Select((count, rank) => new ReadOnlyMemory<byte>(_gathered, places[rank], count))];
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes)
    {
        fixed (byte* all = bytes)
            Check(MpiCalls.Bcast(all, bytes.Length, _mpi.Bytes, 0, _mpi.World), "MPI_Bcast");
    }

    /// <inheritdoc/>
    public void Barrier() => Check(MpiCalls.Barrier(_mpi.World), "MPI_Barrier");

    /// <summary>Ends all processes at once, this one among them.</summary>
    /// <param name="code">Their exit code.</param>
    public void Abort(int code)
    {
        if (!_ended)
            _ = MpiCalls.Abort(_mpi.World, code);
    }

    /// <summary>Leaves, when all have come here.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _ = MpiCalls.FinalizeAll();
    }

    /// <summary>How many processes the launcher says it started; null where there was none.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    internal static int? StartedTogether(Func<string, string?> variable)
    {
        string? size = variable("OMPI_COMM_WORLD_SIZE") ?? variable("PMI_SIZE") ?? variable("SLURM_STEP_NUM_TASKS");
        return int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;
    }

    /// <summary>
    /// A sum in halves (Rabenseifner 2004): partners at distance 1, 2, 4, … each add up one half of what they still share, which makes the
    /// tree of pairs, and then give their sums back the same way. Every value goes twice over the wire, whatever the number of ranks.
    /// </summary>
    private void SumSome(Span<float> values)
    {
        int whole = 1 << int.Log2(Size);        // ranks beyond it give theirs to the others and get the sum
        if (Rank >= whole)
        {
            Send(values, Rank - whole);
            Receive(values, Rank - whole);
            return;
        }
        if (Rank + whole < Size)
            Add(values, Received(values.Length, Rank + whole), mineFirst: true);
        (int first, int count) = (0, values.Length);
        for (int distance = 1; distance < whole; distance *= 2)
        {
            bool lower = (Rank & distance) == 0;
            (int First, int Count) kept = Half(first, count, lower), given = Half(first, count, !lower);
            Span<float> theirs = Received(kept.Count);
            Exchange(values.Slice(given.First, given.Count), theirs, Rank ^ distance);
            Add(values.Slice(kept.First, kept.Count), theirs, mineFirst: lower);
            (first, count) = kept;
        }
        for (int distance = whole / 2; distance >= 1; distance /= 2)
        {
            (int First, int Count) both = Shared(values.Length, distance), other = Half(both.First, both.Count, (Rank & distance) != 0);
            (int First, int Count) mine = Half(both.First, both.Count, (Rank & distance) == 0);
            Exchange(values.Slice(mine.First, mine.Count), values.Slice(other.First, other.Count), Rank ^ distance);
        }
        if (Rank + whole < Size)
            Send(values, Rank + whole);
    }

    /// <summary>The values that this rank still shared with its partner at a distance.</summary>
    private (int First, int Count) Shared(int length, int distance)
    {
        (int First, int Count) range = (0, length);
        for (int nearer = 1; nearer < distance; nearer *= 2)
            range = Half(range.First, range.Count, (Rank & nearer) == 0);
        return range;
    }

    private static (int First, int Count) Half(int first, int count, bool lower)
        => lower ? (first, count / 2) : (first + count / 2, count - count / 2);

    private static void Add(Span<float> mine, ReadOnlySpan<float> theirs, bool mineFirst)
    {
        if (mineFirst)
            TensorPrimitives.Add(mine, theirs, mine);
        else
            TensorPrimitives.Add(theirs, mine, mine);
    }

    private Span<float> Received(int count)
    {
        if (_received.Length < count)
            _received = new float[count];
        return _received.AsSpan(0, count);
    }

    private Span<float> Received(int count, int from)
    {
        Span<float> values = Received(count);
        Receive(values, from);
        return values;
    }

    private void Send(ReadOnlySpan<float> values, int to)
    {
        fixed (float* sent = values)
            Check(MpiCalls.Send(sent, values.Length * sizeof(float), _mpi.Bytes, to, Tag, _mpi.World), "MPI_Send");
    }

    private void Receive(Span<float> values, int from)
    {
        fixed (float* received = values)
            Check(MpiCalls.Recv(received, values.Length * sizeof(float), _mpi.Bytes, from, Tag, _mpi.World, _mpi.NoStatus), "MPI_Recv");
    }

    private void Exchange(ReadOnlySpan<float> mine, Span<float> theirs, int partner)
    {
        fixed (float* sent = mine, received = theirs)
            Check(MpiCalls.SendRecv(
                sent, mine.Length * sizeof(float), _mpi.Bytes, partner, Tag,
                received, theirs.Length * sizeof(float), _mpi.Bytes, partner, Tag, _mpi.World, _mpi.NoStatus), "MPI_Sendrecv");
    }

    private static void Check(int code, string call)
    {
        if (code != 0)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"MPI: {call} failed with error {code}."));
    }
}
