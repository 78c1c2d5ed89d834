using System.Diagnostics;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>A command line that cannot be run says what was probably meant.</summary>
public sealed class UsageTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'lern' is no command; did you mean 'learn'?", "", "lern", "photos/", "-o", "d.safetensors")]
    [InlineData("'evalute' is no command; did you mean 'evaluate'?", "", "evalute")]
    [InlineData("'frobnicate' is no command.", "", "frobnicate")]
    [InlineData("'--atom' is no option of 'sparsecode learn'; did you mean '--atoms'?", " learn",
        "learn", "p/", "--atom", "100", "-o", "d")]
    [InlineData("'--lamda' is no option of 'sparsecode encode'; did you mean '--lambda'?", " encode",
        "encode", "d", "x.npy", "--lamda=0.1", "-o", "z")]
    [InlineData("'--jsn' is no option of 'sparsecode info'; did you mean '--json'?", " info", "info", "x.npy", "--jsn")]
    [InlineData("'--thraeds' is no option of 'sparsecode learn'; did you mean '--threads'?", " learn", "learn", "p/", "--thraeds", "2")]
    [InlineData("'-x' is no option of 'sparsecode learn'.", " learn", "learn", "p/", "-x", "-o", "d")]
    public void What_was_meant_is_asked(string message, string command, params string[] args)
    {
        Outcome outcome = Run(args);

        Assert.Equal($"error: {message}\n'sparsecode{command} --help' lists what can be given.\n", outcome.Error);
        Assert.Equal((FastSparseCoding.Cli.ExitCode.BadUsage, ""), (outcome.ExitCode, outcome.Out));
    }

    [Fact]
    public void Values_that_an_option_takes_are_told_in_one_line()
        => Assert.StartsWith("error: Argument 'dict' not recognized. Must be one of: 'dictionary' 'cosines'\n",
            Run("inpaint", "x.png", "--mask-color", "ff00ff", "-o", "y.png", "--method", "dict").Error, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_looks_like_an_option_can_follow_two_dashes()
    {
        Assert.Equal("error: --x.npy: there is no such file.\n", Run("info", "--quiet", "--", "--x.npy").Error);
        Assert.Contains("Examples:", Succeed("learn", "--atom", "--help").Out, StringComparison.Ordinal);
        Refuse("--lambda is -1; it must be a finite number above 0.",
            "encode", workspace.Dictionary, workspace.Signals, "--lambda", "-1", "-o", _folder.File("z.npy"));
    }

    [Theory]
    [InlineData("learn", "learn", "learn")]
    [InlineData("lern", "learn", "learn", "train")]
    [InlineData("nifo", "info", "info", "path")]
    [InlineData("train-de", "train-denoiser", "evaluate", "train-denoiser")]
    [InlineData("xyz", null, "learn", "info")]
    [InlineData("x", null)]
    public void The_nearest_word_is_found(string typed, string? expected, params string[] words)
        => Assert.Equal(expected, Spelling.Nearest(typed, words));

    [Theory]
    [InlineData("sparsecode lea", "learn")]
    [InlineData("sparsecode learn photos --ato", "--atoms")]
    [InlineData("sparsecode encode a b --solver c", "cd", "cod")]
    public void Bash_completes(string line, params string[] expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "Needs bash.");
        string script = _folder.File("completion.bash"), tool = _folder.File("sparsecode");
        File.WriteAllText(script, Succeed("completion", "bash").Out);
        File.WriteAllText(tool, $"#!/bin/sh\nexec dotnet '{OutputTests.ToolPath}' \"$@\"\n");
        string ask = "chmod u+x \"$1/sparsecode\"; PATH=\"$1:$PATH\"; . \"$2\"; COMP_LINE=\"$3\"; COMP_POINT=${#COMP_LINE}; "
            + "complete -p sparsecode >&2; _sparsecode sparsecode \"${COMP_LINE##* }\" x; printf '%s\\n' \"${COMPREPLY[@]}\"";

        using Process bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", ask, "bash", _folder.Path, script, line])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string[] found = bash.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("complete -o default -F _sparsecode sparsecode\n", bash.StandardError.ReadToEnd());
        bash.WaitForExit();

        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("zsh", "compdef _sparsecode sparsecode")]
    [InlineData("fish", "complete -c sparsecode -a '(__sparsecode_complete)'")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName sparsecode -ScriptBlock {")]
    public void Other_shells_have_a_script_each(string shell, string line)
    {
        string script = Succeed("completion", shell).Out;

        Assert.Contains(line, script.Split('\n'));
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
        Assert.Equal(FastSparseCoding.Cli.ExitCode.BadUsage, Run("completion", "cmd").ExitCode);
    }

    [Fact]
    public void The_word_of_an_interruption_stands_below_what_the_terminal_shows_of_the_key()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var above = new List<string>();
        var terminal = new FastSparseCoding.Cli.Terminal(TextWriter.Null, error, IsInteractive: true) { WriteAbove = above.Add };
        terminal.Tell("drawn above the bars");
        terminal.WriteAbove = null;
        error.Write("^C");

        terminal.TellOnLineOfItsOwn("interrupted");

        Assert.Equal("^C\ninterrupted\n", error.ToString());
        Assert.Equal(["drawn above the bars"], above);
    }

    [Theory]
    [InlineData(0.0, 30, true, "░░░░░░░░░░░░░░░░   0%  learn…")]
    [InlineData(0.5, 40, true, "████████░░░░░░░░  50%  learning: 5 of …")]
    [InlineData(0.999, 80, true, "███████████████░  99%  learning: 5 of 10")]
    [InlineData(1.5, 80, false, "################ 100%  learning: 5 of 10")]
    [InlineData(0.25, 33, false, "####............  25%  learni...")]
    [InlineData(double.NaN, 80, false, "................   0%  learning: 5 of 10")]
    public void A_bar_shows_its_percents_without_colours_at_any_width(double done, int width, bool unicode, string expected)
    {
        string line = ProgressLine.Of("learning: 5 of 10", done, width, unicode);

        Assert.Equal(expected, line);
        Assert.True(line.Length < width);
    }
}
