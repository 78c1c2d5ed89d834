using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// The first directory of a TIFF (TIFF 6.0, section 2), held against the file before the library that decodes it sees it: the library takes
/// memory for what the directory claims. Every value lies within the file; strips or tiles make the picture, lie within the file, and are
/// large enough for it.
/// </summary>
internal sealed class TiffDirectory
{
    private const long MostPieceBytes = 1 << 30;

    private readonly string _path;
    private readonly ImageBytes _bytes;
    private readonly Dictionary<int, Entry> _entries = [];

    private TiffDirectory(string path, ImageBytes bytes)
    {
        (_path, _bytes, IsLittleEndian) = (path, bytes, bytes[0] == 'I');
        ReadEntries();
        (long width, long height) = (One(TiffTags.Width), One(TiffTags.Height));
        ImageFile.CheckSize(path, width, height);
        (Width, Height) = (width, height);
        Samples = One(TiffTags.Samples, 1);
        Bits = SampleBits(Samples);
        Compression = One(TiffTags.Compression, 1);
        Photometric = One(TiffTags.Photometric);
        Orientation = One(TiffTags.Orientation, 1) is >= 1 and <= 8 and long orientation ? (int)orientation : 1;
        Separate = One(TiffTags.Planar, 1) == 2;
        if (Samples is < 1 or > 64 || Bits is not (1 or 2 or 4 or 8 or 16 or 32 or 64))
            Throw.InvalidFile(path, $"has {Samples} samples of {Bits} bits a pixel; expected 1 to 64 of 1, 2, 4, 8 or 16 bits.");
        if (Bits > 16 || One(TiffTags.SampleFormat, 1) is not (1 or 4))
            Throw.InvalidFile(path,
                $"has samples of {Bits} bits and format {One(TiffTags.SampleFormat, 1)}; expected unsigned ones of up to 16 bits.");
        if (!TiffTags.IsRead(Compression))
            Throw.InvalidFile(path,
                $"is compressed by method {Compression}; expected none (1), CCITT (2, 3, 4), LZW (5), JPEG (7), deflate (8) or PackBits "
                    + "(32773).");
        if (Compression is 2 or 3 or 4 && Bits * Samples != 1)
            Throw.InvalidFile(
                path, $"has {Samples} samples of {Bits} bits a pixel; its compression by method {Compression} (CCITT) is of one bit.");
        if (Photometric == 3 && Count(TiffTags.Palette) != 3L << (int)Math.Min(Bits, 16))
            Throw.InvalidFile(path, $"is damaged: its palette has {Count(TiffTags.Palette)} values; {Bits} bits need {3L << (int)Bits}.");
        if (Count(TiffTags.TileWidth) > 0)
            CheckTiles();
        else
            CheckStrips();
    }

    public bool IsLittleEndian { get; }

    public long Width { get; }

    public long Height { get; }

    public long Samples { get; }

    public long Bits { get; }

    public long Compression { get; }

    public long Photometric { get; }

    /// <summary>How the picture is meant to be seen, 1 to 8.</summary>
    public int Orientation { get; }

    /// <summary>Whether each sample has strips or tiles of its own.</summary>
    public bool Separate { get; }

    /// <summary>Whether the sample behind the colours is alpha that they were not multiplied by (TIFF 6.0, section 18).</summary>
    public bool HasAlpha(int colours) => Samples > colours && One(TiffTags.ExtraSamples, 0) == 2;

    /// <summary>Size of a tile, or of a strip.</summary>
    public (long Width, long Height) Piece { get; private set; }

    public bool Tiled => Count(TiffTags.TileWidth) > 0;

    /// <summary>Whether rows of samples lie in the file as they are: in strips, not compressed, the high bit first.</summary>
    public bool HasPlainRows => !Tiled && Compression == 1 && One(TiffTags.FillOrder, 1) == 1;

    /// <summary>Bytes of a row of a strip.</summary>
    public long RowBytes => (Piece.Width * (Separate ? 1 : Samples) * Bits + 7) / 8;

    /// <summary>Where a row of samples lies that is stored as it is.</summary>
    /// <param name="y">The row.</param>
    /// <param name="plane">The sample, where each has strips of its own; else 0.</param>
    public long PlainRow(int y, int plane)
    {
        long down = (Height + Piece.Height - 1) / Piece.Height;
        return Value(TiffTags.StripOffsets, plane * down + y / Piece.Height) + y % Piece.Height * RowBytes;
    }

    public static TiffDirectory Read(string path, ImageBytes bytes) => new(path, bytes);

    private void ReadEntries()
    {
        long at = _bytes.Length < 8 ? _bytes.Length : Int(_bytes.Slice(4, 4));
        int count = at < 8 || at + 2 > _bytes.Length ? 0 : Short(_bytes.Slice(at, 2));
        if (count == 0 || at + 2 + 12L * count > _bytes.Length)
            Throw.InvalidFile(_path, "is cut short or damaged: its first directory does not lie within it.");
        ReadOnlySpan<byte> entries = _bytes.ToArray(at + 2, 12L * count);
        for (long from = at + 2; entries.Length > 0; entries = entries[12..], from += 12)
        {
            (int tag, int type, long values) = (Short(entries), Short(entries[2..]), Int(entries[4..]));
            int size = TiffTags.SizeOf(type);
            if (size == 0)
                Throw.InvalidFile(_path, $"is damaged: its tag {tag} is of the unknown type {type}.");
            long start = values * size <= 4 ? from + 8 : Int(entries[8..]);
            if (start + values * size > _bytes.Length)
                Throw.InvalidFile(_path,
                    $"is cut short or damaged: its tag {tag} claims {values} values of {size} bytes at byte {start}, it has "
                        + $"{_bytes.Length}.");
            if (!_entries.TryAdd(tag, new Entry(type, values, start)))
                Throw.InvalidFile(_path, $"is damaged: it has two tags {tag}.");
        }
    }

    private void CheckStrips()
    {
        long rows = Math.Min(One(TiffTags.RowsPerStrip, Height), Height);
        if (rows < 1)
            Throw.InvalidFile(_path, "is damaged: its strips have 0 rows.");
        Piece = (Width, rows);
        long down = (Height + rows - 1) / rows;
        CheckPieces("strips", TiffTags.StripOffsets, TiffTags.StripBytes, down, i => Math.Min(rows, Height - i % down * rows));
    }

    private void CheckTiles()
    {
        (long width, long height) = (One(TiffTags.TileWidth), One(TiffTags.TileHeight));
        if (width is < 1 or > 1 << 20 || height is < 1 or > 1 << 20 || width % 16 != 0 || height % 16 != 0)
            Throw.InvalidFile(_path, $"is damaged: its tiles are of {width}×{height} pixels; expected multiples of 16.");
        Piece = (width, height);
        long across = (Width + width - 1) / width, down = (Height + height - 1) / height;
        CheckPieces("tiles", TiffTags.TileOffsets, TiffTags.TileBytes, across * down, _ => height);
    }

    /// <summary>Checks that there is every strip or tile, within the file, and long enough for what it unpacks to.</summary>
    private void CheckPieces(string what, int offsetsTag, int bytesTag, long count, Func<long, long> rowsOf)
    {
        long pieces = Separate ? count * Samples : count;
        if (Count(offsetsTag) != pieces || Count(bytesTag) != pieces)
            Throw.InvalidFile(_path,
                $"is damaged: it tells the place of {Count(offsetsTag)} {what} and the length of {Count(bytesTag)}; its {Width}×{Height} "
                    + $"pixels need {pieces}.");
        long rowBytes = RowBytes;
        if (Photometric == 6 && Compression != 7)
            rowBytes = Piece.Width;     // chroma may be sampled coarsely; luma is there in full
        if (rowBytes * Piece.Height > MostPieceBytes)
            Throw.InvalidFile(_path, $"has {what} of {rowBytes * Piece.Height} bytes; at most {MostPieceBytes} are read.");
        // pieces that share their bytes must at least be pixels
        long left = _bytes.Length + rowBytes * Height * (Separate ? Samples : 1);
        for (long i = 0; i < pieces; i++)
        {
            (long start, long length, long rows) = (Value(offsetsTag, i), Value(bytesTag, i), rowsOf(i));
            if (start < 8 || length < 1 || start + length > _bytes.Length)
                Throw.InvalidFile(_path,
                    $"is cut short or damaged: of its {what}, number {i} has {length} bytes at byte {start}, it has {_bytes.Length}.");
            if (TiffTags.MostUnpacked(Compression, length, Piece.Width, rowBytes) < rowBytes * rows)
                Throw.InvalidFile(_path,
                    $"is cut short or damaged: of its {what}, number {i} has {length} bytes, too few for {rows} rows of {rowBytes}.");
            if ((left -= length) < 0)
                Throw.InvalidFile(_path,
                    $"is damaged: its {what} lie over each other, {i + 1} of them in more bytes than the file and its pixels have.");
            if (Compression == 7)
                TiffJpeg.Check(_path, $"{what}, number {i}", _bytes.ToArray(start, length));
        }
    }

    /// <summary>Bits of a sample, which must be the same for all.</summary>
    private long SampleBits(long samples)
    {
        long bits = Count(TiffTags.Bits) == 0 ? 1 : Value(TiffTags.Bits, 0);
        for (long i = 1; i < Math.Min(Count(TiffTags.Bits), samples); i++)
            if (Value(TiffTags.Bits, i) != bits)
                Throw.InvalidFile(_path, $"has samples of {bits} and of {Value(TiffTags.Bits, i)} bits; expected as many for each.");
        return bits;
    }

    private long Count(int tag) => _entries.TryGetValue(tag, out Entry? entry) ? entry.Count : 0;

    private long One(int tag) => Count(tag) > 0 ? Value(tag, 0) : Throw.InvalidFile<long>(_path, $"is damaged: it has no tag {tag}.");

    private long One(int tag, long otherwise) => Count(tag) > 0 ? Value(tag, 0) : otherwise;

    private long Value(int tag, long index)
    {
        Entry entry = _entries[tag];
        int size = TiffTags.SizeOf(entry.Type);
        entry.Values ??= _bytes.ToArray(entry.Start, entry.Count * size);
        ReadOnlySpan<byte> value = entry.Values.AsSpan((int)index * size);
        return entry.Type switch
        {
            TiffTags.Byte => value[0],
            TiffTags.Short => Short(value),
            TiffTags.Long => Int(value),
            _ => Throw.InvalidFile<long>(_path,
                $"is damaged: its tag {tag} is of type {entry.Type}; expected a number of 1, 2 or 4 bytes."),
        };
    }

    private int Short(ReadOnlySpan<byte> bytes)
        => IsLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private long Int(ReadOnlySpan<byte> bytes)
        => IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private sealed class Entry(int type, long count, long start)
    {
        public int Type => type;

        public long Count => count;

        /// <summary>Where its values lie in the file.</summary>
        public long Start => start;

        /// <summary>The bytes of its values, once one was asked for: they may lie far from those of other tags.</summary>
        public byte[]? Values { get; set; }
    }
}
