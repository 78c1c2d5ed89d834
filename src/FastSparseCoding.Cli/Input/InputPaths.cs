using System.CommandLine;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>The inputs of a command line as files: patterns are expanded, and '-' is what comes from standard input, kept in a temporary
/// file that is gone when this is disposed.</summary>
internal sealed class InputPaths(Terminal terminal, CancellationToken cancellation) : IDisposable
{
    private readonly Dictionary<Argument, string[]> _expanded = [];
    private string? _standardInput;

    /// <summary>The paths of an argument.</summary>
    public string[] Of(ParseResult parsed, Argument<string[]> argument)
    {
        if (!_expanded.TryGetValue(argument, out string[]? paths))
            _expanded[argument] = paths = Expand(parsed.GetRequiredValue(argument));
        return paths;
    }

    /// <summary>The file of one array.</summary>
    public string Of(string path) => path == StandardStream.Name ? _standardInput ??= Keep() : path;

    /// <summary>Expands patterns; '-' stands alone.</summary>
    public string[] Expand(string[] paths)
    {
        if (paths.Length > 1 && paths.Contains(StandardStream.Name))
            throw new UserError(
                $"'{StandardStream.Name}' is the one array that comes from standard input; {paths.Length} inputs are given.");
        return [.. paths.Select(Of).SelectMany(Glob.Expand)];
    }

    /// <summary>A message as the user knows the inputs: nobody has named the temporary file.</summary>
    public string Told(string message)
        => _standardInput is null ? message : message.Replace(_standardInput, "standard input", StringComparison.Ordinal);

    public void Dispose()
    {
        if (_standardInput is not null)
            PartialFiles.OfProcess.Delete(_standardInput);
    }

    /// <summary>Copies standard input to a file of the ending that its beginning tells.</summary>
    private string Keep()
    {
        using Stream input = terminal.OpenInput();
        var buffer = new byte[1 << 16];
        int length = input.ReadAtLeast(buffer, 4, throwOnEndOfStream: false);
        if (length == 0)
            throw new UserError("standard input is empty; expected an .npy, .npz or .csv array.");
        string ending = NpyHeader.IsNpy(buffer.AsSpan(0, length)) ? ".npy" : buffer.AsSpan(0, length).StartsWith("PK"u8) ? ".npz" : ".csv";
        string path = Path.Combine(Path.GetTempPath(), $"standard-input-{Guid.NewGuid():N}{ending}");
        using Stream file = PartialFiles.OfProcess.Add(path, () => new FileStream(path, FileMode.CreateNew));
        for (; length > 0; length = input.Read(buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            file.Write(buffer, 0, length);
        }
        return path;
    }
}
