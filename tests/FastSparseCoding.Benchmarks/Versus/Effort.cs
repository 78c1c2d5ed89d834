namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>How much work makes a measurement: usually enough for a number that means something; with --quick so little that it only shows
/// that all runs.</summary>
internal static class Effort
{
    public static bool IsQuick { get; set; }

    public static T Of<T>(T usual, T quick) => IsQuick ? quick : usual;
}
