using FastSparseCoding.Learning;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>The preprocessing as it stands in a model file; a file without it is of signals that were no images.</summary>
internal static class PreprocessingFormat
{
    private const string SizeKey = "patch_size";
    private const string DeviationKey = "patch_minimum_deviation";
    private const string NormalizationKey = "patch_normalization";
    private const string MeanTensor = "whitening.mean";
    private const string TransformTensor = "whitening.transform";

    private static readonly (string Text, PatchNormalization Value)[] Normalizations =
        [("none", PatchNormalization.None), ("zero-mean", PatchNormalization.ZeroMean), ("unit-std", PatchNormalization.UnitDeviation)];

    public static void Write(ModelWriter writer, PatchPreprocessing preprocessing)
    {
        writer.Set(SizeKey, preprocessing.PatchSize);
        writer.Set(DeviationKey, preprocessing.MinimumDeviation);
        writer.Set(NormalizationKey, NameOf(preprocessing.Normalization));
        if (preprocessing.Whitening is not { } whitening)
            return;
        writer.Add<float>(MeanTensor, whitening.Mean.ToArray());
        writer.Add(TransformTensor, whitening.Transform);
    }

    /// <summary>A normalisation in the words of files and of the command line.</summary>
    public static string NameOf(PatchNormalization normalization) => Array.Find(Normalizations, n => n.Value == normalization).Text;

    public static PatchPreprocessing? Read(ModelReader reader)
    {
        if (!reader.Has(SizeKey))
            return null;
        // A classifier of signals as they are has no codes of another size.
        int signalSize = reader.Number(
            reader.Has(ModelFormat.SignalSizeKey) ? ModelFormat.SignalSizeKey : ModelFormat.CodeSizeKey, 1, int.MaxValue),
            size = reader.Number(SizeKey, 1, 256);
        if (size * size != signalSize)
            Throw.InvalidFile(reader.Path,
                $"its metadata has {SizeKey} '{size}', patches of {size * size} values; its signals have {signalSize}.");
        var preprocessing = new PatchPreprocessing
        {
            PatchSize = size,
            MinimumDeviation = reader.Number(DeviationKey, 0f, 1f),
            Normalization = ReadNormalization(reader),
            Whitening = reader.HasTensor(MeanTensor)
                ? reader.Build("whitening",
                    () => new ZcaWhitening(reader.Values<float>(MeanTensor), reader.Matrix(TransformTensor, size * size, size * size)))
                : null,
        };
        return reader.Build("preprocessing", preprocessing.Validated);
    }

    private static PatchNormalization ReadNormalization(ModelReader reader)
    {
        string text = reader.Text(NormalizationKey);
        int index = Array.FindIndex(Normalizations, n => n.Text == text);
        if (index < 0)
            Throw.InvalidFile(reader.Path,
                $"its metadata has {NormalizationKey} '{text}'; expected one of {string.Join(", ", Normalizations.Select(n => n.Text))}.");
        return Normalizations[index].Value;
    }
}
