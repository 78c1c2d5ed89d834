using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

public sealed class HelpTests
{
    private static readonly string[] Sometimes = ["--seed", "--threads", "--skip-bad"];

    [Theory]
    [InlineData("reproduce", "--images", "--atoms", "--out", "--quick", "--full", "--seed", "--threads", "--skip-bad")]
    [InlineData("learn", "--atoms", "--lambda", "--non-negative", "--weights", "--ridge", "--non-negative-atoms", "--start", "--mask",
        "--samples", "--method", "--patch", "--min-std", "--normalize", "--mosaic", "--resume", "--output", "--seed", "--threads",
        "--skip-bad")]
    [InlineData("train", "--encoder", "--depth", "--lambda", "--non-negative", "--weights", "--ridge", "--samples", "--optimizer",
        "--learning-rate", "--resume", "--output", "--seed", "--threads", "--skip-bad")]
    [InlineData("encode", "--lambda", "--non-negative", "--weights", "--ridge", "--max-atoms", "--error", "--mask", "--solver",
        "--tolerance", "--sparse", "--warm-start", "--stride", "--samples", "--places", "--output", "--seed", "--threads", "--skip-bad")]
    [InlineData("reconstruct", "--image", "--output", "--threads")]
    [InlineData("path", "--output", "--plot", "--points", "--from", "--to", "--samples", "--held-out", "--non-negative", "--weights",
        "--ridge", "--patch", "--seed", "--threads", "--skip-bad")]
    [InlineData("evaluate", "--dictionary", "--codes", "--samples", "--seed", "--threads", "--skip-bad")]
    [InlineData("classify", "--encoder", "--raw", "--lambda", "--end-to-end", "--epochs", "--learning-rate", "--output", "--seed",
        "--threads")]
    [InlineData("export", "--output")]
    [InlineData("predict", "--output", "--threads", "--skip-bad")]
    [InlineData("denoise", "--output", "--model", "--seed", "--threads", "--skip-bad")]
    [InlineData("inpaint", "--output", "--mask", "--seed", "--threads")]
    [InlineData("train-denoiser", "--output", "--patches", "--seed", "--threads", "--skip-bad")]
    [InlineData("evaluate-denoiser", "--sigma", "--seed", "--threads", "--skip-bad")]
    [InlineData("info", "--machine")]
    public void Help_lists_the_options_that_do_something_and_shows_an_example(string command, params string[] options)
    {
        Outcome outcome = Succeed(command, "--help");

        foreach (string option in options.Concat(["--json", "--quiet"]))
            Assert.Contains(option, outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"Examples:\n  sparsecode {command}", outcome.Out, StringComparison.Ordinal);
        foreach (string option in Sometimes.Except(options))
        {
            Assert.DoesNotContain(option, outcome.Out, StringComparison.Ordinal);
            Assert.StartsWith($"error: '{option}' is no option of 'sparsecode {command}'", Run(command, "x", option, "1").Error,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_script_for_a_shell_is_printed_whatever_the_manners()
    {
        string help = Succeed("completion", "--help").Out;
        foreach (string option in Sometimes.Concat(["--json", "--quiet"]))
            Assert.DoesNotContain(option, help, StringComparison.Ordinal);
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
