namespace FastSparseCoding.Cli.Output;

/// <summary>A folder for an output, made with those it lies in where they are missing; what was made and not kept goes again.</summary>
internal sealed class NewFolder : IDisposable
{
    private readonly Stack<string> _made = new();

    /// <summary>Makes a folder; "" is the one that the process is in.</summary>
    public static NewFolder Make(string path)
    {
        var folder = new NewFolder();
        try
        {
            folder.Add(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw new UserError($"{path}: the folder cannot be created: {e.Message}");
        }
        return folder;
    }

    /// <summary>Keeps what was made.</summary>
    public void Keep() => _made.Clear();

    /// <summary>Deletes what was made and not kept, as far as nothing lies in it.</summary>
    public void Dispose()
    {
        try
        {
            while (_made.TryPop(out string? path))
                Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else has put something there: it stays.
        }
    }

    private void Add(string path)
    {
        if (path.Length == 0 || Directory.Exists(path))
            return;
        Add(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) ?? "");
        Directory.CreateDirectory(path);
        _made.Push(path);
    }
}
