using System.CommandLine;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>What the exact codes of a dictionary pay for not being zero, whether they are asked for or to be predicted: λ Σ w|z| + ½μ‖z‖², optionally z ≥ 0.</summary>
internal sealed class PenaltyOptions
{
    private readonly Option<float?> _lambda = new("--lambda") { Description = "Of exact codes: sparsity weight λ, above 0. [default: the dictionary's, or 0.5]", HelpName = "λ" };
    private readonly Option<bool> _nonNegative = new("--non-negative") { Description = "Of exact codes: without negative values; 'false' allows them. [default: as the dictionary was learned]" };
    private readonly Option<string?> _weights = new("--weights") { Description = "Of exact codes: a weight above 0 for every atom, by which its λ is multiplied, as [1×m] or m values. [default: the dictionary's, or 1]", HelpName = "FILE.npy" };
    private readonly Option<float?> _ridge = new("--ridge") { Description = "Of exact codes: weight μ of ½‖z‖² (elastic net), 0 or more. [default: the dictionary's, or 0]", HelpName = "μ" };

    /// <summary>All of the options.</summary>
    public IReadOnlyList<Option> All => [_lambda, _nonNegative, _weights, _ridge];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Add(option);
    }

    /// <summary>The penalty asked for on the codes of a dictionary: what is not given is that of its model.</summary>
    public Penalty Bind(ParseResult parsed, ModelInput model)
    {
        Penalty learned = model.Penalty ?? 0.5f;
        float lambda = Range.CheckPositive(_lambda, parsed.GetValue(_lambda) ?? learned.Lambda);
        float ridge = Range.CheckNotNegative(_ridge, parsed.GetValue(_ridge) ?? learned.Ridge);
        ReadOnlySpan<float> weights = parsed.GetValue(_weights) is { } path ? ReadWeights(path, model) : learned.Weights;
        return new Penalty(lambda, weights, ridge, parsed.GetResult(_nonNegative) is { Implicit: false } ? parsed.GetValue(_nonNegative) : learned.NonNegative);
    }

    private static float[] ReadWeights(string path, ModelInput model)
    {
        (int rows, int columns, double[] values) = Npy.ReadDoubles(path);
        if (rows != 1)
            throw new UserError($"{path}: is [{rows}×{columns}]; expected the weights of the {model.CodeSize} atoms of {model.Path} in one row.");
        if (columns != model.CodeSize)
            throw new UserError($"{path}: holds {columns} weights; {model.Path} has {model.CodeSize} atoms.");
        for (int k = 0; k < values.Length; k++)
            if (!((float)values[k] > 0) || !float.IsFinite((float)values[k]))
                throw new UserError(FormattableString.Invariant($"{path}: weight {k} is {values[k]}; every weight must be a finite number above 0 in float32."));
        return Array.ConvertAll(values, v => (float)v);
    }
}
