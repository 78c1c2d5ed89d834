namespace FastSparseCoding.Imaging.Formats;

/// <summary>How a format is written.</summary>
/// <param name="Format">Which it is.</param>
/// <param name="Endings">Endings of its files.</param>
/// <param name="Holds">Whether it holds pictures of so many channels, with or without alpha.</param>
/// <param name="Content">What it holds, for messages.</param>
/// <param name="Write">Writes a picture that it holds.</param>
internal sealed record WrittenFormat(
    ImageFormat Format, IReadOnlyList<string> Endings, Func<int, bool, bool> Holds, string Content, Action<Stream, ColourImage> Write)
{
    private static readonly WrittenFormat[] All =
    [
        new(ImageFormat.Png, [".png"], (_, _) => true, "", PngEncoder.Write),
        new(ImageFormat.Tiff, [".tif", ".tiff"], (_, _) => true, "", TiffEncoder.Write),
        new(ImageFormat.Pgm, [".pgm"], (channels, hasAlpha) => channels == 1 && !hasAlpha, "gray without alpha", Netpbm.Write),
        new(ImageFormat.Ppm, [".ppm"], (channels, hasAlpha) => channels == 3 && !hasAlpha, "red, green and blue without alpha",
            Netpbm.Write),
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
            return Throw.Unwritable<WrittenFormat>(path, $"{ending} {format.Refusal(channels, hasAlpha, f => f.Endings)}");
        return format;
    }

    /// <summary>A format that holds such pictures, or a refusal of the argument that names it.</summary>
    public static WrittenFormat Of(ImageFormat format, int channels, bool hasAlpha)
    {
        WrittenFormat? written = Array.Find(All, f => f.Format == format);
        if (written is null)
            Throw.OutOfRange(nameof(format), format, string.Join(", ", All[..^1].Select(f => f.Format)) + $" or {All[^1].Format}");
        if (!written.Holds(channels, hasAlpha))
            Throw.Argument(nameof(format),
                $"'{nameof(format)}' is {format}, which {written.Refusal(channels, hasAlpha, f => [$"{f.Format}"])}");
        return written;
    }

    private string Refusal(int channels, bool hasAlpha, Func<WrittenFormat, IReadOnlyList<string>> names)
        => $"holds {Content}; the picture is {(channels == 1 ? "gray" : "red, green and blue")}{(hasAlpha ? " with" : " without")} alpha, "
            + $"which {string.Join(", ", All.Where(f => f.Holds(channels, hasAlpha)).SelectMany(names))} hold.";
}
