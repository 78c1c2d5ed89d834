using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FastSparseCoding.Fuzz.Building;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Fuzz.Seeds;

/// <summary>Arrays of NumPy, sparse codes of SciPy, images and labels of MNIST.</summary>
internal static class ArrayFormats
{
    private static readonly float[] Values = [1, -2, 0.5f, 3e8f, 0, 7];
    private static readonly Matrix X = new(2, 3, [.. Values]);
    private static readonly SparseCodes Z = new(5, [0, 2, 2, 3], [1, 4, 0], [1, -2, 0.5f]);

    private static readonly IReadOnlyList<byte[]> Words =
        Format.Lines(
        "<f4\n<f8\n>f4\n<i4\n<i8\n|b1\n<U3\n|O\n<f16\n{'descr':\n'shape':\n'fortran_order': True\n()\n(1,)\n(2, 3)\n(0, 5)\n(1L, "
        + "2)\n.npy\ncsr\ncsc\n\u001b[2J\n\0\n\\'");

    /// <summary>What a file's description says.</summary>
    public static FormatReader Description { get; } = new(path => Said(FileDescription.Read(path)));

    private static int DescribeIdx(string path) => IdxFile.TryDescribe(path) is { } description ? Said(description) : 0;

    private static int Said(FileDescription description)
    {
        var digest = new Digest();
        foreach ((string name, string value) in description.Texts)
            digest = digest.Add(name, value);
        return digest.Value;
    }

    public static IReadOnlyList<Format> All { get; } =
    [
        new("npy", ".npy", [.. Arrays().Select(Containers.Npy)], Words,
            [FormatReader.Of(file => Digest.Of(Npy.ReadMatrix(file))), FormatReader.Of(ReadDoubles), Description]),
        new("npz", ".npz", [Archive(CompressionLevel.NoCompression), Archive(CompressionLevel.Fastest)], Words,
            [new(ReadArchive, ReadArchive), Description]),
        new("csv", ".csv", [.. Tables().Select(t => new FilePart(Encoding.UTF8.GetBytes(t)))],
            Format.Lines(",\n;\n\t\nnan\n1e99\n#\n\"\n-\n.\n\r"), [new(path => Digest.Of(RowsReader.ReadMatrix(path))), Description]),
        new("csr", ".npz", [Codes(CompressionLevel.NoCompression), Codes(CompressionLevel.Fastest)], Words,
            [FormatReader.Of(ReadCodes), Description]),
        new("idx", ".gz", [.. Idx().Select(f => new FilePart(f)), .. Idx().Select(Containers.Gzip)],
            Format.Lines("\0\0\u0008\u0003\n\0\0\u0008\u0001\n\u001f"), [new(ReadImages), new(ReadLabels), new(DescribeIdx)]),
    ];

    private static string[] Tables() => ["1,-2,0.5\n3e8,0,7\n", "a;b\r\n# comment\r\n1;2\r\n\r\n3;4\r\n"];

    private static byte[][] Arrays()
    {
        byte[] singles = NpyBytes.Singles(Values), doubles = NpyBytes.Doubles([.. Values]);
        return
        [
            TempFile.Written(p => Npy.Write(p, X)),
            TempFile.Written(p => Npy.WriteDoubles(p, 3, 2, [1, 2, 3, 4, 5, 6])),
            NpyBytes.Make(NpyBytes.Header("<f4", "(3, 2)", fortran: true), singles),
            NpyBytes.Make(NpyBytes.Header(">f8", "(6,)"), NpyBytes.Reversed(doubles, 8)),
        ];
    }

    private static FilePart Archive(CompressionLevel level)
        => Containers.Npz(TempFile.Written(p => Npz.Write(p, [new("x", X), new("y", new Matrix(1, 2))])), level);

    private static FilePart Codes(CompressionLevel level) => Containers.Npz(TempFile.Written(p => Npz.WriteCodes(p, Z)), level);

    private static byte[][] Idx()
        => [[.. Sizes(3, 2, 3, 2), .. new byte[] { 0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6 }], [.. Sizes(1, 5), 7, 2, 1, 0, 9]];

    private static byte[] Sizes(byte dimensions, params int[] sizes)
    {
        byte[] header = [0, 0, 8, dimensions, .. new byte[4 * sizes.Length]];
        for (int i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), sizes[i]);
        return header;
    }

    private static int ReadDoubles(FileSource file)
    {
        (int rows, int columns, double[] values) = Npy.ReadDoubles(file);
        return new Digest().Add(rows, columns).Add<double>(values).Value;
    }

    private static int ReadArchive(string path) => ReadArchive(() => path);

    // A source is used up by a reading; each has one of its own.
    private static int ReadArchive(Stream stream, string name)
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return ReadArchive(() => new FileSource(bytes.ToArray(), name));
    }

    private static int ReadArchive(Func<FileSource> file)
    {
        var digest = new Digest();
        foreach (string name in Npz.Names(file()))
            digest = digest.Add(name, Digest.Of(Npz.ReadMatrix(file(), name)));
        return digest.Value;
    }

    private static int ReadCodes(FileSource file)
    {
        SparseCodes codes = Npz.ReadCodes(file);
        return new Digest().Add(codes.Columns).Add<int>(codes.RowStarts).Add<int>(codes.ColumnIndices).Add<float>(codes.Values).Value;
    }

    private static int ReadImages(string path)
    {
        (Matrix images, int height, int width) = IdxFile.ReadImages(path);
        return new Digest().Add(Digest.Of(images), height, width).Value;
    }

    private static int ReadLabels(string path) => new Digest().Add<byte>(IdxFile.ReadLabels(path)).Value;
}
