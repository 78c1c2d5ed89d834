using System.CommandLine.Parsing;
using System.Globalization;

namespace FastSparseCoding.Cli;

/// <summary>Deviations of noise in levels of 255, from the least to the most; "auto" leaves them to be estimated.</summary>
internal readonly record struct NoiseRange(float From, float To)
{
    /// <summary>What leaves the deviation to be estimated.</summary>
    public const string Auto = "auto";

    /// <summary>Reads "25" or "5-55".</summary>
    public static NoiseRange ParseRange(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] ends = text.Split('-');
        if (ends.Length <= 2 && TryParse(ends[0], out float from) && TryParse(ends[^1], out float to) && from <= to)
            return new NoiseRange(from, to);
        result.AddError($"{Name(result)} is '{text}'; it must be a number above 0 and at most 255, or two with '-' between, such as 5-55.");
        return default;
    }

    /// <summary>Whether the deviation is to be estimated.</summary>
    public bool IsAuto => To == 0;

    public override string ToString()
        => IsAuto ? Auto : From == To ? FormattableString.Invariant($"{From}") : FormattableString.Invariant($"{From}-{To}");

    /// <summary>Reads "25" or "auto".</summary>
    public static NoiseRange ParseOrAuto(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == Auto)
            return default;
        if (TryParse(text, out float sigma))
            return new NoiseRange(sigma, sigma);
        result.AddError($"{Name(result)} is '{text}'; it must be a number above 0 and at most 255, or {Auto}.");
        return default;
    }

    /// <summary>Reads "15,25,50".</summary>
    public static float[] ParseList(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        var list = new List<float>();
        foreach (string number in text.Split(','))
            if (TryParse(number, out float sigma))
                list.Add(sigma);
            else
            {
                result.AddError(
                    $"{Name(result)} is '{text}'; it must be numbers above 0 and at most 255 with ',' between, such as 15,25,50.");
                return [];
            }
        return [.. list];
    }

    private static bool TryParse(string text, out float sigma)
        => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out sigma) && sigma > 0 && sigma <= 255;

    private static string Name(ArgumentResult result) => result.Parent is OptionResult option ? option.Option.Name : "the noise";
}
