using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Solvers;

/// <summary>Solving by all ranks of a collective: each works out the codes of its rows, and all get those of the whole batch.</summary>
internal static class SharedSolving
{
    /// <summary>Solves some rows of the batch into a matrix of so many rows; first and count say which.</summary>
    public delegate SolveReport RowsSolver(int first, int count, Matrix z);

    /// <summary>Fills z [N×m] with the codes of a batch.</summary>
    /// <param name="work">The ranks.</param>
    /// <param name="z">Receives the codes.</param>
    /// <param name="solve">Works out those of some rows: what a row's code is does not depend on the others.</param>
    /// <param name="cancellation">Of one rank is that of all.</param>
    public static SolveReport Solve(this SharedWork work, Matrix z, RowsSolver solve, CancellationToken cancellation)
    {
        if (!work.IsShared)
            return solve(0, z.Rows, z);
        ReadOnlyMemory<byte>[] all = work.Exchange(
            message =>
            {
                (int first, int count) = work.Mine.Of(z.Rows);
                var mine = new Matrix(count, z.Columns);
                Write(message, count > 0 ? solve(first, count, mine) : new SolveReport(0), mine);
            },
            cancellation);
        var report = new SolveReport(z.Rows);
        for (int rank = 0; rank < all.Length; rank++)
        {
            (int first, int count) = new Part(rank, all.Length).Of(z.Rows);
            Read(all[rank].Span, report, first, count, z);
        }
        return report;
    }

    private static void Write(IBufferWriter<byte> message, SolveReport report, Matrix z)
    {
        SparseCodes codes = SparseCodes.FromDense(z);
        RowReport[] rows = [.. Enumerable.Range(0, z.Rows).Select(i => report[i])];
        message.Write(MemoryMarshal.AsBytes<RowReport>(rows));
        message.Write(MemoryMarshal.AsBytes<int>(codes.RowStarts));
        message.Write(MemoryMarshal.AsBytes<int>(codes.ColumnIndices));
        message.Write(MemoryMarshal.AsBytes<float>(codes.Values));
    }

    private static void Read(ReadOnlySpan<byte> message, SolveReport report, int first, int count, Matrix z)
    {
        ReadOnlySpan<RowReport> rows = Take<RowReport>(ref message, count);
        int[] starts = Take<int>(ref message, count + 1).ToArray();
        int[] columns = Take<int>(ref message, starts[^1]).ToArray();
        var codes = new SparseCodes(z.Columns, starts, columns, Take<float>(ref message, starts[^1]).ToArray());
        for (int i = 0; i < count; i++)
        {
            report[first + i] = rows[i];
            codes.CopyRow(i, z.Row(first + i));
        }
    }

    private static ReadOnlySpan<T> Take<T>(ref ReadOnlySpan<byte> message, int count)
        where T : struct
    {
        int length = count * Unsafe.SizeOf<T>();
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(message[..length]);
        message = message[length..];
        return values;
    }
}
