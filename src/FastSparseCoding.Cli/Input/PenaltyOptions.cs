using System.CommandLine;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>What exact codes pay for not being zero: λ Σ w|z| + ½μ‖z‖², optionally z ≥ 0.</summary>
internal sealed class PenaltyOptions
{
    private readonly Option<float?> _lambda = new("--lambda") { Description = "With a dictionary: sparsity weight λ, above 0. [default: the dictionary's, or 0.5]", HelpName = "λ" };
    private readonly Option<bool> _nonNegative = new("--non-negative") { Description = "With a dictionary: codes without negative values." };
    private readonly Option<string?> _weights = new("--weights") { Description = "With a dictionary: a weight above 0 for every atom, by which its λ is multiplied, as [1×m] or m values.", HelpName = "FILE.npy" };
    private readonly Option<float?> _ridge = new("--ridge") { Description = "With a dictionary: weight μ of ½‖z‖² (elastic net), 0 or more. [default: 0]", HelpName = "μ" };

    /// <summary>All of the options.</summary>
    public IReadOnlyList<Option> All => [_lambda, _nonNegative, _weights, _ridge];

    /// <summary>Those that say nothing but what a lasso weighs.</summary>
    public IEnumerable<Option> Weighing => All.Where(option => option != _nonNegative);

    /// <summary>Whether codes must not be negative.</summary>
    public bool IsNonNegative(ParseResult parsed) => parsed.GetValue(_nonNegative);

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Add(option);
    }

    /// <summary>The penalty asked for on the codes of a dictionary.</summary>
    public Penalty Bind(ParseResult parsed, ModelInput model)
    {
        float lambda = Range.CheckPositive(_lambda, parsed.GetValue(_lambda) ?? model.Lambda ?? 0.5f);
        float ridge = Range.CheckNotNegative(_ridge, parsed.GetValue(_ridge) ?? 0);
        float[] weights = parsed.GetValue(_weights) is { } path ? ReadWeights(path, model) : [];
        return new Penalty(lambda, weights, ridge, parsed.GetValue(_nonNegative));
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
