using System.CommandLine;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode info: what a file holds.</summary>
internal static class InfoCommand
{
    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var file = new Argument<string>("FILE") { Description = "A model, .npy or .npz file." };
        var command = new ExampledCommand("info", "Says what a file holds: kind, format version, penalty, preprocessing, shapes. Checks a model's checksum.", ["sparsecode info dictionary.safetensors"]) { file };
        command.SetAction(parsed =>
        {
            FileDescription description = FileDescription.Read(parsed.GetRequiredValue(file));
            var result = new Result().Add("file", description.Path).Add("holds", description.Format);
            foreach ((string name, string value) in description.Facts)
                result.Add(name, value);
            context(parsed).Print(result.AddGroup("metadata", description.Metadata).AddGroup("tensors", description.Tensors));
            return ExitCode.Done;
        });
        return command;
    }
}
