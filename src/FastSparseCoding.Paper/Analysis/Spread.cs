using System.Globalization;
using System.Text.Json.Nodes;

namespace FastSparseCoding.Paper;

/// <summary>A number measured once for every seed: its mean, and the least and the most of it.</summary>
internal readonly record struct Spread(double Mean, double Least, double Most, int Count)
{
    /// <summary>Half of the range, (largest − smallest)/2.</summary>
    public double HalfRange => (Most - Least) / 2;

    public static Spread Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return new Spread(all.Average(), all.Min(), all.Max(), all.Length);
    }

    /// <summary>The mean in four digits; after ± half of the range, to the same decimal place.</summary>
    public override string ToString()
    {
        string mean = ValueText.Of(Mean);
        if (Count == 1 || !double.IsFinite(HalfRange) || Mean == 0)
            return mean;
        int decimals = Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(Mean))), 0, 9);
        return $"{Mean.ToString($"F{decimals}", CultureInfo.InvariantCulture)} ± "
            + $"{HalfRange.ToString($"F{decimals}", CultureInfo.InvariantCulture)}";
    }

    /// <summary>A plain number from one seed, mean and half range from several.</summary>
    public JsonNode? ToJson()
        => Count == 1 ? ValueText.ToJson(Mean)
            : new JsonObject { ["mean"] = ValueText.ToJson(Mean), ["half_range"] = ValueText.ToJson(HalfRange) };
}
