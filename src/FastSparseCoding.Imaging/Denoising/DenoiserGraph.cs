using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>A denoiser of patches as a graph: an operation a line, with its equation.</summary>
internal static class DenoiserGraph
{
    public static OnnxModel Model(Denoiser denoiser)
    {
        ModelWriter description = DenoiserFile.Writer(denoiser);
        string channels = denoiser.Channels == 1 ? "" : $", of {denoiser.Channels} channels one after the other";
        return new OnnxModel(ModelFormat.DenoiserKind, Graph(denoiser),
            $"x: noisy patches of {denoiser.PatchSize}×{denoiser.PatchSize} pixels from 0 to 1 as rows{channels}; sigma: deviation of the "
            + "noise in levels of 255, one for all rows or one for each", description);
    }

    public static OnnxGraph Graph(Denoiser denoiser)
    {
        var g = new OnnxGraph();
        OnnxValue a = Matrix("A"), d = Matrix("D"), w = Matrix("W");
        OnnxValue channels = g.Integers("channels", 0, denoiser.Channels, -1), pixels = g.Integers("pixels", 0, -1);
        OnnxValue level = g.Constant("level", [1f / 255]), one = g.Integers("one", 1);
        OnnxValue noisy = g.Input("x", OnnxGraph.Batch, denoiser.SignalSize), sigma = g.Input("sigma", "S");

        OnnxValue planes = g.Reshape(noisy, channels), means = g.LastMean(planes);
        OnnxValue x = g.Reshape(g.Subtract(planes, means), pixels);                     // x, the mean of every channel removed
        OnnxValue s = g.Scale(g.Column(sigma, one), level);                             // σ/255 [N×1] or [1×1]
        OnnxThreshold[] theta = [.. Enumerable.Range(0, denoiser.Depth + 1)
            .Select(t => g.Add(Row("a", t), g.Scale(Row("b", t), s)))                   // θ_t = a_t + b_t·σ/255
            .Select(t => g.Threshold(t, nonNegative: false))];
        OnnxValue z = OnnxEncoders.CoupledLayers(g, x, a, d, theta);                    // Z(T)
        OnnxValue y = g.Multiply(z, w);                                                 // x̂ = Z(T)W
        OnnxValue clean = g.Reshape(g.Add(g.Reshape(y, channels), means), pixels);
        g.Output("y", clean, OnnxType.Float32, OnnxGraph.Batch, denoiser.SignalSize);
        return g;

        OnnxValue Matrix(string name) => g.Constant(name, denoiser.Parameters.View(name));

        OnnxValue Row(string name, int t) => g.Constant($"{name}_{t}", denoiser.Parameters.View(name).Row(t));
    }
}
