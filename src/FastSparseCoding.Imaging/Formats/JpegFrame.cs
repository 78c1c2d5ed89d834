using System.Buffers.Binary;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>One colour of a JPEG: how finely it is sampled, and what is known of it.</summary>
internal sealed class JpegComponent(byte name, int across, int down, int table)
{
    public byte Name { get; } = name;

    /// <summary>Blocks of a unit of interleaved blocks (MCU), across and down.</summary>
    public (int Across, int Down) Factors { get; } = (across, down);

    /// <summary>Number of its quantisation table.</summary>
    public int Table { get; } = table;

    /// <summary>Blocks that hold pixels.</summary>
    public (int Across, int Down) Blocks { get; set; }

    /// <summary>Samples from one row to the next: whole units.</summary>
    public int Stride { get; set; }

    /// <summary>The samples, row after row, whole units.</summary>
    public byte[] Samples { get; set; } = [];

    /// <summary>Of a progressive picture: the coefficients, block after block in natural order.</summary>
    public short[] Coefficients { get; set; } = [];

    /// <summary>Of every coefficient in the order of the file, how many low bits are still unknown; −1 for all.</summary>
    public sbyte[] Unknown { get; } = [.. Enumerable.Repeat((sbyte)-1, 64)];

    /// <summary>The steps of quantisation, taken when the first scan begins.</summary>
    public ushort[]? Steps { get; set; }

    /// <summary>The mean of the block before.</summary>
    public int Mean;

    public Span<short> Block(int x, int y) => Coefficients.AsSpan((y * (Stride / 8) + x) * 64, 64);

    /// <summary>The samples from those of a block on.</summary>
    public Span<byte> Target(int x, int y) => Samples.AsSpan((y * Stride + x) * 8);

    /// <summary>Of a progressive picture: samples from coefficients, which are let go.</summary>
    public void Transform(int rows)
    {
        Samples = new byte[Stride * rows];
        Span<short> block = stackalloc short[64];
        for (int y = 0; y < rows / 8; y++)
            for (int x = 0; x < Stride / 8; x++)
            {
                Block(x, y).CopyTo(block);
                for (int k = 0; k < 64; k++)
                    block[k] = (short)(block[k] * Steps![k]);
                JpegTransform.Inverse(block, Target(x, y), Stride);
            }
        Coefficients = [];
    }
}

/// <summary>A JPEG's frame header (ITU-T T.81, B.2.2).</summary>
internal sealed class JpegFrame
{
    public JpegFrame(string path, ReadOnlySpan<byte> header, bool progressive, long bytesLeft)
    {
        Progressive = progressive;
        if (header.Length < 6 || header.Length != 6 + 3 * header[5])
            Throw.InvalidFile(path, "is damaged: its frame header is of another length than its components need.");
        if (header[0] != 8)
            Throw.InvalidFile(path, $"has {header[0]} bits a sample; JPEG is read with 8.");
        (Height, Width) = (BinaryPrimitives.ReadUInt16BigEndian(header[1..]), BinaryPrimitives.ReadUInt16BigEndian(header[3..]));
        ImageFile.CheckSize(path, Width, Height);
        if (header[5] is not (1 or 3 or 4))
            Throw.InvalidFile(path, $"has {header[5]} components; expected 1 (gray), 3 (colour) or 4 (CMYK).");
        Components = new JpegComponent[header[5]];
        for (int i = 0; i < Components.Length; i++)
            Components[i] = ReadComponent(path, header.Slice(6 + 3 * i, 3));
        Factors = (Components.Max(c => c.Factors.Across), Components.Max(c => c.Factors.Down));
        Units = (Across: Blocks(Width, 8 * Factors.Across), Down: Blocks(Height, 8 * Factors.Down));
        Allocate(path, bytesLeft);
    }

    public bool Progressive { get; }

    public int Width { get; }

    public int Height { get; }

    public JpegComponent[] Components { get; }

    /// <summary>The finest sampling of all components.</summary>
    public (int Across, int Down) Factors { get; }

    /// <summary>Units of interleaved blocks.</summary>
    public (int Across, int Down) Units { get; }

    /// <summary>Rows of samples of a component, whole units.</summary>
    public int Rows(JpegComponent component) => Units.Down * component.Factors.Down * 8;

    private JpegComponent ReadComponent(string path, ReadOnlySpan<byte> entry)
    {
        (byte name, int across, int down) = (entry[0], entry[1] >> 4, entry[1] & 15);
        foreach (JpegComponent? other in Components)
            if (other?.Name == name)
                Throw.InvalidFile(path, $"is damaged: it has two components {name}.");
        if (across is < 1 or > 4 || down is < 1 or > 4 || entry[2] > 3)
            Throw.InvalidFile(path,
                $"is damaged: its component {name} has sampling factors {across}×{down} and quantisation table {entry[2]}; expected 1 to "
                    + "4, and a table 0 to 3.");
        return new JpegComponent(name, across, down, entry[2]);
    }

    /// <summary>
    /// Takes memory, once the file is known to be long enough: a block has a bit or more in a progressive picture, two in another.
    /// </summary>
    private void Allocate(string path, long bytesLeft)
    {
        long blocks = 0;
        foreach (JpegComponent c in Components)
        {
            if (Factors.Across % c.Factors.Across != 0 || Factors.Down % c.Factors.Down != 0)
                Throw.InvalidFile(path,
                    $"has a component sampled {c.Factors.Across}×{c.Factors.Down} beside one sampled {Factors.Across}×{Factors.Down}; "
                        + "expected whole ratios.");
            int width = Blocks(Width * c.Factors.Across, Factors.Across), height = Blocks(Height * c.Factors.Down, Factors.Down);
            c.Blocks = (Blocks(width, 8), Blocks(height, 8));
            c.Stride = Units.Across * c.Factors.Across * 8;
            blocks += (long)c.Blocks.Across * c.Blocks.Down;
        }
        long need = (blocks * (Progressive ? 1 : 2) + 7) / 8;
        if (need > bytesLeft)
            Throw.InvalidFile(path, $"is cut short or damaged: its {Width}×{Height} pixels need {need} bytes or more, {bytesLeft} follow.");
        foreach (JpegComponent c in Components)
            if (Progressive)
                c.Coefficients = new short[c.Stride * Rows(c)];
            else
                c.Samples = new byte[c.Stride * Rows(c)];
    }

    private static int Blocks(int size, int block) => (size + block - 1) / block;
}
