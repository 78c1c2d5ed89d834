using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode merge: the parts of a job into what one run gives.</summary>
internal sealed class MergeCommand
{
    private readonly Argument<string[]> _parts =
        new("PARTS")
        {
            Description =
        $"The parts, {PartName.Rule}, in any order; patterns in quotes, or the name of an OUTPUT that they lie beside. [default: those "
        + "of --output]",
            Arity = ArgumentArity.ZeroOrMore
        };
    private readonly Option<string> _output =
        new("--output", "-o")
        {
            Description =
        "What is made of them: codes, signals, places or a dictionary, of an ending that one run could have been given; of denoised "
        + "pictures their folder, in which all must be there.",
            Required = true,
            HelpName = "OUTPUT"
        };

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new MergeCommand();
        var command = new ExampledCommand(
            "merge", "Joins what 'encode', 'learn' and 'denoise' made with --shard, to the bytes that one run would have written, in the "
            + "memory of a block. First it is proved that every part of one job (input, model, options, version) is there once. The "
            + "parts stay.",
            ["sparsecode merge -o codes.npz", "sparsecode merge 'parts/codes.npz.*' -o codes.npz"])
        {
            self._parts, self._output,
        };
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string output = parsed.GetRequiredValue(_output);
        string[] named = parsed.GetValue(_parts) is { Length: > 0 } given ? InputPaths.Expand(given) : [output];
        IReadOnlyList<string> paths = PartName.Find(named);
        if (!Directory.Exists(output))
            OutputFile.Require(paths, output);
        PartSet parts = PartSet.Of(paths);
        context.Print(Merging.Merge(parts, output, context).Add("parts", paths.Count), output);
        return ExitCode.Done;
    }
}
