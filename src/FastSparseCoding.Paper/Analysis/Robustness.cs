using FastSparseCoding.Encoders;

namespace FastSparseCoding.Paper;

/// <summary>Conditions a predictor was not trained for: noisy signals and another sparsity weight. <see cref="EqualWorkComparison"/>
/// measures under them.</summary>
internal static class Robustness
{
    /// <summary>Adds independent normal noise to every value.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <param name="deviation">Its standard deviation, in the units of the signals, 0 or more.</param>
    /// <param name="seed">The same seed gives the same noise.</param>
    /// <returns>The noisy signals.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative or not finite.</exception>
    public static Matrix AddNoise(Matrix x, double deviation, int seed)
    {
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfOutside(deviation, 0, float.MaxValue);
        var random = new Random(seed);
        Matrix noisy = x.Clone();
        foreach (ref float value in noisy.Values)
            value += (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return noisy;
    }

    /// <summary>A trained encoder turned to another sparsity weight without training: θ and λ times a factor, as in ISTA, where θ =
    /// λ/L.</summary>
    /// <param name="encoder">The encoder: lista, lista-layers, lcod or shrink.</param>
    /// <param name="factor">The factor, above 0.</param>
    /// <returns>A copy with the other thresholds.</returns>
    /// <exception cref="ArgumentException">The encoder has no thresholds, or the factor is out of range.</exception>
    public static TrainableEncoder ScaleThresholds(TrainableEncoder encoder, float factor)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        Throw.IfNotPositive(factor);
        TrainableEncoder scaled =
            EncoderFactory.CreateEmpty(
            encoder.Kind, encoder.SignalSize, encoder.CodeSize, encoder.Depth, encoder.Penalty.WithLambda(encoder.Lambda * factor),
            encoder.Dictionary);
        encoder.Parameters.Values.CopyTo(scaled.Parameters.Values);
        ParameterWindow[] thresholds = [.. scaled.Parameters.Windows.Where(w => w.IsThreshold)];
        if (thresholds.Length == 0)
            Throw.Argument(nameof(encoder), $"'encoder' is a '{encoder.Kind}', which has no thresholds to scale.");
        foreach (ParameterWindow window in thresholds)
            foreach (ref float theta in scaled.Parameters.View(window).Values)
                theta *= factor;
        scaled.Refresh();
        return scaled;
    }
}
