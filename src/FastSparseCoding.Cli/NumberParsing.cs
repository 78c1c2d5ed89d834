using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace FastSparseCoding.Cli;

/// <summary>Numbers as the whole world writes them in programs: a decimal point, no thousands separators. A comma is an error, not another
/// number.</summary>
internal static class NumberParsing
{
    /// <summary>Makes all number options of a command and its subcommands strict.</summary>
    public static void Apply(Command command)
    {
        foreach (Option option in command.Options)
            Apply(option);
        foreach (Command subcommand in command.Subcommands)
            Apply(subcommand);
    }

    private static void Apply(Option option)
    {
        switch (option)
        {
            case Option<float?> number:
                number.CustomParser = r => Parse(r, "a number such as 0.5", out float value) ? value : null;
                break;
            case Option<double?> number:
                number.CustomParser = r => Parse(r, "a number such as 1e-5", out double value) ? value : null;
                break;
            case Option<SparsityWeight?> weight:
                weight.CustomParser = ParseWeight;
                break;
            case Option<int?> number:
                number.CustomParser = r => Parse(r, "a whole number such as 100", out int value) ? value : null;
                break;
            case Option<long?> number:
                number.CustomParser = r => Parse(r, "a whole number such as 100000", out long value) ? value : null;
                break;
            case Option<int> number:
                number.CustomParser = r => Parse(r, "a whole number such as 100", out int value) ? value : 0;
                break;
            case Option<long> number:
                number.CustomParser = r => Parse(r, "a whole number such as 100000", out long value) ? value : 0;
                break;
        }
    }

    private static SparsityWeight? ParseWeight(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        bool ofMax = text.EndsWith(SparsityWeight.Unit, StringComparison.Ordinal);
        string number = ofMax ? text[..^SparsityWeight.Unit.Length] : text;
        return Parse(result, number, "a number such as 0.5, or a fraction of λmax such as 0.1max", out float value)
            ? new SparsityWeight(value, ofMax) : null;
    }

    private static bool Parse<T>(ArgumentResult result, string mustBe, out T value)
        where T : struct, INumber<T>
        => Parse(result, result.Tokens[0].Value, mustBe, out value);

    private static bool Parse<T>(ArgumentResult result, string number, string mustBe, out T value)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value, name = result.Parent is OptionResult option ? option.Option.Name : "the number";
        NumberStyles styles = T.IsInteger(T.One / (T.One + T.One)) ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (T.TryParse(number, styles, CultureInfo.InvariantCulture, out value))
            return true;
        result.AddError($"{name} is '{text}'; it must be {mustBe}.");
        return false;
    }
}
