using System.CommandLine;
using System.Runtime.InteropServices;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode info: what a file holds, or what this machine computes with.</summary>
internal static class InfoCommand
{
    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var file = new Argument<string?>("FILE") { Description = "A model, .npy or .npz file.", Arity = ArgumentArity.ZeroOrOne };
        var machine = new Option<bool>(
            "--machine")
        { Description = "In place of FILE: the processor, its cores, the vector instructions in use and the memory." };
        var command = new ExampledCommand(
            "info",
            "Says what a file holds: kind, format version, penalty, preprocessing, shapes. Checks a model's checksum. Or says what this "
                + "machine computes with.",
            ["sparsecode info dictionary.safetensors", "sparsecode info --machine"]) { file, machine };
        command.Validators.Add(result =>
        {
            if (result.GetValue(machine) == result.GetValue(file) is not null)
                result.AddError("exactly one of FILE and --machine must be given.");
        });
        command.SetAction(parsed =>
        {
            context(parsed).Print(parsed.GetValue(file) is { } path ? OfFile(path) : OfMachine());
            return ExitCode.Done;
        });
        return command;
    }

    private static Result OfFile(string path)
    {
        FileDescription description = FileDescription.Read(path);
        var result = new Result().Add("file", description.Path).Add("holds", description.Format);
        foreach ((string name, string value) in description.Facts)
            result.Add(name, value);
        return result.AddGroup("metadata", description.Metadata).AddGroup("tensors", description.Tensors);
    }

    private static Result OfMachine()
        => new Result().Add("processor", Machine.ProcessorName ?? "unknown")
            .Add("architecture", RuntimeInformation.ProcessArchitecture.ToString()).Add("cores", Environment.ProcessorCount)
            .Add("vector_bits", Machine.VectorBits).Add("fused_multiply_add", Machine.FusedMultiplyAdd)
            .Add("memory_bytes", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            .Add("runtime", RuntimeInformation.FrameworkDescription).Add("system", RuntimeInformation.OSDescription);
}
