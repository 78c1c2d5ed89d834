namespace FastSparseCoding.Storage;

/// <summary>A file being written; without <see cref="Commit"/> as little as possible is left of it.</summary>
internal interface IOutputFile : IDisposable
{
    /// <summary>Where to write: buffered and write-only, from position 0 on. Every failure surfaces as an <see cref="IOException"/> that
    /// names the target.</summary>
    Stream Stream { get; }

    /// <summary>Writes out what is buffered. Called once, last.</summary>
    void Commit();
}

/// <summary>A file that is written into the caller's stream, which stays open.</summary>
internal sealed class StreamFile(Stream stream, string name) : IOutputFile
{
    private readonly OutputStream _output = new(stream, name);

    public Stream Stream => _output;

    public void Commit() => _output.FlushToDisk();

    public void Dispose() => _output.Abandon();
}
