using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace FastSparseCoding.Cli;

/// <summary>Ranges of options, told in the words of the command line.</summary>
internal static class Range
{
    public static T Check<T>(Option<T> option, T value, T minimum, T maximum)
        where T : INumber<T>
        => value >= minimum && value <= maximum ? value
            : throw Outside(option, value, string.Create(CultureInfo.InvariantCulture, $"from {minimum} to {maximum}"));

    /// <summary>The option's value, which must be finite and above 0.</summary>
    public static float CheckPositive(Option<float?> option, float value)
        => value > 0 && float.IsFinite(value) ? value : throw Outside(option, value, "a finite number above 0");

    /// <summary>The option's value: a weight that must be finite and above 0, or a fraction that must be above 0 and at most 1.</summary>
    public static SparsityWeight CheckWeight(Option<SparsityWeight?> option, SparsityWeight value)
        => !(value.Value > 0 && float.IsFinite(value.Value))
            ? throw Outside(option, value, value.OfMax ? "above 0max and at most 1max" : "a finite number above 0")
            : value is { OfMax: true, Value: > 1 } ? throw Outside(option, value, "above 0max and at most 1max")
            : value;

    /// <summary>The option's value: a part of something, above 0 and below 1.</summary>
    public static double CheckShare(Option<double?> option, double value)
        => value > 0 && value < 1 ? value : throw Outside(option, value, "above 0 and below 1");

    /// <summary>The option's value, which must be finite and not negative.</summary>
    public static float CheckNotNegative(Option<float?> option, float value)
        => value >= 0 && float.IsFinite(value) ? value : throw Outside(option, value, "a finite number, 0 or more");

    public static T Check<T>(Option<T?> option, T value, T minimum, T maximum)
        where T : struct, INumber<T>
        => value >= minimum && value <= maximum ? value
            : throw Outside(option, value, string.Create(CultureInfo.InvariantCulture, $"from {minimum} to {maximum}"));

    private static UserError Outside<T>(Option option, T value, string mustBe)
        => new(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}; it must be {mustBe}."));
}
