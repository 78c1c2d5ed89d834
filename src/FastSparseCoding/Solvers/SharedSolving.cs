using System.Buffers;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>Solving by all ranks of a collective: each works out the codes of its rows, and all get those of the whole batch.</summary>
internal sealed class SharedSolving(SharedWork work)
{
    private Matrix? _x, _mask, _z;      // this rank's rows
    private CodeLists? _codes;          // of a batch that is wanted dense

    /// <summary>Solves a batch, or the rows of it that are a rank's, with their mask if there is one.</summary>
    public delegate SolveReport BatchSolver(Matrix x, Matrix? mask, Matrix z);

    /// <summary>Lists the codes of a batch, signal by signal.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="mask">Which of their values are known [N×n], or null for all.</param>
    /// <param name="codes">Receives the codes.</param>
    /// <param name="solve">Works out codes: what a row's is does not depend on the others.</param>
    /// <param name="cancellation">Of one rank is that of all.</param>
    public SolveReport Solve(Matrix x, Matrix? mask, CodeLists codes, BatchSolver solve, CancellationToken cancellation)
    {
        if (!work.IsShared)
            return SolveRows(x, mask, codes, solve);
        ReadOnlyMemory<byte>[] all = work.Exchange(
            "codes",
            message =>
            {
                (int first, int count) = work.Mine.Of(x.Rows);
                SolveReport mine = SolveRows(
                    Rows(x, first, count, ref _x), mask is null ? null : Rows(mask, first, count, ref _mask), codes, solve);
                Write(message, mine, codes);
            },
            cancellation);
        var report = new SolveReport(x.Rows);
        codes.Clear();
        for (int rank = 0; rank < all.Length; rank++)
            Read(all[rank].Span, new Part(rank, all.Length).Of(x.Rows), report, codes);
        return report;
    }

    /// <summary>Fills z [N×m] with the codes of a batch of which all values are known.</summary>
    public SolveReport Solve(Matrix x, Matrix z, BatchSolver solve, CancellationToken cancellation)
    {
        if (!work.IsShared)
            return solve(x, null, z);
        CodeLists codes = _codes ??= new CodeLists(z.Columns);
        SolveReport report = Solve(x, null, codes, solve, cancellation);
        codes.CopyTo(z);
        return report;
    }

    private SolveReport SolveRows(Matrix x, Matrix? mask, CodeLists codes, BatchSolver solve)
    {
        Matrix z = ReusedMatrix.Of(ref _z, x.Rows, codes.AtomCount);
        SolveReport report = x.Rows == 0 ? new SolveReport(0) : solve(x, mask, z);
        codes.Take(z);
        return report;
    }

    private static Matrix Rows(Matrix batch, int first, int count, ref Matrix? room)
    {
        Matrix rows = ReusedMatrix.Of(ref room, count, batch.Columns);
        batch.RowRange(first, count).Values.CopyTo(rows.Values);
        return rows;
    }

    /// <summary>What is known of all rows, how many non-zeros each has, which these are, and their values.</summary>
    private static void Write(IBufferWriter<byte> message, SolveReport report, CodeLists codes)
    {
        report.Write(message);
        message.Put(codes.SignalStarts);
        message.Put(codes.Atoms);
        message.Put(codes.Values);
    }

    private static void Read(ReadOnlySpan<byte> message, (int First, int Count) rows, SolveReport report, CodeLists codes)
    {
        report.Read(ref message, rows.First, rows.Count);
        ReadOnlySpan<int> starts = message.Take<int>(rows.Count + 1);
        codes.Append(starts, message.Take<int>(starts[^1]), message.Take<float>(starts[^1]));
    }
}
