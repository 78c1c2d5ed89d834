using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>Solving by all ranks of a collective: each works out the codes of its rows, and all get those of the whole batch.</summary>
internal sealed class SharedSolving(SharedWork work)
{
    private Matrix? _x, _mask, _z;      // this rank's rows

    /// <summary>Solves a batch, or the rows of it that are a rank's, with their mask if there is one.</summary>
    public delegate SolveReport BatchSolver(Matrix x, Matrix? mask, Matrix z);

    /// <summary>Fills z [N×m] with the codes of a batch.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="mask">Which of their values are known [N×n], or null for all.</param>
    /// <param name="z">Receives the codes.</param>
    /// <param name="solve">Works out codes: what a row's is does not depend on the others.</param>
    /// <param name="cancellation">Of one rank is that of all.</param>
    public SolveReport Solve(Matrix x, Matrix? mask, Matrix z, BatchSolver solve, CancellationToken cancellation)
    {
        if (!work.IsShared)
            return solve(x, mask, z);
        ReadOnlyMemory<byte>[] all = work.Exchange(
            "codes",
            message =>
            {
                (int first, int count) = work.Mine.Of(z.Rows);
                Matrix mine = ReusedMatrix.Of(ref _z, count, z.Columns);
                SolveReport report = count == 0 ? new SolveReport(0)
                    : solve(Rows(x, first, count, ref _x), mask is null ? null : Rows(mask, first, count, ref _mask), mine);
                Write(message, report, mine);
            },
            cancellation);
        var whole = new SolveReport(z.Rows);
        for (int rank = 0; rank < all.Length; rank++)
        {
            (int first, int count) = new Part(rank, all.Length).Of(z.Rows);
            Read(all[rank].Span, whole, first, z.RowRange(first, count));
        }
        return whole;
    }

    private static Matrix Rows(Matrix batch, int first, int count, ref Matrix? room)
    {
        Matrix rows = ReusedMatrix.Of(ref room, count, batch.Columns);
        batch.RowRange(first, count).Values.CopyTo(rows.Values);
        return rows;
    }

    /// <summary>What is known of every row, then its codes: how many non-zeros, which, and their values.</summary>
    private static void Write(IBufferWriter<byte> message, SolveReport report, Matrix z)
    {
        for (int i = 0; i < z.Rows; i++)
        {
            int count = NonZeros.Count(z.Row(i));
            Put(message, report[i]);
            Put(message, count);
            Span<int> columns = Room<int>(message, count);
            Span<float> row = z.Row(i);
            for (int j = 0, at = 0; at < count; j++)
                if (row[j] != 0)
                    columns[at++] = j;
            message.Advance(count * sizeof(int));
            Span<float> values = Room<float>(message, count);
            for (int j = 0, at = 0; at < count; j++)
                if (row[j] != 0)
                    values[at++] = row[j];
            message.Advance(count * sizeof(float));
        }
    }

    private static void Read(ReadOnlySpan<byte> message, SolveReport report, int first, MatrixView z)
    {
        for (int i = 0; i < z.Rows; i++)
        {
            report[first + i] = Take<RowReport>(ref message, 1)[0];
            int count = Take<int>(ref message, 1)[0];
            ReadOnlySpan<int> columns = Take<int>(ref message, count);
            ReadOnlySpan<float> values = Take<float>(ref message, count);
            Span<float> row = z.Row(i);
            row.Clear();
            for (int s = 0; s < columns.Length; s++)
                row[columns[s]] = values[s];
        }
    }

    private static void Put<T>(IBufferWriter<byte> message, T value)
        where T : struct
    {
        Room<T>(message, 1)[0] = value;
        message.Advance(Unsafe.SizeOf<T>());
    }

    private static Span<T> Room<T>(IBufferWriter<byte> message, int count)
        where T : struct
        => MemoryMarshal.Cast<byte, T>(message.GetSpan(count * Unsafe.SizeOf<T>()))[..count];

    private static ReadOnlySpan<T> Take<T>(ref ReadOnlySpan<byte> message, int count)
        where T : struct
    {
        int length = count * Unsafe.SizeOf<T>();
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(message[..length]);
        message = message[length..];
        return values;
    }
}
