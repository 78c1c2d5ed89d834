namespace FastSparseCoding.Storage;

/// <summary>
/// Writes a float32 .npy matrix row block by row block; the number of rows need not be known ahead. The file appears under its name on <see
/// cref="Complete"/>, whole, with the bytes that numpy.save would write; without it nothing is left behind. For one thread at a time.
/// </summary>
public sealed class NpyWriter : IDisposable
{
    private readonly IOutputFile _file;

    private NpyWriter(IOutputFile file, int columns)
    {
        _file = file;
        Columns = columns;
        WriteHeader();
    }

    /// <summary>Rows appended so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Begins a file.</summary>
    /// <param name="file">The target, a path or a stream that can seek: the number of rows is written last.</param>
    /// <param name="columns">Number of columns, 0 or more.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public static NpyWriter Create(FileTarget file, int columns)
    {
        Throw.IfBelow(columns, 0);
        IOutputFile output = file.Create();
        if (!output.Stream.CanSeek)
            Throw.Argument(nameof(file), $"'{nameof(file)}' cannot seek; it must, since the number of rows is written last.");
        return new(output, columns);
    }

    /// <summary>Begins a file whose temporary is opened by <paramref name="open"/>: the seam through which tests simulate a full
    /// disk.</summary>
    internal static NpyWriter Create(string path, int columns, Func<string, Stream> open) => new(AtomicFile.Create(path, open), columns);

    /// <summary>Appends rows.</summary>
    /// <param name="x">Rows [count×Columns].</param>
    /// <exception cref="ArgumentException">The width is wrong.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void AppendRows(ReadOnlyMatrixView x)
    {
        Throw.IfColumnsNot(x.Columns, Columns, nameof(x));
        _file.Stream.WriteValues(x.Values);
        Rows += x.Rows;
    }

    /// <summary>Writes the final number of rows and puts the file in its place.</summary>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced.</exception>
    public void Complete()
    {
        _file.Stream.Position = 0;
        WriteHeader();
        _file.Stream.Seek(0, SeekOrigin.End);
        _file.Commit();
    }

    /// <summary>Deletes the partial file unless it was completed.</summary>
    public void Dispose() => _file.Dispose();

    // Its length does not depend on the number of rows, so it can be written again in place.
    private void WriteHeader() => _file.Stream.Write(NpyHeader.Format(ElementType.Float32, [Rows, Columns]));
}
