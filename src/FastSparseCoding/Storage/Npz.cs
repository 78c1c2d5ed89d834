namespace FastSparseCoding.Storage;

/// <summary>
/// Named arrays in NumPy's .npz format (a zip of .npy members; stored and deflated members are read, stored ones written), and sparse codes
/// as the csr_matrix that scipy.sparse.load_npz and save_npz exchange. Safe to call from several threads at once.
/// </summary>
public static class Npz
{
    /// <summary>Names of the arrays in a file, in its order.</summary>
    /// <param name="file">An .npz file.</param>
    /// <returns>The names, without the extension .npy.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not a zip archive.</exception>
    public static IReadOnlyList<string> Names(FileSource file)
    {
        using NpzArchive archive = NpzArchive.Open(file);
        return [.. archive.Names];
    }

    /// <summary>Reads one array as a matrix of float32, to which other numbers are rounded; one dimension is a single row.</summary>
    /// <param name="file">An .npz file.</param>
    /// <param name="name">Name of the array, without the extension .npy.</param>
    /// <returns>The matrix.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, has no such array, or the array is not a matrix of
    /// numbers.</exception>
    public static Matrix ReadMatrix(FileSource file, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using NpzArchive archive = NpzArchive.Open(file);
        return ReadMatrix(archive, name);
    }

    /// <summary>The same from an open archive.</summary>
    internal static Matrix ReadMatrix(NpzArchive archive, string name)
    {
        string where = archive.Where(name);
        NpyHeader header = archive.ReadHeader(name);
        header.RequireNumber(where);
        (long rows, int columns) = header.AsMatrix(where);
        if (rows > Array.MaxLength || rows * columns > Array.MaxLength)
            Throw.InvalidFile(where, $"is [{rows}×{columns}]; one matrix holds at most {Array.MaxLength} values.");
        float[] values = archive.ReadValues<float>(name, _ => { });
        return header.FortranOrder && header.Shape.Length == 2
            ? new Matrix(columns, (int)rows, values).Transpose()
            : new Matrix((int)rows, columns, values);
    }

    /// <summary>Writes named matrices as float32, uncompressed, in the order given.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="arrays">The arrays and their names, without the extension .npy.</param>
    /// <exception cref="ArgumentException">A name is empty or appears twice.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Write(FileTarget file, IEnumerable<KeyValuePair<string, Matrix>> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        var names = new HashSet<string>(StringComparer.Ordinal);
        file.Write(stream =>
        {
            using var npz = new NpzOutput(stream);
            foreach ((string name, Matrix matrix) in arrays)
            {
                if (string.IsNullOrEmpty(name) || !names.Add(name))
                    Throw.Argument(nameof(arrays), $"'arrays' has the name '{name}'; every name must be new and not empty.");
                npz.Add(name, ElementType.Float32, [matrix.Rows, matrix.Columns], s => s.WriteValues<float>(matrix.Values));
            }
        });
    }

    /// <summary>Reads sparse codes from what scipy.sparse.save_npz or <see cref="WriteCodes"/> wrote.</summary>
    /// <param name="file">An .npz file with a csr_matrix of float32 or float64 (which is rounded to float32).</param>
    /// <returns>The codes, columns ascending in every row.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, holds another kind of matrix, or its arrays do not describe one.</exception>
    public static SparseCodes ReadCodes(FileSource file)
    {
        using NpzArchive archive = NpzArchive.Open(file);
        (_, int width) = RequireCodes(archive, int.MaxValue - 1);
        int[] rowStarts = archive.ReadValues<int>("indptr", h => RequireInteger(archive.Where("indptr"), h));
        int[] columns = archive.ReadValues<int>("indices", h => RequireInteger(archive.Where("indices"), h));
        float[] values = archive.ReadValues<float>("data", h => h.RequireFloat(archive.Where("data")));
        return Assemble(archive.Path, width, rowStarts, columns, values);
    }

    /// <summary>Writes sparse codes as an uncompressed csr_matrix for scipy.sparse.load_npz.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="codes">The codes.</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    /// <example><code>
    /// Npz.WriteCodes("codes.npz", encoder.EncodeSparse(x));  // scipy.sparse.load_npz("codes.npz")
    /// </code></example>
    public static void WriteCodes(FileTarget file, SparseCodes codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        file.Write(stream =>
        {
            using var npz = new NpzOutput(stream);
            npz.Add<int>("indices", codes.ColumnIndices);
            npz.Add<int>("indptr", codes.RowStarts);
            npz.AddCsrFormat(codes.Rows, codes.Columns);
            npz.Add<float>("data", codes.Values);
        });
    }

    /// <summary>Rows and columns of the codes in an archive; refuses what holds none before any of them is inflated.</summary>
    internal static (long Rows, int Columns) RequireCodes(NpzArchive archive, long mostRows)
    {
        if (!IsCodes(archive))
            Throw.InvalidFile(
                archive.Path, "holds no sparse matrix (the arrays format, shape and data); expected what scipy.sparse.save_npz writes.");
        string format = archive.ReadText("format");
        if (!string.Equals(format, "csr", StringComparison.Ordinal))
            Throw.InvalidFile(archive.Path, $"holds a sparse matrix of format '{format}'; expected 'csr' (in SciPy: z.tocsr()).");
        (long rows, long width) = ReadShape(archive);
        if (rows < 0 || rows > mostRows || width is < 0 or > int.MaxValue)
            Throw.InvalidFile(archive.Path, $"holds a sparse matrix of shape ({rows}, {width}); expected two sizes below 2^31.");
        CheckLengths(archive, rows);
        return (rows, (int)width);
    }

    /// <summary>Whether an archive holds a SciPy sparse matrix of some format.</summary>
    internal static bool IsCodes(NpzArchive archive) => archive.Contains("format") && archive.Contains("shape") && archive.Contains("data");

    /// <summary>Rows and columns of the sparse matrix in an archive.</summary>
    internal static (long Rows, long Columns) ReadShape(NpzArchive archive)
    {
        long[] shape = archive.ReadValues<long>("shape", h =>
        {
            RequireInteger(archive.Where("shape"), h);
            if (h.Count != 2)
                Throw.InvalidFile(archive.Where("shape"), $"holds {h.Count} sizes; expected the two of a matrix.");
        });
        return (shape[0], shape[1]);
    }

    /// <summary>Compares what the headers promise before any of it is inflated.</summary>
    private static void CheckLengths(NpzArchive archive, long rows)
    {
        long rowStarts = archive.ReadHeader("indptr").Count, columns = archive.ReadHeader("indices").Count,
            values = archive.ReadHeader("data").Count;
        if (rowStarts != rows + 1)
            Throw.InvalidFile(archive.Path, $"holds {rowStarts} row starts for {rows} rows; expected {rows + 1}.");
        if (columns != values)
            Throw.InvalidFile(archive.Path, $"holds {columns} column indices and {values} values; expected as many of both.");
    }

    internal static void RequireInteger(string where, NpyHeader header)
    {
        if (!header.Type.IsInteger || header.Shape.Length != 1)
            Throw.InvalidFile(where, $"holds {header.ShapeText} values of type '{header.Type}'; expected one dimension of '<i4' or '<i8'.");
    }

    internal static SparseCodes Assemble(string path, int columns, int[] rowStarts, int[] columnIndices, float[] values)
    {
        try
        {
            SortRows(rowStarts, columnIndices, values);
            return new SparseCodes(columns, rowStarts, columnIndices, values);
        }
        catch (ArgumentException e)
        {
            return Throw.InvalidFile<SparseCodes>(path, $"holds arrays that are no sparse matrix: {e.Message}");
        }
    }

    /// <summary>SciPy may leave the columns of a row in any order. Rows that are not within the arrays are left for the constructor to
    /// refuse.</summary>
    private static void SortRows(int[] rowStarts, int[] columnIndices, float[] values)
    {
        int stored = Math.Min(columnIndices.Length, values.Length);
        for (int i = 0; i + 1 < rowStarts.Length; i++)
        {
            (int start, int end) = (rowStarts[i], rowStarts[i + 1]);
            if (start >= 0 && start <= end && end <= stored)
                columnIndices.AsSpan(start, end - start).Sort(values.AsSpan(start, end - start));
        }
    }
}
