using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode info: what a file holds, or what this machine computes with.</summary>
internal static partial class InfoCommand
{
    private const int MostDigits = 15;

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "A model, an array (.npy, .npz, .safetensors, .csv), an ONNX model (.onnx), or an IDX file (MNIST).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var machine = new Option<bool>(
            "--machine")
        { Description = "In place of FILE: the processor, its cores, the vector instructions in use and the memory." };
        var command = new ExampledCommand(
            "info",
            "Says what a file holds: kind, format version, penalty, preprocessing, shapes; of an ONNX model its versions and metadata. "
                + "Checks a model's checksum. Or says what this machine computes with.",
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
        FileDescription description = IdxFile.TryDescribe(path) ?? FileDescription.Read(path);
        var result = new Result().Add("file", description.Path).Add("holds", description.Format);
        foreach ((string name, object value) in description.Facts)
            result.Add(name, value);
        return result
            .AddGroup("metadata", [.. description.Metadata.Select(pair => new GroupValue(pair.Key, pair.Value, NumberOrText(pair.Value)))])
            .AddGroup("tensors", [.. description.Tensors.Select(t => new GroupValue(t.Name, t.Text, new JsonObject
            {
                ["shape"] = new JsonArray([.. t.Shape.Select(size => (JsonNode)JsonValue.Create(size))]),
                ["type"] = t.Type,
            }))]);
    }

    // A file's texts: what is plainly a number is one; a hash may be all digits, but is longer.
    private static JsonNode? NumberOrText(string text)
        => text.Length <= MostDigits && Number().IsMatch(text) ? JsonNode.Parse(text) : JsonValue.Create(text);

    [GeneratedRegex(@"^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d{1,2})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();

    private static Result OfMachine()
        => new Result().Add("processor", Machine.ProcessorName ?? "unknown")
            .Add("architecture", RuntimeInformation.ProcessArchitecture.ToString()).Add("cores", Environment.ProcessorCount)
            .Add("vector_bits", Machine.VectorBits).Add("fused_multiply_add", Machine.FusedMultiplyAdd)
            .Add("memory_bytes", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            .Add("runtime", RuntimeInformation.FrameworkDescription).Add("system", RuntimeInformation.OSDescription);
}
