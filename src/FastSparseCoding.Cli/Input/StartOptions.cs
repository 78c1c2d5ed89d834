using System.CommandLine;

namespace FastSparseCoding.Cli.Input;

/// <summary>How many atoms are learned, of which signs, and what the learning starts from.</summary>
internal sealed class StartOptions(int defaultAtoms)
{
    private readonly Option<int?> _atoms =
        new("--atoms") { Description = $"Number of atoms, from 1 to 20000. [default: that of --start, or {defaultAtoms}]", HelpName = "M" };
    private readonly Option<bool> _nonNegativeAtoms =
        new("--non-negative-atoms")
        {
            Description =
        "Atoms without negative values; with --non-negative a sparse non-negative factorisation."
        };
    /// <summary>Name of the option, for messages of others.</summary>
    public const string StartName = "--start";

    private readonly Option<string?> _start = new(StartName)
    {
        Description =
            $"A dictionary to start from (a model, or {AtomOptions.Formats}), instead of signals drawn at random; "
            + "its penalty is that of the codes where none is given, and images are treated as its were.",
        HelpName = "DICTIONARY",
    };

    private readonly AtomOptions _reading = new();

    public void AddTo(Command command)
    {
        _reading.AddTo(command);
        command.Add(_atoms);
        command.Add(_nonNegativeAtoms);
        command.Add(_start);
    }

    /// <summary>What is asked for.</summary>
    public Start Bind(ParseResult parsed)
    {
        ModelInput? model = parsed.GetValue(_start) is { } path ? ModelInput.OpenDictionary(path, _reading.Bind(parsed)) : null;
        int? asked = parsed.GetValue(_atoms);
        int atoms = Range.Check(_atoms, asked ?? model?.CodeSize ?? defaultAtoms, 1, 20_000);
        if (model is not null && model.CodeSize != atoms)
            throw new UserError($"{_atoms.Name} is {atoms}; {model.Path} has {model.CodeSize} atoms.");
        bool nonNegative = parsed.GetValue(_nonNegativeAtoms);
        if (model is not null && nonNegative)
            RequireNonNegative(model);
        return new Start(model, atoms, nonNegative);
    }

    private void RequireNonNegative(ModelInput model)
    {
        ReadOnlyMatrixView atoms = model.Dictionary!.Atoms;
        for (int k = 0; k < atoms.Rows; k++)
            for (int j = 0; j < atoms.Columns; j++)
                if (atoms.Row(k)[j] < 0)
                    throw new UserError(FormattableString.Invariant(
                        $"{model.Path}: holds {atoms.Row(k)[j]} in atom {k}, value {j}; with {_nonNegativeAtoms.Name} no value may be negative."));
    }
}

/// <summary>What a learning starts from, or nothing, and how many atoms it learns, of which signs.</summary>
internal sealed record Start(ModelInput? Model, int Atoms, bool NonNegativeAtoms)
{
    public AtomDictionary? Dictionary => Model?.Dictionary;

    /// <summary>Who has the atoms, for messages.</summary>
    public string Owner => Model?.Path ?? "the dictionary to learn";

    /// <summary>Tells this start from any other.</summary>
    public string Identity => Dictionary is null ? "" : $", start {Dictionary.Hash}";

    /// <summary>Refuses signals that the start's atoms are not the size of.</summary>
    public void RequireSize(int signalSize)
    {
        if (Model is not null && Model.SignalSize != signalSize)
            throw new UserError($"{Model.Path}: its atoms have {Model.SignalSize} values; the signals have {signalSize}."
                + Model.TransposeRemedy(signalSize));
    }
}
