using System.Diagnostics;
using System.Text.RegularExpressions;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Completion as a person has it: in shells at a terminal, by the lines of the guide.</summary>
public sealed partial class CompletionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>What is typed, with a tab in it, and what the tool is given then.</summary>
    public static TheoryData<string, string, string> Typed { get; } = new(
        from shell in (string[])["bash", "zsh"]
        from line in ((string, string)[])[
            ("encod\t a", "encode a"), ("encode --solver fi\t a", "encode --solver fista a"),
            ("encode --solver=fi\t a", "encode --solver=fista a"), ("encode --warm\t a", "encode --warm-start a"),
            ("encode a.n\t", "encode a.npy")]
        select (shell, line.Item1, line.Item2));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "classify completion denoise encode evaluate evaluate-denoiser export info inpaint learn merge path predict "
        + "reconstruct reproduce train train-denoiser")]
    [InlineData("enc", "encode")]
    [InlineData("encode ", "")]
    [InlineData("encode --so", "--solver")]
    [InlineData("encode a.npy b.npy --solver ", "active-set cd cod fista ista")]
    [InlineData("encode --solver c", "cd cod")]
    [InlineData("encode --solver=", "--solver=active-set --solver=cd --solver=cod --solver=fista --solver=ista")]
    [InlineData("encode --solver=c", "--solver=cd --solver=cod")]
    [InlineData("encode --lambda=", "")]
    [InlineData("encode --nothing=", "")]
    [InlineData("completion ", "bash fish powershell pwsh zsh")]
    [InlineData("info -", "--help --json --machine --quiet -q")]
    public void What_may_stand_next_is_told(string line, string expected)
        => Assert.Equal(expected, string.Join(' ', Succeed($"[suggest:{line.Length}]", line).Out.Split('\n').Order(StringComparer.Ordinal))
            .Trim());

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_shell_completes_at_a_tab(string shell, string typed, string given)
    {
        Assert.SkipUnless(Exists(shell), $"{shell} is not installed.");
        Assert.SkipUnless(Exists("script"), "script of util-linux, which gives a terminal, is not installed.");
        string start = shell == "zsh" ? "autoload -Uz compinit; compinit -u -D\n" : "";
        File.WriteAllText(_folder.File("a.npy"), "");

        string shown = Run("script", $"{start}{Guide(shell)}\nsparsecode {typed}\nexit\n", "-qec",
            shell == "zsh" ? "zsh -f -i" : "bash --norc --noprofile -i", "/dev/null");

        Assert.True(File.Exists(_folder.File("given")), shown);
        Assert.Equal(given, File.ReadAllText(_folder.File("given")).Trim());
    }

    [Theory]
    [InlineData("sparsecode encode --solver c", "cd cod")]
    [InlineData("sparsecode encode --solver=c", "--solver=cd --solver=cod")]
    [InlineData("sparsecode enc", "encode")]
    public void Fish_completes(string typed, string expected)
    {
        Assert.SkipUnless(Exists("fish"), "fish is not installed.");

        string shown = Run("fish", "", "-N", "-c", $"{Guide("fish")}; complete -C '{typed}'");

        Assert.Equal(expected, string.Join(' ', shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("powershell")]
    [InlineData("pwsh")]
    public void PowerShell_completes(string name)
    {
        Assert.SkipUnless(Exists("pwsh"), "pwsh is not installed.");
        const string Line = "sparsecode encode --solver c";

        string shown = Run("pwsh", "", "-NoProfile", "-NonInteractive", "-Command",
            $"{Guide("pwsh").Replace("pwsh", name, StringComparison.Ordinal)}; "
                + $"([System.Management.Automation.CommandCompletion]::CompleteInput('{Line}', {Line.Length}, $null)).CompletionMatches"
                + " | ForEach-Object { $_.CompletionText }");

        Assert.Equal("cd cod", string.Join(' ', shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public void The_script_and_the_guide_tell_the_same_line(string shell)
        => Assert.EndsWith($": {Guide(shell)}", Succeed("completion", shell).Out.Split('\n')[0], StringComparison.Ordinal);

    [Fact]
    public void Windows_name_of_PowerShell_is_one_too()
        => Assert.Equal(Succeed("completion", "pwsh").Out, Succeed("completion", "powershell").Out);

    /// <summary>The line of the guide to the command line that a person puts into the shell's own file.</summary>
    private static string Guide(string shell)
        => GuideLine().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "command-line.md")))
            .Single(m => m.Groups["shell"].Value == shell).Groups["line"].Value;

    private static bool Exists(string program)
        => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>What a program shows, with a sparsecode on its path that answers shells and writes down what else it is given.</summary>
    private string Run(string program, string typed, params string[] arguments)
    {
        string tool = _folder.File("sparsecode");
        File.WriteAllText(tool, $$"""
            #!/bin/sh
            case $1 in
                completion | "[suggest:"*) exec dotnet '{{OutputTests.ToolPath}}' "$@" ;;
            esac
            echo "$@" > '{{_folder.File("given")}}'
            """.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = _folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["TERM"] = "dumb",
                ["HOME"] = _folder.Path,
                ["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}",
            },
        })!;
        process.StandardInput.Write(typed);
        process.StandardInput.Close();
        string shown = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return shown;
    }

    [GeneratedRegex("^- (?<shell>[a-z]+), in `[^`]+`(, [a-z ]+)?: `(?<line>[^`]+)`$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex GuideLine();
}
