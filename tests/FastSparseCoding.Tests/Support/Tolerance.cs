using System.Globalization;
using Xunit;

namespace FastSparseCoding.Tests.Support;

/// <summary>
/// The one comparer of results with a double twin. A tolerance is derived, never chosen: operations × unit roundoff × the magnitude that
/// the operations add up to.
/// </summary>
internal static class Tolerance
{
    /// <summary>Unit roundoff of float32.</summary>
    public const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Unit roundoff of double.</summary>
    public const double DoubleRoundoff = 1.0 / (1L << 53);

    /// <summary>Fails, naming the worst element, when any |actual − expected| exceeds operations × 2⁻²⁴ × magnitude.</summary>
    /// <param name="expected">The twin's values.</param>
    /// <param name="actual">The values under test.</param>
    /// <param name="operations">Number of roundings on the way to a value.</param>
    /// <param name="magnitude">Bound on the sum of magnitudes added up in a value, for instance Σ|a_i||b_i| of a dot product.</param>
    public static void Check(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double operations, double magnitude)
    {
        var wide = new double[actual.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = actual[i];
        CheckBound(expected, wide, operations * UnitRoundoff * magnitude);
    }

    /// <summary>The same of values worked out in double: operations × 2⁻⁵³ × magnitude, the twin's own operations among them.</summary>
    public static void Check(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double operations, double magnitude)
        => CheckBound(expected, actual, operations * DoubleRoundoff * magnitude);

    private static void CheckBound(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double bound)
    {
        Assert.Equal(expected.Length, actual.Length);
        int worst = -1;
        double worstRatio = 1;
        for (int i = 0; i < expected.Length; i++)
        {
            double ratio = Math.Abs(actual[i] - expected[i]) / bound;
            if (!(ratio <= worstRatio))
                (worst, worstRatio) = (i, ratio);
        }
        if (worst >= 0)
            Assert.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"index {worst}: expected {expected[worst]:R}, got {actual[worst]:R}; off by {worstRatio:G4} times the bound {bound:G4}."));
    }
}
