using FastSparseCoding.Storage;

namespace FastSparseCoding.Fuzz;

/// <summary>Reads a file and returns a number that stands for all that was read.</summary>
/// <param name="OfPath">By its path.</param>
/// <param name="OfStream">Through a stream with the name that messages are to give it; null where there is no such way.</param>
internal sealed record FormatReader(Func<string, int> OfPath, Func<Stream, string, int>? OfStream = null)
{
    /// <summary>A reader of either.</summary>
    public static FormatReader Of(Func<FileSource, int> read)
        => new(path => read(path), (stream, name) => read(new FileSource(stream, name)));
}
