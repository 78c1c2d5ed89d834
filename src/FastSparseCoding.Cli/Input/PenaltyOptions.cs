using System.CommandLine;
using FastSparseCoding.Encoders;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>What exact codes pay for not being zero, whether they are asked for, learned from or to be predicted: λ Σ w|z| + ½μ‖z‖²,
/// optionally z ≥ 0.</summary>
internal sealed class PenaltyOptions
{
    private readonly bool _perSignal;
    private readonly Option<SparsityWeight?> _lambda = new("--lambda") { HelpName = "λ" };
    private readonly Option<bool> _nonNegative = new("--non-negative");
    private readonly Option<string?> _weights = new("--weights") { HelpName = "FILE" };
    private readonly Option<float?> _ridge = new("--ridge") { HelpName = "μ" };

    /// <summary>Creates the options.</summary>
    /// <param name="perSignal">Whether λ may be a fraction of λmax, a weight for each signal: only where codes are the end.</param>
    /// <param name="fromModel">Whether what is not given is the penalty that a dictionary was learned with.</param>
    public PenaltyOptions(bool perSignal = false, bool fromModel = true)
    {
        _perSignal = perSignal;
        string Default(string own, string alone) => $"[default: {(fromModel ? own : alone)}]";
        _lambda.Description = perSignal
            ? "Of exact codes, or of an slista: sparsity weight λ, above 0; or as 0.1max a fraction, up to 1max, of each signal's own "
                + $"λmax, from which on its code is zero. {Default("the dictionary's, or 0.5", "0.5")}"
            : $"Of exact codes, or of an slista: sparsity weight λ, above 0. {Default("the dictionary's, or 0.5", "0.5")}";
        _nonNegative.Description =
            $"Of exact codes: without negative values; 'false' allows them. {Default("as the dictionary was learned", "false")}";
        _weights.Description =
            "Of exact codes: a weight above 0 for every atom, by which its λ is multiplied, in one row [1×m]: "
            + $"{MaskFile.Formats}. "
            + $"{Default("the dictionary's, or 1", "1")}";
        _ridge.Description = $"Of exact codes: weight μ of ½‖z‖² (elastic net), 0 or more. {Default("the dictionary's, or 0", "0")}";
    }

    /// <summary>All of the options.</summary>
    public IReadOnlyList<Option> All => [_lambda, _nonNegative, _weights, _ridge];

    /// <summary>Those that say nothing but what a lasso weighs.</summary>
    public IEnumerable<Option> Weighing => All.Where(option => option != _nonNegative);

    public void AddTo(Command command, bool withLambda = true)
    {
        foreach (Option option in All.Where(o => withLambda || o != _lambda))
            command.Add(option);
    }

    /// <summary>The file of weights, or null.</summary>
    public string? WeightsPath(ParseResult parsed) => parsed.GetValue(_weights);

    /// <summary>Whether λ is a fraction of each signal's λmax.</summary>
    public bool IsPerSignal(ParseResult parsed) => parsed.GetValue(_lambda) is { OfMax: true };

    /// <summary>The penalty asked for on the codes of a dictionary: what is not given is that of its model. λ is a fraction where it is one
    /// for each signal.</summary>
    public Penalty Bind(ParseResult parsed, ModelInput model) => Bind(parsed, model.Penalty ?? 0.5f, model.CodeSize, model.Path);

    /// <summary>The same on the codes of so many atoms, of an owner that a message can name.</summary>
    public Penalty Bind(ParseResult parsed, Penalty otherwise, int atoms, string owner)
    {
        if (IsPerSignal(parsed) && !_perSignal)
            throw new UserError(
                $"{_lambda.Name} is {parsed.GetValue(_lambda)}; a fraction of λmax is another weight for every signal, and here all "
                + "signals have one: give a number.");
        float lambda = Range.CheckWeight(_lambda, parsed.GetValue(_lambda) ?? new SparsityWeight(otherwise.Lambda, false)).Value;
        float ridge = Range.CheckNotNegative(_ridge, parsed.GetValue(_ridge) ?? otherwise.Ridge);
        ReadOnlySpan<float> weights = parsed.GetValue(_weights) is { } path ? ReadWeights(path, atoms, owner) : otherwise.Weights;
        return new Penalty(lambda, weights, ridge, IsNonNegative(parsed, otherwise));
    }

    /// <summary>An encoder for the penalty asked for. Only learned steps serve any; what else was learned belongs to the penalty it was
    /// trained for.</summary>
    public TrainableEncoder Of(ParseResult parsed, TrainableEncoder encoder, string path)
    {
        if (All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is not { } given)
            return encoder;
        if (encoder is not StepListaEncoder steps)
            throw new UserError(
                $"{given.Name} is for exact codes; {path} holds a '{encoder.Kind}' encoder, which predicts codes of {encoder.Penalty}.");
        if (IsPerSignal(parsed))
            throw new UserError(
                $"{_lambda.Name} is {parsed.GetValue(_lambda)}; {path} holds an '{encoder.Kind}' encoder, which predicts codes of one λ "
                + "for all signals: give a number.");
        return steps.WithPenalty(Bind(parsed, encoder.Penalty, encoder.CodeSize, path));
    }

    /// <summary>Whether codes must not be negative.</summary>
    public bool IsNonNegative(ParseResult parsed, Penalty? otherwise)
        => parsed.GetResult(_nonNegative) is { Implicit: false } ? parsed.GetValue(_nonNegative) : otherwise?.NonNegative ?? false;

    private static float[] ReadWeights(string path, int atoms, string owner)
    {
        Matrix weights = RowsReader.ReadMatrix(path);
        if (weights.Rows != 1)
            throw new UserError(
                $"{path}: is [{weights.Rows}×{weights.Columns}]; expected the weights of the {atoms} atoms of {owner} in one row.");
        if (weights.Columns != atoms)
            throw new UserError($"{path}: holds {weights.Columns} weights; {owner} has {atoms} atoms.");
        for (int k = 0; k < atoms; k++)
            if (!(weights[0, k] > 0) || !float.IsFinite(weights[0, k]))
                throw new UserError(FormattableString.Invariant(
                    $"{path}: weight {k} is {weights[0, k]}; every weight must be a finite number above 0 in float32."));
        return weights.Values.ToArray();
    }
}
