using System.Globalization;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Paper;

/// <summary>The pictures of a reproduction and how patches are cut from them.</summary>
internal sealed record PictureInput(ImageStore Images, string Origin, PatchPreprocessing Preprocessing)
{
    private const string GeneratedOrigin = "generated (dead leaves)";

    public bool IsGenerated => Origin == GeneratedOrigin;

    public string Description
    {
        get
        {
            const int Fewest = ImageStore.FewestToHoldOut;
            string others = Images.Count < Fewest ? $", or, as here with fewer than {Fewest}, other patches" : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Images.Count}, {Origin}; pixels {Fingerprint.Of(Images)}; patches to test on are of other pictures than those learned from{others}");
        }
    }

    /// <summary>Pictures made up from a seed.</summary>
    public static PictureInput Generate(PatchPreprocessing preprocessing, int seed)
        => new(ImageStore.Of(DeadLeaves.GenerateMany(Plan.GeneratedImages, Plan.GeneratedSize, seed)), GeneratedOrigin, preprocessing);

    public string PatchDescription
        => FormattableString.Invariant(
            $"{Preprocessing.PatchSize}×{Preprocessing.PatchSize}, {PreprocessingFormat.NameOf(Preprocessing.Normalization)}, deviation at least {Preprocessing.MinimumDeviation}");
}
