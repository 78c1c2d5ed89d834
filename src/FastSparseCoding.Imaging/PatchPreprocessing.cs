using FastSparseCoding.Learning;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>What is done to a patch after it was cut from an image with values from 0 to 1.</summary>
public enum PatchNormalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its mean is subtracted.</summary>
    ZeroMean,

    /// <summary>Its mean is subtracted and it is divided by its standard deviation (population): the paper's.</summary>
    UnitDeviation,
}

/// <summary>How images become signals; stored in every model learned from images, so that new images are treated alike. Immutable and safe
/// to share between threads.</summary>
public sealed record PatchPreprocessing : SignalPreparation
{
    /// <summary>The paper's: 10×10 patches, zero mean, unit deviation.</summary>
    public static PatchPreprocessing Default { get; } = new();

    /// <summary>Side of a square patch in pixels, from 1 to 256. Default 10.</summary>
    public int PatchSize { get; init; } = 10;

    /// <summary>Patches whose standard deviation is below this are left out: too flat to say anything; 0 or more, in the image's units from
    /// 0 to 1. Default 0.02.</summary>
    public float MinimumDeviation { get; init; } = 0.02f;

    /// <summary>What is done to each patch. Default: zero mean, unit deviation.</summary>
    public PatchNormalization Normalization { get; init; } = PatchNormalization.UnitDeviation;

    /// <summary>A whitening applied after the normalisation, or null (default) for none.</summary>
    public ZcaWhitening? Whitening { get; init; }

    /// <summary>Values in a signal n = PatchSize².</summary>
    public override int SignalSize => PatchSize * PatchSize;

    /// <summary>What a model file says of the images it was made from.</summary>
    /// <param name="file">A dictionary, an encoder or a classifier.</param>
    /// <returns>How images became signals, or null when they were no images.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no model, damaged, of a newer version, or its preprocessing is out of range or of
    /// another signal size.</exception>
    public static PatchPreprocessing? Read(FileSource file)
    {
        using ModelReader reader = ModelReader.Open(file);
        return PreprocessingFormat.Read(reader);
    }

    /// <summary>Checks every property.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">A property is out of its range, or the whitening is of another signal size.</exception>
    internal PatchPreprocessing Validated()
    {
        Throw.IfOutside(PatchSize, 1, 256);
        Throw.IfOutside(MinimumDeviation, 0f, 1f);
        // Dividing by the deviation of a constant patch would make infinities.
        if (Normalization == PatchNormalization.UnitDeviation)
            Throw.IfNotPositive(MinimumDeviation);
        if (Whitening is not null)
            Throw.IfLengthNot(Whitening.Mean.Count, SignalSize, nameof(Whitening));
        return this;
    }

    internal override string Description
    {
        get
        {
            string treatment = Normalization switch
            {
                PatchNormalization.UnitDeviation => ", less their mean, divided by their deviation",
                PatchNormalization.ZeroMean => ", less their mean",
                _ => "",
            };
            return $"patches of {PatchSize}×{PatchSize} pixels from 0 to 1{treatment}{(Whitening is null ? "" : ", whitened")}";
        }
    }

    internal override void Check() => Validated();

    internal override void WriteTo(ModelWriter writer) => PreprocessingFormat.Write(writer, this);
}
