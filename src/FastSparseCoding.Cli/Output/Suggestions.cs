using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace FastSparseCoding.Cli.Output;

/// <summary>What may stand next in a command line, for the scripts of <c>sparsecode completion</c>: options once a dash is typed, else
/// commands and values, so that a shell offers files where there are none.</summary>
internal sealed class Suggestions : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        string line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? "",
            word = line[(line.LastIndexOf(' ') + 1)..];
        foreach (string suggestion in Of(parseResult.RootCommandResult.Command, line, word))
            parseResult.InvocationConfiguration.Output.WriteLine(suggestion);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Of(Command root, string line, string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
            return Labels(root, $"{line[..^word.Length]}{word[..equals]} {word[(equals + 1)..]}", word[(equals + 1)..])
                .Where(label => !IsOption(label)).Select(label => word[..(equals + 1)] + label);
        return Labels(root, line, word).Where(label => IsOption(label) == word.StartsWith('-'));
    }

    // A slash and -? are DOS's ways to ask for help, and -h is a shorter --help.
    private static IEnumerable<string> Labels(Command root, string line, string word)
        => root.Parse(line).GetCompletions(line.Length).Select(item => item.Label)
            .Where(label => label.StartsWith(word, StringComparison.Ordinal) && label[0] != '/' && label is not ("-?" or "-h"));

    private static bool IsOption(string label) => label[0] == '-';
}
