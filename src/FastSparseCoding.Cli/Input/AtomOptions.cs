using System.CommandLine;

namespace FastSparseCoding.Cli.Input;

/// <summary>What is done to an array of numbers before its rows are the atoms of a dictionary.</summary>
/// <param name="Transpose">Take its columns.</param>
/// <param name="Normalize">Scale every atom to norm 1.</param>
internal readonly record struct AtomReading(bool Transpose, bool Normalize);

/// <summary>How a dictionary that is an array is read.</summary>
internal sealed class AtomOptions
{
    /// <summary>The formats that a dictionary may have beside a model.</summary>
    public const string Formats = "an array of atoms [m×n], each of norm 1 (.npy, .npz, .csv, or FILE.safetensors:NAME)";

    public const string TransposeName = "--transpose", NormalizeName = "--normalize-atoms";

    private readonly Option<bool> _transpose = new(TransposeName)
    {
        Description = "Of a dictionary that is an array: its atoms stand in columns [n×m].",
    };

    private readonly Option<bool> _normalize = new(NormalizeName)
    {
        Description = "Of a dictionary that is an array: scale every atom to norm 1.",
    };

    public void AddTo(Command command)
    {
        command.Add(_transpose);
        command.Add(_normalize);
    }

    public AtomReading Bind(ParseResult parsed) => new(parsed.GetValue(_transpose), parsed.GetValue(_normalize));
}
