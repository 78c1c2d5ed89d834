using FastSparseCoding.Fuzz.Building;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Fuzz.Seeds;

/// <summary>Pictures: the tests' of 12×10 pixels, and some that have what those lack.</summary>
internal static class PictureFormats
{
    private static readonly FormatReader Gray =
        new(path => Digest(ImageFile.Load(path)), (stream, name) => Digest(ImageFile.Load(stream, name)));

    /// <summary>
    /// What is read as gray is read in colour, and the luma of its colours is the gray; but for a PPM, whose gray is rounded to steps of a
    /// largest value of its own.
    /// </summary>
    private static readonly FormatReader Colour = new(
        path =>
        {
            GrayImage gray = ImageFile.Load(path);
            ColourImage image = Colours(path);
            if (image.Channels == 1 || !path.EndsWith(".pnm", StringComparison.Ordinal))
                RequireLuma(image, gray);
            return Digest(image);
        },
        (stream, name) => Digest(ImageFile.LoadColour(stream, name)));

    public static IReadOnlyList<Format> All { get; } =
    [
        Of("png", [.. Fixtures(".png").Select(Containers.Png), Containers.Png(Interlaced())],
            Format.Lines("IHDR\nPLTE\nIDAT\nIEND\ntRNS\ngAMA\neXIf\nacTL\n\0\0\0\0IDAT\nabCD")),
        Of("jpeg", [.. Fixtures(".jpg", ".jpeg").Select(Containers.Jpeg), Containers.Jpeg(WithRestarts())], Markers()),
        Of("gif", [.. Fixtures(".gif").Select(f => new FilePart(f))],
            [[0x21, 0xF9, 4], [0x21, 0xFF], [0x2C], [0x3B], [0], .. Format.Lines("GIF87a\nGIF89a")]),
        Of("bmp", [.. Fixtures(".bmp").Select(f => new FilePart(f)), new FilePart(RunLength8()), new FilePart(RunLength4())],
            [[40, 0, 0, 0], [108, 0, 0, 0], [124, 0, 0, 0], [12, 0, 0, 0], [0, 0], [0, 1], [0, 2], [255, 1]]),
        Of("tiff", [.. Fixtures(".tif", ".tiff").Select(f => new FilePart(f)), new FilePart(Tiled()), new FilePart(BigEndian())], Tags()),
        Of("pnm", [.. Plain().Select(f => new FilePart(f))],
            Format.Lines("P1\nP2\nP3\nP4\nP5\nP6\nP7\n 65535 \n 255 \n#\n \n-\n99999999999")),
    ];

    private static Format Of(string name, IReadOnlyList<FilePart> files, IReadOnlyList<byte[]> words)
        => new(name, "." + name, files, words, [Gray, Colour]);

    private static int Digest(GrayImage image) => new Digest().Add(image.Width, image.Height).Add<float>(image.Pixels).Value;

    private static int Digest(ColourImage image)
    {
        var digest = new Digest();
        digest = digest.Add(image.Width, image.Height, image.Channels, image.HasAlpha, image.Bits);
        var row = new float[image.Width];
        for (int c = 0; c < (image.HasAlpha ? image.Channels + 1 : image.Channels); c++)
            for (int y = 0; y < image.Height; y++)
            {
                image.ReadRows(c, y, row);
                digest = digest.Add<float>(row);
            }
        return digest.Value;
    }

    private static ColourImage Colours(string path)
    {
        try
        {
            return ImageFile.LoadColour(path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidOperationException($"{path} is read as gray, but not in colour.", e);
        }
    }

    private static void RequireLuma(ColourImage image, GrayImage gray)
    {
        int largest = (1 << image.Bits) - 1;
        float[][] rows = [.. Enumerable.Range(0, image.Channels).Select(_ => new float[image.Width])];
        bool differs = (image.Width, image.Height) != (gray.Width, gray.Height);
        for (int y = 0; y < image.Height && !differs; y++)
        {
            for (int c = 0; c < rows.Length; c++)
                image.ReadRows(c, y, rows[c]);
            for (int x = 0; x < image.Width; x++)
                differs |= Luma(x) != (int)MathF.Floor(gray[x, y] * largest + 0.5f);
        }
        if (differs)
            throw new InvalidOperationException("The luma of the colours is not the gray.");

        long Luma(int x) => rows.Length == 1 ? Level(rows[0][x])
            : (19_595 * Level(rows[0][x]) + 38_470 * Level(rows[1][x]) + 7_471 * Level(rows[2][x]) + 32_768) >> 16;

        long Level(float value) => (long)MathF.Round(value * largest);
    }

    private static IEnumerable<byte[]> Fixtures(params string[] extensions)
    {
        System.Reflection.Assembly assembly = typeof(PictureFormats).Assembly;
        foreach (string name in assembly.GetManifestResourceNames()
            .Where(n => extensions.Contains(Path.GetExtension(n), StringComparer.Ordinal)).Order(StringComparer.Ordinal))
        {
            var bytes = new MemoryStream();
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            stream.CopyTo(bytes);
            yield return bytes.ToArray();
        }
    }

    /// <summary>8×8 pixels in the seven passes of Adam7: 79 bytes, of which 15 name filters.</summary>
    private static byte[] Interlaced()
    {
        byte[] header = [0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 1];
        return [.. PngChunk.Signature, .. PngChunk.Build("IHDR"u8, header), .. PngChunk.Build("IDAT"u8, PngChunk.Pack(new byte[79])),
            .. PngChunk.Build("IEND"u8, [])];
    }

    /// <summary>32×8 pixels, four blocks, a restart marker after each.</summary>
    private static byte[] WithRestarts()
        => new JpegBytes().Segment(0xDB, JpegBytes.Steps(16)).Segment(0xC4, JpegBytes.Sizes).Segment(0xC4, JpegBytes.OneCode(1, 0))
        .Segment(0xDD, 0, 1).Frame(0xC0, 32, 8).Scan().Means([10, -20, 30, 0], restartInterval: 1).End();

    private static IReadOnlyList<byte[]> Markers()
        => [.. ((byte[])[0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC9, 0xD0, 0xD1, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD, 0xE1, 0xEE, 0xFE, 0xFF])
            .Select(m => new byte[] { 0xFF, m }), [0x11], [0x22], [0x44], .. Format.Lines("Exif\0\0\nAdobe")];

    private static byte[] RunLength8() => Bmp(8, 1, [2, 0, 1, 1, 1, 0, 0, 0, 0, 4, 0, 1, 1, 0, 0, 1]);

    private static byte[] RunLength4() => Bmp(4, 2, [4, 0x10, 0, 0, 0, 4, 0x10, 0x01, 0, 1]);

    /// <summary>4×2 pixels of two colours.</summary>
    private static byte[] Bmp(byte bits, byte compression, byte[] runs) =>
    [
        .. "BM"u8, (byte)(62 + runs.Length), 0, 0, 0, 0, 0, 0, 0, 62, 0, 0, 0, 40, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 1, 0, bits, 0,
        compression, 0, 0, 0,
        (byte)runs.Length, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 10, 20, 30, 0, 200, 210, 220, 0, .. runs,
    ];

    private static byte[] BigEndian()
        => TiffBytes.Build(TiffBytes.Strip(4, 4, 8, photometric: 1, samples: 1, bytes: 16),
        [.. Enumerable.Range(0, 16).Select(i => (byte)(i * 13))], bigEndian: true);

    private static byte[] Tiled()
    {
        var tags = TiffBytes.Strip(20, 16, 8, photometric: 1, samples: 1, bytes: 0).Where(t => t.Tag is not (273 or 278 or 279)).ToList();
        tags.AddRange([(322, TiffBytes.Short, [16]), (323, TiffBytes.Short, [16]), (324, TiffBytes.Long, [0, 256]),
            (325, TiffBytes.Long, [256, 256])]);
        return TiffBytes.Build(tags, [.. Enumerable.Range(0, 512).Select(i => (byte)(i * 7))]);
    }

    /// <summary>Tags with their types, compressions and photometric kinds in either order of bytes.</summary>
    private static IReadOnlyList<byte[]> Tags()
    {
        int[] tags = [256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 330, 338, 339, 347, 529,
            530, 532, 700, 34665];
        int[] values = [1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34676, 65535];
        return [.. tags.Concat(values).SelectMany(v => new byte[][] { [(byte)v, (byte)(v >> 8)], [(byte)(v >> 8), (byte)v] })];
    }

    private static byte[][] Plain() =>
    [
        "P2\n# a\n3 2\n255\n10 20 30 40 50 60\n"u8.ToArray(), "P3 2 1 15 1 2 3 13 14 15"u8.ToArray(),
        [.. "P5 3 2 255\n"u8, 1, 2, 3, 4, 5, 6],
        [.. "P5 2 2 65535\n"u8, 1, 2, 3, 4, 5, 6, 7, 8], [.. "P6 2 1 255\n"u8, 1, 2, 3, 4, 5, 6],
    ];
}
