using System.Buffers;
using System.Numerics;

namespace FastSparseCoding.Storage;

/// <summary>
/// Reads rows of an .npy matrix from any place in a file of any size, of float16, float32, float64, bool or integers, C or Fortran order.
/// Memory is that of the rows asked for: the file is read by position, not mapped, because mapped pages count as resident memory. Safe to
/// use from several threads at once.
/// </summary>
public sealed class NpyReader : IDisposable
{
    // Rows taken together from a file in Fortran order, where each column of them is a read of its own.
    private const int FortranRows = 4096;
    private const int ChunkValues = 1 << 13;

    private readonly InputFile _file;
    private readonly NpyHeader _header;

    private NpyReader(InputFile file, NpyHeader header)
    {
        _file = file;
        _header = header;
        (Rows, Columns) = header.AsMatrix(file.Path);
    }

    /// <summary>Number of rows N. A one-dimensional array is a single row.</summary>
    public long Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Whether the file holds float64, which <see cref="Read(long, MatrixView)"/> rounds to float32.</summary>
    public bool IsDouble => _header.Type is { Kind: 'f', Size: 8 };

    internal string Path => _file.Path;

    /// <summary>Opens a file and checks its header against its length.</summary>
    /// <param name="file">An .npy file with one or two dimensions of numbers: float16, float32, float64, bool or integers.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not an .npy file, is truncated or too long, or holds another type or number of
    /// dimensions.</exception>
    public static NpyReader Open(FileSource file) => Open(InputFile.Open(file));

    /// <summary>The same for an opened file, which it disposes.</summary>
    internal static NpyReader Open(InputFile file)
    {
        try
        {
            NpyHeader header = NpyHeader.Read(file.Path, file.Stream, file.Length);
            header.RequireNumber(file.Path);
            return new NpyReader(file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads as many rows as <paramref name="x"/> has, as float32.</summary>
    /// <param name="first">The first row, 0 or more.</param>
    /// <param name="x">Receives the rows [count×Columns].</param>
    /// <exception cref="ArgumentException">The width is wrong, or the rows go beyond the last.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Read(long first, MatrixView x)
    {
        Throw.IfColumnsNot(x.Columns, Columns, nameof(x));
        if (first < 0 || first > Rows - x.Rows)
            Throw.Argument(nameof(first), $"rows {first} to {first + x.Rows - 1} are asked for; '{Path}' has rows 0 to {Rows - 1}.");
        Read(first, x.Rows, x.Values);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Reads rows [count×Columns] as float or double.</summary>
    internal void Read<T>(long first, int count, Span<T> values)
        where T : unmanaged, INumber<T>
    {
        if (!_header.FortranOrder || Columns == 1)
        {
            ReadRun(first * Columns, values);
            return;
        }
        for (int done = 0; done < count; done += FortranRows)
        {
            int rows = Math.Min(FortranRows, count - done);
            ReadColumns(first + done, rows, values.Slice(done * Columns, rows * Columns));
        }
    }

    private void ReadColumns<T>(long first, int rows, Span<T> values)
        where T : unmanaged, INumber<T>
    {
        T[] column = ArrayPool<T>.Shared.Rent(rows);
        for (int j = 0; j < Columns; j++)
        {
            ReadRun(j * Rows + first, column.AsSpan(0, rows));
            for (int i = 0; i < rows; i++)
                values[i * Columns + j] = column[i];
        }
        ArrayPool<T>.Shared.Return(column);
    }

    /// <summary>Reads values that follow each other in the file.</summary>
    private void ReadRun<T>(long index, Span<T> values)
        where T : unmanaged, INumber<T>
    {
        long offset = _header.Length + index * _header.Type.Bytes;
        if (_header.Type == ElementType.Of<T>())
        {
            _file.ReadValues(values, offset);
            return;
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkValues * sizeof(double));
        for (int done = 0; done < values.Length; done += ChunkValues)
        {
            Span<T> chunk = values.Slice(done, Math.Min(ChunkValues, values.Length - done));
            Span<byte> bytes = buffer.AsSpan(0, chunk.Length * _header.Type.Bytes);
            _file.ReadExactly(bytes, offset + (long)done * _header.Type.Bytes);
            _header.Type.Decode(bytes, chunk);
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
