using FastSparseCoding.Encoders;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>Denoisers as model files (see <see cref="ModelFile"/>) of kind "denoiser": the noise they were trained for travels with them.
/// Safe to call from several threads at once.</summary>
public static class DenoiserFile
{
    private const string SigmaFromKey = "sigma_from";
    private const string SigmaToKey = "sigma_to";

    /// <summary>Channels of a patch; a file without it has one.</summary>
    private const string ChannelsKey = "channels";

    /// <summary>Writes a denoiser. A file appears whole or not at all.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="denoiser">The denoiser.</param>
    /// <exception cref="ArgumentException">A parameter is not finite.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(FileTarget file, Denoiser denoiser)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        var writer = new ModelWriter(ModelFormat.DenoiserKind);
        writer.Set(ModelFormat.SignalSizeKey, denoiser.SignalSize);
        if (denoiser.Channels > 1)
            writer.Set(ChannelsKey, denoiser.Channels);
        writer.Set(ModelFormat.CodeSizeKey, denoiser.AtomCount);
        writer.Set(ModelFormat.DepthKey, denoiser.Depth);
        writer.Set(SigmaFromKey, denoiser.SigmaFrom);
        writer.Set(SigmaToKey, denoiser.SigmaTo);
        ModelFile.AddParameters(writer, ModelFormat.ParameterPrefix, denoiser.Parameters);
        writer.Save(file);
    }

    /// <summary>Reads a denoiser.</summary>
    /// <param name="file">A file written by <see cref="Save"/>.</param>
    /// <returns>The denoiser.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no denoiser, damaged, or of a newer version.</exception>
    /// <example><code>
    /// Denoiser denoiser = DenoiserFile.Load("denoiser.safetensors");
    /// GrayImage clean = PictureDenoiser.Denoise(ImageFile.Load("noisy.png"), denoiser, sigma: 25);
    /// </code></example>
    public static Denoiser Load(FileSource file)
    {
        using ModelReader reader = ModelReader.Open(file);
        reader.RequireKind("a denoiser", ModelFormat.DenoiserKind);
        int channels = reader.Has(ChannelsKey) ? reader.Number(ChannelsKey, 1, 3) : 1;
        if (channels == 2)
            Throw.InvalidFile(reader.Path, $"its metadata has {ChannelsKey} '2'; expected 1 or 3.");
        int n = reader.Number(ModelFormat.SignalSizeKey, 4 * channels, channels * Denoiser.MaxPatchSize * Denoiser.MaxPatchSize);
        int side = SquarePatch.SideOf(n, channels);
        if (side == 0)
            Throw.InvalidFile(reader.Path, $"its metadata has {ModelFormat.SignalSizeKey} '{n}'; expected the pixels of a square patch.");
        int atoms = reader.Number(ModelFormat.CodeSizeKey, 1, int.MaxValue);
        int depth = reader.Number(ModelFormat.DepthKey, 0, Denoiser.MaxDepth);
        float from = reader.Number(SigmaFromKey, 0f, 255f), to = reader.Number(SigmaToKey, from, 255f);
        foreach (ParameterWindow window in reader.Build("denoiser", () => Denoiser.Layout(n, atoms, depth)))
            reader.RequireMatrix(ModelFormat.ParameterPrefix + window.Name, window.Rows, window.Columns);
        Denoiser denoiser = reader.Build("denoiser", () => new Denoiser(side, channels, atoms, depth, from, to));
        ModelFile.ReadParameters(reader, ModelFormat.ParameterPrefix, denoiser.Parameters);
        foreach (ParameterWindow window in denoiser.Parameters.Windows)
            if (window.IsThreshold)
                foreach (float value in denoiser.Parameters.View(window).Values)
                    if (value < 0)
                        Throw.InvalidFile(reader.Path, $"its parameter '{window.Name}' has the value {value}; thresholds are 0 or more.");
        denoiser.Refresh();
        return denoiser;
    }
}
