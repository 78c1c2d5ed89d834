using System.CommandLine;

namespace FastSparseCoding.Cli.Input;

/// <summary>Whether a command is shared by several processes.</summary>
internal static class RankOption
{
    /// <summary>The option, for one command. <see cref="App"/> has looked for it before anything is parsed: a value would come too
    /// late.</summary>
    public static Option<bool> Create()
    {
        var option = new Option<bool>(SharedRun.Option)
        {
            Description = "Share the work with the processes that mpirun or srun started together; all must see the same files. The result "
                + "is the same for every number of them.",
        };
        option.Validators.Add(given =>
        {
            if (given.Tokens.Count > 0)
                given.AddError($"{SharedRun.Option} is given, or left away; '{given.Tokens[0].Value}' behind it is too much.");
        });
        return option;
    }
}
