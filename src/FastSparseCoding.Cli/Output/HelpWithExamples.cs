using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FastSparseCoding.Cli.Output;

/// <summary>A command that knows how it is used.</summary>
internal sealed class ExampledCommand(string name, string description, IReadOnlyList<string> examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}

/// <summary>The usual help, with the command's examples below; the root shows those of all commands.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        IEnumerable<string> examples = command is ExampledCommand own ? own.Examples
            : command.Subcommands.OfType<ExampledCommand>().Select(c => c.Examples[0]);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        return code;
    }
}
