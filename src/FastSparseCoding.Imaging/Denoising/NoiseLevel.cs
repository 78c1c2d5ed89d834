using System.Runtime.CompilerServices;

namespace FastSparseCoding.Imaging;

/// <summary>The deviation σ of a picture's noise, in levels of 255 as papers say it.</summary>
public static class NoiseLevel
{
    /// <summary>Refuses what is no deviation of noise.</summary>
    internal static void Check(float sigma, [CallerArgumentExpression(nameof(sigma))] string name = "")
    {
        Throw.IfNotPositive(sigma, name);
        Throw.IfAbove(sigma, 255f, name);
    }
}
