namespace FastSparseCoding.Storage;

/// <summary>
/// Writes sparse codes of any number of rows as the .npz of a SciPy csr_matrix, row block by row block, in constant memory: indices, values
/// and row starts are spooled to temporary files beside the target and put into the archive on <see cref="Complete"/>. Without it nothing
/// is left behind. For one thread at a time.
/// </summary>
public sealed class CsrNpzWriter : IDisposable
{
    private const int CopyBytes = 1 << 18;

    private readonly IOutputFile _file;
    private readonly Spool _indices;
    private readonly Spool _values;
    private readonly Spool _rowStarts;
    private readonly List<IDisposable> _owned = [];

    private CsrNpzWriter(FileTarget target, int columns, Func<string, Stream>? open)
    {
        Columns = columns;
        try
        {
            _file = Own(open is null ? target.Create() : AtomicFile.Create(target.Name, open));
            _indices = Own(new Spool(target, open));
            _values = Own(new Spool(target, open));
            _rowStarts = Own(new Spool(target, open));
        }
        catch
        {
            Dispose();
            throw;
        }
        _rowStarts.Write<long>([0]);
    }

    /// <summary>Number of columns m.</summary>
    public int Columns { get; }

    /// <summary>Rows appended so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Non-zeros appended so far.</summary>
    public long NonZeros { get; private set; }

    /// <summary>Begins a file.</summary>
    /// <param name="file">The target; its folder must exist and have room for the codes twice. To a stream, the codes are collected in
    /// memory.</param>
    /// <param name="columns">Number of columns m, 0 or more.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public static CsrNpzWriter Create(FileTarget file, int columns)
    {
        Throw.IfBelow(columns, 0);
        return new CsrNpzWriter(file, columns, open: null);
    }

    /// <summary>Begins a file whose temporaries are opened by <paramref name="open"/>: the seam through which tests simulate a full
    /// disk.</summary>
    internal static CsrNpzWriter Create(string path, int columns, Func<string, Stream> open) => new(path, columns, open);

    /// <summary>Appends rows of dense codes; exact zeros are dropped.</summary>
    /// <param name="z">Codes [count×Columns].</param>
    /// <exception cref="ArgumentException">The width is wrong.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void AppendRows(ReadOnlyMatrixView z) => AppendRows(SparseCodes.FromDense(z));

    /// <summary>Appends rows of compressed codes.</summary>
    /// <param name="codes">Codes [count×Columns].</param>
    /// <exception cref="ArgumentException">The width is wrong.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void AppendRows(SparseCodes codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        Throw.IfColumnsNot(codes.Columns, Columns, nameof(codes));
        _indices.Write<int>(codes.ColumnIndices);
        _values.Write<float>(codes.Values);
        for (int i = 1; i <= codes.Rows; i++)
            _rowStarts.Write<long>([NonZeros + codes.RowStarts[i]]);
        Rows += codes.Rows;
        NonZeros += codes.NonZeros;
    }

    /// <summary>Puts the archive together and in its place.</summary>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced.</exception>
    public void Complete()
    {
        using (var npz = new NpzOutput(_file.Stream))
        {
            npz.Add("indices", ElementType.Int32, [NonZeros], _indices.CopyTo);
            if (NonZeros <= int.MaxValue)
                npz.Add("indptr", ElementType.Int32, [Rows + 1], CopyNarrowed);
            else
                npz.Add("indptr", ElementType.Int64, [Rows + 1], _rowStarts.CopyTo);
            npz.AddCsrFormat(Rows, Columns);
            npz.Add("data", ElementType.Float32, [NonZeros], _values.CopyTo);
        }
        _file.Commit();
    }

    /// <summary>Deletes the temporary files, and the partial archive unless it was completed.</summary>
    public void Dispose()
    {
        foreach (IDisposable file in _owned)
            file.Dispose();
    }

    private T Own<T>(T file)
        where T : IDisposable
    {
        _owned.Add(file);
        return file;
    }

    /// <summary>Row starts as int32, which SciPy prefers where they fit.</summary>
    private void CopyNarrowed(Stream target)
    {
        var wide = new long[CopyBytes / sizeof(long)];
        var narrow = new int[wide.Length];
        for (long left = Rows + 1; left > 0; left -= wide.Length)
        {
            int count = (int)Math.Min(left, wide.Length);
            _rowStarts.Read(wide.AsSpan(0, count));
            for (int i = 0; i < count; i++)
                narrow[i] = (int)wide[i];
            target.WriteValues<int>(narrow.AsSpan(0, count));
        }
    }
}
