namespace FastSparseCoding.Imaging.Formats;

/// <summary>A scan of a JPEG (ITU-T T.81, B.2.3): which components it holds, and what it tells of their coefficients.</summary>
internal sealed class JpegScan
{
    private readonly JpegFrame _frame;
    private readonly JpegHuffmanTable?[] _dc, _ac;      // of each component

    private JpegScan(JpegFrame frame, JpegComponent[] components, JpegHuffmanTable?[] dc, JpegHuffmanTable?[] ac, JpegBand band)
    {
        (_frame, Components, _dc, _ac, Band) = (frame, components, dc, ac, band);
    }

    public JpegComponent[] Components { get; }

    public JpegBand Band { get; }

    /// <summary>Reads a scan header, and refuses one that tells what is known or leaves out what must be known before.</summary>
    public static JpegScan Parse(string path, JpegFrame frame, ReadOnlySpan<byte> header, JpegHuffmanTable?[] dc, JpegHuffmanTable?[] ac)
    {
        int count = header.Length == 0 ? 0 : header[0];
        if (count is < 1 or > 4 || header.Length != 4 + 2 * count)
            Throw.InvalidFile(path, "is damaged: a scan header is of another length than its components need.");
        var components = new JpegComponent[count];
        JpegHuffmanTable?[] dcs = new JpegHuffmanTable?[count], acs = new JpegHuffmanTable?[count];
        JpegBand band = ParseBand(path, frame.Progressive, header[(1 + 2 * count)..], count);
        for (int i = 0; i < count; i++)
        {
            (byte name, int dcNumber, int acNumber) = (header[1 + 2 * i], header[2 + 2 * i] >> 4, header[2 + 2 * i] & 15);
            JpegComponent component = Array.Find(frame.Components, c => c.Name == name)
                ?? Throw.InvalidFile<JpegComponent>(path,
                    $"is damaged: a scan is of component {name}, which the frame header does not name.");
            components[i] = component;
            if (band.First == 0 && band.High == 0)
                dcs[i] = Table(dc, dcNumber);
            if (band.Last > 0)
                acs[i] = Table(ac, acNumber);
            Learn(path, component, band);
        }
        return new JpegScan(frame, components, dcs, acs, band);

        JpegHuffmanTable Table(JpegHuffmanTable?[] tables, int number)
            => (number < 4 ? tables[number] : null) ?? Throw.InvalidFile<JpegHuffmanTable>(path,
                $"is damaged: a scan needs the Huffman table {number}, which does not come before it.");
    }

    /// <summary>Reads all blocks of the scan.</summary>
    /// <returns>The place of the marker behind them.</returns>
    public int Read(JpegBlockReader reader, int restartInterval)
    {
        (int across, int down) = Components.Length == 1 ? Components[0].Blocks : _frame.Units;
        long units = (long)across * down;
        foreach (JpegComponent c in Components)
            c.Mean = 0;
        for (long unit = 0; unit < units; unit++)
        {
            if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0)
            {
                reader.Restart((int)((unit / restartInterval - 1) & 7));
                foreach (JpegComponent c in Components)
                    c.Mean = 0;
            }
            (int x, int y) = ((int)(unit % across), (int)(unit / across));
            if (Components.Length == 1)
                ReadBlock(reader, 0, x, y);
            else
                ReadUnit(reader, x, y);
        }
        return reader.Finish();
    }

    private void ReadUnit(JpegBlockReader reader, int x, int y)
    {
        for (int i = 0; i < Components.Length; i++)
        {
            (int across, int down) = Components[i].Factors;
            for (int v = 0; v < down; v++)
                for (int h = 0; h < across; h++)
                    ReadBlock(reader, i, x * across + h, y * down + v);
        }
    }

    private void ReadBlock(JpegBlockReader reader, int i, int x, int y)
    {
        JpegComponent c = Components[i];
        if (!_frame.Progressive)
        {
            Span<short> block = stackalloc short[64];
            block.Clear();
            if (reader.Sequential(block, c.Steps!, _dc[i]!, _ac[i]!, ref c.Mean))
                JpegTransform.Inverse(block, c.Target(x, y), c.Stride);
            else
                JpegTransform.Flat(block[0], c.Target(x, y), c.Stride);
        }
        else if (Band is { First: 0, High: 0 })
            reader.FirstMean(c.Block(x, y), _dc[i]!, ref c.Mean);
        else if (Band.First == 0)
            reader.RefineMean(c.Block(x, y));
        else if (Band.High == 0)
            reader.FirstBand(c.Block(x, y), _ac[i]!);
        else
            reader.RefineBand(c.Block(x, y), _ac[i]!);
    }

    private static JpegBand ParseBand(string path, bool progressive, ReadOnlySpan<byte> fields, int components)
    {
        var band = new JpegBand(fields[0], fields[1], fields[2] >> 4, fields[2] & 15);
        if (!progressive)
        {
            if (band is not { First: 0, High: 0, Low: 0 })
                Throw.InvalidFile(path, "is damaged: a scan of a sequential picture is of a part of its coefficients.");
            return band with { Last = 63 };
        }
        bool means = band is { First: 0, Last: 0 }, others = band.First > 0 && band.Last >= band.First && band.Last < 64 && components == 1;
        if (!(means || others) || band.Low > 13 || (band.High > 0 && band.Low != band.High - 1))
            Throw.InvalidFile(path, $"is damaged: a scan is of coefficients {band.First} to {band.Last}, bits {band.High} to {band.Low}.");
        return band;
    }

    private static void Learn(string path, JpegComponent component, JpegBand band)
    {
        for (int k = band.First; k <= band.Last; k++)
        {
            if (component.Unknown[k] != (band.High == 0 ? -1 : band.High))
                Throw.InvalidFile(path,
                    $"is damaged: a scan is of coefficient {k} of component {component.Name}, and not the one that must follow the scans "
                        + "before it.");
            component.Unknown[k] = (sbyte)band.Low;
        }
    }
}
