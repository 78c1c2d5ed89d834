namespace FastSparseCoding.Evaluation;

/// <summary>Reads a falling curve on log-log axes the other way round.</summary>
internal static class LogLogCurve
{
    /// <summary>
    /// Where the curve comes to stay at or below <paramref name="level"/>, interpolated; positive infinity when it ends above it, its first
    /// abscissa when it is never above it.
    /// </summary>
    public static double FirstAtOrBelow(IReadOnlyList<int> abscissas, IReadOnlyList<double> ordinates, double level)
    {
        int last = ordinates.Count - 1;
        if (ordinates[last] > level)
            return double.PositiveInfinity;
        while (last > 0 && ordinates[last - 1] <= level)
            last--;
        if (last == 0 || abscissas[last - 1] == 0 || ordinates[last] <= 0)
            return abscissas[last];
        double x0 = Math.Log(abscissas[last - 1]), x1 = Math.Log(abscissas[last]), y0 = Math.Log(ordinates[last - 1]),
            y1 = Math.Log(ordinates[last]);
        return Math.Exp(x0 + (x1 - x0) * (y0 - Math.Log(level)) / (y0 - y1));
    }
}
