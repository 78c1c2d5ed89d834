namespace FastSparseCoding.Storage;

/// <summary>
/// Whole matrices in NumPy's .npy format (numpy.lib.format): floating-point numbers of 2, 4 and 8 bytes, integers and bool, C and Fortran
/// order, either byte order, format 1.0 to 3.0 are read; float32 and float64 in C order are written. For files larger than memory use
/// <see cref="NpyReader"/> and <see cref="NpyWriter"/>. Safe to call from several threads at once.
/// </summary>
public static class Npy
{
    /// <summary>Reads a matrix; float64 and large integers are rounded to float32.</summary>
    /// <param name="file">An .npy file with two dimensions [N×n], or one, which is read as a single row [1×n].</param>
    /// <returns>The matrix.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not an .npy file of numbers, is damaged, or holds more than one
    /// matrix can.</exception>
    /// <example><code>
    /// Matrix signals = Npy.ReadMatrix("signals.npy");  // numpy.save("signals.npy", x)
    /// </code></example>
    public static Matrix ReadMatrix(FileSource file)
    {
        using NpyReader reader = NpyReader.Open(file);
        return ReadMatrix(reader);
    }

    /// <summary>The same from an open reader.</summary>
    internal static Matrix ReadMatrix(NpyReader reader)
    {
        int rows = CheckedRows(reader);
        var matrix = new Matrix(rows, reader.Columns, FileMemory.Allocate<float>(reader.Path, "its array", (long)rows * reader.Columns));
        reader.Read(0, matrix);
        return matrix;
    }

    /// <summary>Reads a matrix in double precision.</summary>
    /// <param name="file">An .npy file with two dimensions [N×n], or one, which is read as a single row [1×n].</param>
    /// <returns>The shape and the values, row after row.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not an .npy file of numbers, is damaged, or holds more than one array
    /// can.</exception>
    public static (int Rows, int Columns, double[] Values) ReadDoubles(FileSource file)
    {
        using NpyReader reader = NpyReader.Open(file);
        int rows = CheckedRows(reader);
        double[] values = FileMemory.Allocate<double>(reader.Path, "its array", (long)rows * reader.Columns);
        reader.Read(0, rows, values.AsSpan());
        return (rows, reader.Columns, values);
    }

    /// <summary>Writes a matrix as float32.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="x">The matrix [N×n].</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    /// <example><code>
    /// Npy.Write("codes.npy", encoder.Encode(x));  // numpy.load("codes.npy")
    /// </code></example>
    public static void Write(FileTarget file, ReadOnlyMatrixView x)
    {
        using IOutputFile output = file.Create();
        output.Stream.Write(NpyHeader.Format(ElementType.Float32, [x.Rows, x.Columns]));
        output.Stream.WriteValues(x.Values);
        output.Commit();
    }

    /// <summary>Writes a matrix as float64.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="rows">Number of rows N.</param>
    /// <param name="columns">Number of columns n.</param>
    /// <param name="values">The values, row after row, N·n of them.</param>
    /// <exception cref="ArgumentException">The number of values is not rows × columns.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void WriteDoubles(FileTarget file, int rows, int columns, ReadOnlySpan<double> values)
    {
        Throw.IfBelow(rows, 0);
        Throw.IfBelow(columns, 0);
        Throw.IfLengthNot(values.Length, (long)rows * columns, nameof(values));
        using IOutputFile output = file.Create();
        output.Stream.Write(NpyHeader.Format(ElementType.Float64, [rows, columns]));
        output.Stream.WriteValues(values);
        output.Commit();
    }

    private static int CheckedRows(NpyReader reader)
    {
        // Columns of no rows, or rows of no columns, hold nothing but still need a number of rows that fits.
        if (reader.Rows > Array.MaxLength || reader.Rows * reader.Columns > Array.MaxLength)
            Throw.InvalidFile(reader.Path,
                $"is [{reader.Rows}×{reader.Columns}]; one matrix holds at most {Array.MaxLength} values (read it in blocks of rows).");
        return (int)reader.Rows;
    }
}
