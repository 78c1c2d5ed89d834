using FastSparseCoding.Learning;

namespace FastSparseCoding.Imaging;

/// <summary>The names in an .npz of places; see <see cref="PatchPlacesWriter"/>.</summary>
internal static class PlacesFormat
{
    public const string Kind = "patch-places";
    public const string KindName = "format", Patch = "patch", Whitening = "whitening", Dictionary = "dictionary";
    public const string Names = "names", Width = "width", Height = "height";

    /// <summary>The five arrays of the patches in the order of their codes, and the four of the places left out as flat.</summary>
    public const string Picture = "picture", X = "x", Y = "y", Mean = "mean", Deviation = "deviation", Flat = "flat_";

    /// <summary>A word that tells a whitening from any other, and from none.</summary>
    public static string NameOf(ZcaWhitening? whitening) => whitening is null ? "none" : Fingerprint.Of(whitening.Transform);
}
