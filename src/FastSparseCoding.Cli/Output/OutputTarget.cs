using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Where an output goes: its file, or standard output, which gets the bytes of a temporary file when all is done, so that it too
/// is whole or nothing.</summary>
internal sealed class OutputTarget : IDisposable
{
    private readonly Terminal _terminal;
    private readonly string? _temporary;

    private OutputTarget(string path, string? temporary, Terminal terminal)
        => (Path, _temporary, _terminal) = (path, temporary, terminal);

    /// <summary>The file to write.</summary>
    public string Path { get; }

    /// <summary>The target that a path names.</summary>
    /// <param name="path">A file, or '-'.</param>
    /// <param name="ending">The format for standard output.</param>
    /// <param name="terminal">Has the standard output.</param>
    public static OutputTarget Of(string path, string ending, Terminal terminal)
    {
        if (path != StandardStream.Name)
            return new OutputTarget(path, null, terminal);
        string temporary = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"standard-output-{Guid.NewGuid():N}{ending}");
        PartialFiles.OfProcess.Add(temporary, () => new FileStream(temporary, FileMode.CreateNew)).Dispose();
        return new OutputTarget(temporary, temporary, terminal);
    }

    /// <summary>Copies the file to standard output, where that is the target.</summary>
    public void Complete()
    {
        if (_temporary is null)
            return;
        using FileStream file = File.OpenRead(_temporary);
        try
        {
            using Stream output = _terminal.OpenOutput();
            file.CopyTo(output);
            output.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"the result cannot be written to standard output: {e.Message}");
        }
    }

    public void Dispose()
    {
        if (_temporary is not null)
            PartialFiles.OfProcess.Delete(_temporary);
    }
}
