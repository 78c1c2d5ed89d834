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
    public static void Save(FileTarget file, Denoiser denoiser) => Save(file, denoiser, trainedOn: []);

    /// <summary>Writes a denoiser with fingerprints of the pictures it was trained on; <see cref="ModelFile.ReadTrainedOn"/> reads
    /// them.</summary>
    internal static void Save(FileTarget file, Denoiser denoiser, ReadOnlySpan<long> trainedOn)
    {
        ModelWriter writer = Writer(denoiser);
        ModelFile.AddParameters(writer, ModelFormat.ParameterPrefix, denoiser.Parameters);
        ModelFile.AddTrainedOn(writer, trainedOn);
        writer.Save(file);
    }

    /// <summary>
    /// Writes a denoiser as an ONNX file (see <see cref="OnnxFile"/>). Inputs: x [N×C·p²], noisy patches of pixels 0 to 1, channel after
    /// channel, row after row of each, as they are cut, and sigma [N] or [1], the deviation of the noise in levels of 255. Output: y
    /// [N×C·p²], the cleaned patches. The graph takes the mean of every channel away and gives it back. A file appears whole or not at all.
    /// </summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="denoiser">The denoiser.</param>
    /// <exception cref="ArgumentException">A parameter is not finite.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void SaveOnnx(string path, Denoiser denoiser) => DenoiserGraph.Model(denoiser).Save(path);

    /// <summary>Writes a denoiser as an ONNX file to a stream.</summary>
    /// <param name="stream">Receives the file; it is not closed.</param>
    /// <param name="denoiser">The denoiser.</param>
    /// <exception cref="ArgumentException">A parameter is not finite.</exception>
    public static void SaveOnnx(Stream stream, Denoiser denoiser)
    {
        ArgumentNullException.ThrowIfNull(stream);
        DenoiserGraph.Model(denoiser).Save(stream);
    }

    /// <summary>Reads a denoiser.</summary>
    /// <param name="file">A file written by <see cref="Save(FileTarget, Denoiser)"/>.</param>
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

    /// <summary>The file of a denoiser, without its parameters.</summary>
    internal static ModelWriter Writer(Denoiser denoiser)
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
        return writer;
    }
}
