using System.CommandLine;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode completion: a script for a shell, which then asks the tool itself what may come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # sparsecode: completion for bash. Put into ~/.bashrc: eval "$(sparsecode completion bash)"
        _sparsecode() {
            local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\n'
            line="${line#*"$1"}"
            line="${line#"${line%%[! ]*}"}"
            COMPREPLY=($("$1" "[suggest:${#line}]" "$line" 2>/dev/null))
            # A word ends at = for bash unless told otherwise: what stands before it is not to be said again.
            local word="${line##* }"
            if [[ $word == *=* && $COMP_WORDBREAKS == *=* ]]; then
                COMPREPLY=("${COMPREPLY[@]#"${word%%=*}="}")
            fi
        }
        complete -o default -F _sparsecode sparsecode
        """;

    private const string Zsh = """
        # sparsecode: completion for zsh. Put into ~/.zshrc, after compinit: eval "$(sparsecode completion zsh)"
        _sparsecode() {
            local line="${BUFFER[1,CURSOR]#${words[1]} }"
            local -a found
            found=(${(f)"$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"})
            compadd -a found
            _files
        }
        compdef _sparsecode sparsecode
        """;

    private const string Fish = """
        # sparsecode: completion for fish. Put into ~/.config/fish/config.fish: sparsecode completion fish | source
        function __sparsecode_complete
            set -l line (string replace -r '^\S+\s+' '' -- (commandline -cp))
            sparsecode "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c sparsecode -a '(__sparsecode_complete)'
        """;

    private const string PowerShell = """
        # sparsecode: completion for PowerShell. Put into $PROFILE: sparsecode completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName sparsecode -ScriptBlock {
            param($word, $ast, $cursor)
            $text = $ast.ToString()
            $line = $text.Substring(0, [Math]::Min($cursor, $text.Length)).PadRight($cursor) -replace '^\S+\s+', ''
            sparsecode "[suggest:$($line.Length)]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["fish"] = Fish,
        ["pwsh"] = PowerShell,
        ["powershell"] = PowerShell,
    };

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish, or pwsh (powershell)." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new ExampledCommand(
            "completion", "Prints a script with which a shell completes commands and options; its first line says where it goes.",
            ["sparsecode completion fish | source", "eval \"$(sparsecode completion bash)\""]) { shell };
        command.SetAction(parsed =>
        {
            terminal.Out.WriteLine(Scripts[parsed.GetRequiredValue(shell)].ReplaceLineEndings("\n"));
            return ExitCode.Done;
        });
        return command;
    }
}
