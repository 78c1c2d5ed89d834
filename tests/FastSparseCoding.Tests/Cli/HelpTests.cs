using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

public sealed class HelpTests
{
    [Theory]
    [InlineData("reproduce", "--images", "--atoms", "--out", "--quick", "--full")]
    [InlineData("learn", "--atoms", "--lambda", "--non-negative", "--weights", "--ridge", "--non-negative-atoms", "--start", "--mask",
        "--samples", "--method", "--patch", "--min-std", "--normalize", "--mosaic", "--resume", "--output")]
    [InlineData("train", "--encoder", "--depth", "--lambda", "--non-negative", "--weights", "--ridge", "--samples", "--optimizer",
        "--learning-rate", "--resume", "--output")]
    [InlineData("encode", "--lambda", "--non-negative", "--weights", "--ridge", "--max-atoms", "--error", "--mask", "--solver",
        "--tolerance", "--sparse", "--warm-start", "--stride", "--samples", "--places", "--output")]
    [InlineData("reconstruct", "--image", "--output")]
    [InlineData("path", "--output", "--plot", "--points", "--from", "--to", "--samples", "--held-out", "--non-negative", "--weights",
        "--ridge", "--patch")]
    [InlineData("evaluate", "--dictionary", "--codes", "--samples")]
    [InlineData("classify", "--encoder", "--raw", "--lambda", "--end-to-end", "--epochs", "--learning-rate", "--output")]
    [InlineData("export", "--output")]
    [InlineData("predict", "--output", "--skip-bad")]
    [InlineData("info", "--machine", "--json")]
    public void Help_lists_the_options_and_shows_an_example(string command, params string[] options)
    {
        Outcome outcome = Succeed(command, "--help");

        foreach (string option in options.Concat(["--json", "--seed", "--threads", "--quiet"]))
            Assert.Contains(option, outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"Examples:\n  sparsecode {command}", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_shown()
    {
        Assert.Contains("[default: 1000000]", Succeed("train", "--help").Out, StringComparison.Ordinal);
        Assert.Contains("[default: active-set]", Succeed("encode", "--help").Out, StringComparison.Ordinal);
        Assert.Contains("[default: reproduction]", Succeed("reproduce", "--help").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_names_every_command_with_an_example()
    {
        string help = Succeed("--help").Out;

        foreach (string command in new[] { "reproduce", "learn", "train", "encode", "reconstruct", "path", "evaluate", "classify",
            "predict", "export", "info", "completion" })
            Assert.Contains($"\n  sparsecode {command}", help, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_that_of_the_assembly()
        => Assert.StartsWith(typeof(FastSparseCoding.Cli.ExitCode).Assembly.GetName().Version!.ToString(3), Succeed("--version").Out,
            StringComparison.Ordinal);
}
