using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text;

namespace FastSparseCoding;

/// <summary>
/// Work that the ranks of a collective share: each does its part and all get what all made. What ends it in one rank ends it in all of
/// them, in the same exchange: nobody waits for a rank that has left.
/// </summary>
internal sealed class SharedWork(ICollective ranks)
{
    /// <summary>How a rank's part ended, the first word of its message; the second tells what it is a part of.</summary>
    private const int Done = 0, Cancelled = 1, Failed = 2, Words = 2 * sizeof(int);

    /// <summary>Marks an exception of which all ranks know.</summary>
    private const string Told = "told to all ranks";

    private readonly ArrayBufferWriter<byte> _message = new();

    /// <summary>Whether there is anyone to share with.</summary>
    public bool IsShared => ranks.Size > 1;

    public ICollective Ranks => ranks;

    /// <summary>This rank's part.</summary>
    public Part Mine => new(ranks.Rank, ranks.Size);

    /// <summary>What may stop work outside an exchange: nothing where others would then wait for this rank.</summary>
    public CancellationToken Alone(CancellationToken cancellation) => IsShared ? CancellationToken.None : cancellation;

    /// <summary>Does this rank's part of something and gathers the parts of all.</summary>
    /// <param name="what">Of what: ranks that are not at the same are refused.</param>
    /// <param name="part">Writes what this rank made of it.</param>
    /// <param name="cancellation">Of one rank is that of all.</param>
    /// <returns>What every rank wrote; valid until the next exchange.</returns>
    /// <exception cref="IOException">Another rank failed, or is at something else; the message names it and says why.</exception>
    /// <exception cref="OperationCanceledException">A rank was cancelled.</exception>
    public ReadOnlyMemory<byte>[] Exchange(string what, Action<IBufferWriter<byte>> part, CancellationToken cancellation)
    {
        uint number = Number(what);
        Begin(Done, number);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            part(_message);
        }
        catch (Exception e)
        {
            Tell(e);
            ExceptionDispatchInfo.Throw(e);
        }
        ReadOnlyMemory<byte>[] all = ranks.AllGather(_message.WrittenSpan);
        for (int rank = 0; rank < all.Length; rank++)
        {
            RequireDone(rank, all[rank].Span, number, what);
            all[rank] = all[rank][Words..];
        }
        return all;
    }

    /// <summary>Works out the rows of some matrices, every rank its part of them, and gathers the rest; one process alone works out
    /// all.</summary>
    /// <param name="what">What the rows are: ranks that are not at the same are refused.</param>
    /// <param name="rows">Works out rows first to first + count − 1.</param>
    /// <param name="cancellation">Of one rank is that of all.</param>
    /// <param name="matrices">Those matrices, of as many rows.</param>
    /// <exception cref="IOException">Another rank failed, or is at something else.</exception>
    /// <exception cref="OperationCanceledException">A rank was cancelled.</exception>
    public void ShareRows(string what, Action<int, int> rows, CancellationToken cancellation, params Matrix[] matrices)
    {
        (int first, int count) = Mine.Of(matrices[0].Rows);
        if (!IsShared)
        {
            rows(first, count);
            return;
        }
        ReadOnlyMemory<byte>[] all = Exchange(
            what,
            message =>
            {
                rows(first, count);
                foreach (Matrix matrix in matrices)
                    message.Put<float>(matrix.RowRange(first, count).Values);
            },
            cancellation);
        for (int rank = 0; rank < all.Length; rank++)
        {
            if (rank == ranks.Rank)
                continue;       // there already
            (int start, int height) = new Part(rank, all.Length).Of(matrices[0].Rows);
            ReadOnlySpan<byte> message = all[rank].Span;
            foreach (Matrix matrix in matrices)
                message.Take<float>(height * matrix.Columns).CopyTo(matrix.RowRange(start, height).Values);
        }
    }

    /// <summary>Tells the others, in their next exchange, what ended this rank outside of one; nothing where they know.</summary>
    public void Tell(Exception failure)
    {
        if (!IsShared || failure.Data.Contains(Told))
            return;
        failure.Data[Told] = true;
        Begin(failure is OperationCanceledException ? Cancelled : Failed, 0);
        _message.Write(Encoding.UTF8.GetBytes(failure.Message));
        ranks.AllGather(_message.WrittenSpan);
    }

    /// <summary>Refuses ranks that are not at work on the same: their results would be no one's.</summary>
    /// <param name="what">What is compared, in messages.</param>
    /// <param name="text">This rank's.</param>
    /// <exception cref="IOException">Another rank has another text, or none because it failed.</exception>
    public void RequireSame(string what, string text)
    {
        if (!IsShared)
            return;
        ReadOnlyMemory<byte>[] all = Exchange(what, writer => writer.Write(Encoding.UTF8.GetBytes(text)), CancellationToken.None);
        string first = Encoding.UTF8.GetString(all[0].Span);
        for (int rank = 1; rank < all.Length; rank++)
        {
            string other = Encoding.UTF8.GetString(all[rank].Span);
            if (other != first)
                Throw.Rank(
                    rank, $"has {what} '{other}', rank 0 has '{first}'; all ranks must run the same program on the same input and kind of "
                    + "machine.", Told);
        }
    }

    /// <summary>The same of the machines' arithmetic and the library's version.</summary>
    public void RequireSameMachine() => RequireSame("the version and arithmetic",
        $"{typeof(SharedWork).Assembly.GetName().Version}, {(Machine.FusedMultiplyAdd ? "fused multiply-add" : "no fused multiply-add")}");

    private void Begin(int word, uint number)
    {
        _message.ResetWrittenCount();
        _message.Put([word]);
        _message.Put([number]);
    }

    /// <summary>A number for a name, the same in every process (FNV-1a).</summary>
    private static uint Number(string what)
    {
        uint hash = 2166136261;
        foreach (char letter in what)
            hash = (hash ^ letter) * 16777619;
        return hash;
    }

    private static void RequireDone(int rank, ReadOnlySpan<byte> message, uint number, string what)
    {
        int word = message.Take<int>(1)[0];
        uint other = message.Take<uint>(1)[0];
        if (word == Cancelled)
            Throw.Cancelled(Told);
        if (word == Failed)
            Throw.Rank(rank, $"stopped: {Encoding.UTF8.GetString(message)}", Told);
        if (other != number)
            Throw.Rank(rank, $"is at other work than {what}; all ranks must be given the same command line.", Told);
    }
}
