using System.CommandLine;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Input;

/// <summary>When orthogonal matching pursuit stops; either option asks for it.</summary>
internal sealed class PursuitOptions
{
    private readonly Option<int?> _maxAtoms =
        new("--max-atoms")
        {
            Description =
        "With a dictionary: codes of at most this many atoms, from 1 to the smaller of n and m, by orthogonal matching pursuit in place "
        + "of the lasso.",
            HelpName = "K"
        };
    private readonly Option<float?> _error =
        new("--error")
        {
            Description =
        "With a dictionary: codes of as few atoms as orthogonal matching pursuit needs for ‖x − zD‖ ≤ E, above 0; with --max-atoms "
        + "whichever comes first.",
            HelpName = "E"
        };

    /// <summary>All of the options.</summary>
    public IReadOnlyList<Option> All => [_maxAtoms, _error];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Add(option);
    }

    /// <summary>Whether orthogonal matching pursuit is asked for.</summary>
    public bool AreGiven(ParseResult parsed) => Given(parsed) is not null;

    /// <summary>The pursuit asked for, which has no use for the options of the lasso.</summary>
    public OmpEncoder Bind(ParseResult parsed, ModelInput model, bool nonNegative, IEnumerable<Option> ofTheLasso)
    {
        foreach (Option option in ofTheLasso)
            if (parsed.GetResult(option) is { Implicit: false })
                throw new UserError(
                    $"{option.Name} is for the lasso; {Given(parsed)!.Name} asks for orthogonal matching pursuit, which has no use for it.");
        int? maxAtoms = parsed.GetValue(_maxAtoms) is { } atoms
            ? Range.Check(_maxAtoms, atoms, 1, Math.Min(model.SignalSize, model.CodeSize)) : null;
        float? error = parsed.GetValue(_error) is { } bound ? Range.CheckPositive(_error, bound) : null;
        return new OmpEncoder(model.Dictionary!, new OmpOptions { MaxAtoms = maxAtoms, Error = error, NonNegative = nonNegative });
    }

    private Option? Given(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
}
