using System.CommandLine;
using System.CommandLine.Parsing;

namespace FastSparseCoding.Cli.Output;

/// <summary>What is wrong with a command line before it is run, in the words that help most.</summary>
internal static class UsageErrors
{
    /// <summary>The errors; none where it can be run.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Action is { ClearsParseErrors: true })
            return [];
        if (parsed.CommandResult.Command is RootCommand root && parsed.UnmatchedTokens is [var typed, ..] && !IsOption(typed))
            return [$"'{typed}' is no command{Meant(typed, root.Subcommands.Select(c => c.Name))}"];
        // An argument that takes any number of files takes a mistyped option and its value too, and would be told as a missing file.
        string[] unknown = [.. parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash)
            .Where(t => t.Type == TokenType.Argument && IsOption(t.Value)).Select(t => t.Value.Split('=', ':')[0])];
        return unknown.Length > 0 ? [.. unknown.Select(option => Unknown(option, parsed.CommandResult.Command))]
            : [.. parsed.Errors.Select(e => string.Join(' ', e.Message.Split(['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries)))];
    }

    /// <summary>Refuses an argument or an option that is given as nothing, which no file is called.</summary>
    public static void RequireNoneEmpty(ParseResult parsed)
    {
        foreach (SymbolResult result in parsed.CommandResult.Children)
            if (result.Tokens.Any(token => token.Value.Length == 0))
                throw new UserError(
                    $"{(result is ArgumentResult argument ? argument.Argument.Name : ((OptionResult)result).Option.Name)} is empty; "
                    + "it must have a value.");
    }

    private static string Unknown(string option, Command command)
    {
        IEnumerable<Option> all = command.Options
            .Concat(command.Parents.OfType<Command>().SelectMany(c => c.Options).Where(o => o.Recursive));
        string owner = command is RootCommand ? "sparsecode" : $"sparsecode {command.Name}";
        return $"'{option}' is no option of '{owner}'{Meant(option, all.Select(o => o.Name))}";
    }

    private static string Meant(string typed, IEnumerable<string> words)
        => Spelling.Nearest(typed, words) is { } word ? $"; did you mean '{word}'?" : ".";

    /// <summary>Whether a word has the look of an option: not that of a number, nor the dash of standard input.</summary>
    private static bool IsOption(string word)
        => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word[1] != '.';
}
