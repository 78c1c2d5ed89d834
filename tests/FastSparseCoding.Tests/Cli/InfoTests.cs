using System.Text.Json;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

public sealed class InfoTests
{
    [Fact]
    public void Info_tells_what_the_machine_computes_with()
    {
        JsonElement root = JsonDocument.Parse(Succeed("info", "--machine", "--json").Out).RootElement;

        Assert.Equal(Machine.ProcessorName ?? "unknown", root.GetProperty("processor").GetString());
        Assert.Equal(Environment.ProcessorCount, root.GetProperty("cores").GetInt32());
        Assert.Equal(Machine.VectorBits, root.GetProperty("vector_bits").GetInt32());
        Assert.Equal(Machine.FusedMultiplyAdd, root.GetProperty("fused_multiply_add").GetBoolean());
        Assert.True(root.GetProperty("memory_bytes").GetInt64() > 1 << 20);
        Assert.StartsWith(".NET ", root.GetProperty("runtime").GetString(), StringComparison.Ordinal);
        Assert.Matches($@"\nvector bits +{Machine.VectorBits}\n", Succeed("info", "--machine").Out);
    }

    [Theory]
    [InlineData]
    [InlineData("model.safetensors", "--machine")]
    public void Info_needs_a_file_or_the_machine_and_not_both(params string[] args)
    {
        Outcome outcome = Run(["info", .. args]);

        Assert.Equal("error: exactly one of FILE and --machine must be given.\n'sparsecode info --help' lists what can be given.\n",
            outcome.Error);
        Assert.Equal((FastSparseCoding.Cli.ExitCode.BadUsage, ""), (outcome.ExitCode, outcome.Out));
    }
}
