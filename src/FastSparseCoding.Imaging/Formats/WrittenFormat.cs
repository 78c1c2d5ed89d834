namespace FastSparseCoding.Imaging.Formats;

/// <summary>A format that pictures are written in.</summary>
/// <param name="Endings">Endings of its files.</param>
/// <param name="Holds">Whether it holds pictures of so many channels, with or without alpha.</param>
/// <param name="Content">What it holds, for messages.</param>
/// <param name="Write">Writes a picture that it holds.</param>
internal sealed record WrittenFormat(
    IReadOnlyList<string> Endings, Func<int, bool, bool> Holds, string Content, Action<Stream, ColourImage> Write)
{
    private static readonly WrittenFormat[] All =
    [
        new([".png"], (_, _) => true, "", PngEncoder.Write),
        new([".tif", ".tiff"], (_, _) => true, "", TiffEncoder.Write),
        new([".pgm"], (channels, hasAlpha) => channels == 1 && !hasAlpha, "gray without alpha", Netpbm.Write),
        new([".ppm"], (channels, hasAlpha) => channels == 3 && !hasAlpha, "red, green and blue without alpha", Netpbm.Write),
    ];

    /// <summary>Whether files of that ending are written.</summary>
    public static bool Has(string ending) => Array.Exists(All, f => f.Endings.Contains(ending, StringComparer.OrdinalIgnoreCase));

    /// <summary>Refuses a path whose ending is of no format that is written.</summary>
    public static void RequireEnding(string path)
    {
        if (!Has(Path.GetExtension(path)))
            Throw.Unwritable<WrittenFormat>(path,
                $"pictures are written to files ending in {string.Join(", ", All.SelectMany(f => f.Endings))}.");
    }

    /// <summary>The format that a path's ending tells, or a refusal that says what can be written: before anything is computed.</summary>
    public static WrittenFormat For(string path, int channels, bool hasAlpha)
    {
        RequireEnding(path);
        string ending = Path.GetExtension(path);
        WrittenFormat format = All.First(f => f.Endings.Contains(ending, StringComparer.OrdinalIgnoreCase));
        if (!format.Holds(channels, hasAlpha))
            return Throw.Unwritable<WrittenFormat>(path,
                $"{ending} holds {format.Content}; the picture is {(channels == 1 ? "gray" : "red, green and blue")}"
                    + $"{(hasAlpha ? " with" : " without")} alpha, which "
                    + $"{string.Join(", ", All.Where(f => f.Holds(channels, hasAlpha)).SelectMany(f => f.Endings))} hold.");
        return format;
    }
}
