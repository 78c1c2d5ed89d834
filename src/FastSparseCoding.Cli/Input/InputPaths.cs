using System.CommandLine;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>The inputs of a command line as files: patterns are expanded, and '-' is the array that comes from standard input.</summary>
internal sealed class InputPaths(Terminal terminal, bool isShared)
{
    private readonly Dictionary<Argument, string[]> _expanded = [];
    private FileSource? _standardInput;

    /// <summary>The paths of an argument.</summary>
    public string[] Of(ParseResult parsed, Argument<string[]> argument)
    {
        if (!_expanded.TryGetValue(argument, out string[]? paths))
            _expanded[argument] = paths = Expand(parsed.GetRequiredValue(argument));
        if (isShared && paths.Contains(StandardStream.Name))
            throw new UserError($"'{StandardStream.Name}' is one process's standard input; ranks need a file that all of them see.");
        return paths;
    }

    /// <summary>Where an array is read from. What comes from standard input is read once, into memory.</summary>
    public FileSource Of(string path)
        => path == StandardStream.Name ? _standardInput ??= new FileSource(terminal.OpenInput(), StandardStream.Input) : path;

    /// <summary>What messages call an input.</summary>
    public static string NameOf(string path) => path == StandardStream.Name ? StandardStream.Input : path;

    /// <summary>Expands patterns; '-' stands alone.</summary>
    public static string[] Expand(string[] paths)
        => paths.Length > 1 && paths.Contains(StandardStream.Name)
            ? throw new UserError(
                $"'{StandardStream.Name}' is the one array that comes from standard input; {paths.Length} inputs are given.")
            : [.. paths.SelectMany(Glob.Expand)];
}
