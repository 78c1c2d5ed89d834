namespace FastSparseCoding.Storage;

/// <summary>A file of numbers that is open, and which array of it is meant.</summary>
/// <param name="File">The file; whoever reads the array disposes it.</param>
/// <param name="Ending">The ending that says its format: the name's, or of a stream the one that its beginning tells.</param>
/// <param name="Name">The array in it, or null.</param>
/// <param name="Path">How messages name the array: as the caller did.</param>
internal sealed record ArrayFile(InputFile File, string Ending, string? Name, string Path)
{
    /// <summary>Opens FILE or FILE:NAME, a stream or bytes.</summary>
    public static ArrayFile Open(FileSource source)
    {
        if (source.Path is not { } given)
        {
            InputFile stream = source.Open();
            if (stream.Length == 0)
                Throw.InvalidFile(source.Name, $"is empty; expected an array: {string.Join(", ", ArrayPath.Endings)}.");
            return new ArrayFile(stream, FileDescription.EndingOf(stream), null, source.Name);
        }
        ArrayPath path = ArrayPath.Parse(given);
        return new ArrayFile(InputFile.Open(path.File), path.Ending, path.Name, given);
    }
}
