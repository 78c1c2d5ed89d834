using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>IMAGES that are an IDX file, as MNIST comes: every picture is taken whole, as one patch.</summary>
internal static class WholeImageInput
{
    private static readonly string[] Endings = ["-idx3-ubyte", ".idx3-ubyte", "-idx3-ubyte.gz", ".idx3-ubyte.gz"];

    /// <summary>Whether the arguments are one IDX file of images.</summary>
    public static bool IsOne(IReadOnlyList<string> paths)
        => paths.Count == 1 && Endings.Any(e => paths[0].EndsWith(e, StringComparison.OrdinalIgnoreCase)) && !Directory.Exists(paths[0]);

    /// <summary>Side of the pictures when the arguments are such a file, null for any others.</summary>
    public static int? Side(IReadOnlyList<string> paths) => IsOne(paths) ? LabelledImages.ReadSquare(paths[0]).Side : null;

    /// <summary>The pictures as signals [N×n].</summary>
    public static Matrix Read(string path, PatchPreprocessing preprocessing)
    {
        Matrix images = LabelledImages.ReadSquare(path).Images;
        WholeImages.Normalize(images, preprocessing);
        return images;
    }
}
