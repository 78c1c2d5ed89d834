namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// What a scan tells of a block: coefficients first to last, and the bits that were known before and are not known after.
/// </summary>
internal readonly record struct JpegBand(int First, int Last, int High, int Low);

/// <summary>Reads the blocks of one scan: sequential (ITU-T T.81, F.2) and progressive (G.2). Coefficients lie in natural order.</summary>
internal sealed class JpegBlockReader(string path, JpegBits bits, JpegBand band)
{
    private int _endOfBandRun;      // blocks that follow without a coefficient of their own

    /// <summary>From the order of the file, by rising frequency, to rows of 8.</summary>
    public static ReadOnlySpan<byte> Natural =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>A new interval: nothing of the last is remembered.</summary>
    public void Restart(int number)
    {
        Close();
        bits.Restart(number);
    }

    /// <summary>Ends the scan.</summary>
    /// <returns>The place of the marker behind it.</returns>
    public int Finish()
    {
        Close();
        bits.Finish();
        return bits.End;
    }

    /// <summary>A whole block, dequantised.</summary>
    /// <returns>Whether it has more than its mean.</returns>
    public bool Sequential(Span<short> block, ushort[] steps, JpegHuffmanTable dc, JpegHuffmanTable ac, ref int mean)
    {
        mean += ReadDifference(dc);
        block[0] = (short)(mean * steps[0]);
        int k = 1;
        while (k < 64)
        {
            int symbol = ac.Read(bits), size = symbol & 15;
            if (size == 0 && symbol != 0xF0)
                break;
            k += symbol >> 4;
            RequireInside(k, 63);
            if (size > 0)
            {
                int place = Natural[k];
                block[place] = (short)(bits.TakeSigned(size) * steps[place]);
            }
            k++;
        }
        RequireBits();
        return k > 1;
    }

    /// <summary>The mean of a block, but for its low bits.</summary>
    public void FirstMean(Span<short> block, JpegHuffmanTable dc, ref int mean)
    {
        mean += ReadDifference(dc);
        block[0] = (short)(mean << band.Low);
        RequireBits();
    }

    /// <summary>One more bit of the mean.</summary>
    public void RefineMean(Span<short> block)
    {
        if (bits.TakeBit())
            block[0] += (short)(1 << band.Low);
        RequireBits();
    }

    /// <summary>The coefficients of a band, but for their low bits.</summary>
    public void FirstBand(Span<short> block, JpegHuffmanTable ac)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return;
        }
        for (int k = band.First; k <= band.Last; k++)
        {
            int symbol = ac.Read(bits), run = symbol >> 4, size = symbol & 15;
            if (size == 0 && run < 15)
            {
                _endOfBandRun = (1 << run) - 1 + bits.Take(run);
                break;
            }
            k += run;
            RequireInside(k, band.Last);
            if (size > 0)
                block[Natural[k]] = (short)(bits.TakeSigned(size) << band.Low);
        }
        RequireBits();
    }

    /// <summary>One more bit of the coefficients of a band: of those known, and of those that appear with it.</summary>
    public void RefineBand(Span<short> block, JpegHuffmanTable ac)
    {
        int k = band.First;
        short bit = (short)(1 << band.Low);
        while (_endOfBandRun == 0 && k <= band.Last)
        {
            int symbol = ac.Read(bits), zeros = symbol >> 4, size = symbol & 15;
            short appears = 0;
            if (size > 1)
                Throw.InvalidFile(path, $"is damaged: before byte {bits.End} a coefficient appears with more than one bit.");
            if (size == 1)
                appears = bits.Take(1) != 0 ? bit : (short)-bit;
            else if (zeros < 15)
            {
                _endOfBandRun = (1 << zeros) + bits.Take(zeros);
                break;
            }
            for (; k <= band.Last; k++)
            {
                ref short value = ref block[Natural[k]];
                if (value != 0)
                    Refine(ref value, bit);
                else if (zeros-- == 0)
                {
                    value = appears;
                    k++;
                    break;
                }
            }
            if (zeros >= 0)
                RequireInside(k, band.Last);        // the place that was counted to lies behind the band
        }
        if (_endOfBandRun > 0)
        {
            for (; k <= band.Last; k++)
                if (block[Natural[k]] != 0)
                    Refine(ref block[Natural[k]], bit);
            _endOfBandRun--;
        }
        RequireBits();
    }

    private void Refine(ref short value, short bit)
    {
        if (bits.TakeBit() && (value & bit) == 0)
            value += value > 0 ? bit : (short)-bit;
    }

    private int ReadDifference(JpegHuffmanTable dc)
    {
        int size = dc.Read(bits);
        if (size > 15)
            Throw.InvalidFile(path, $"is damaged: before byte {bits.End} a mean of {size} bits is claimed.");
        return size == 0 ? 0 : bits.TakeSigned(size);
    }

    private void RequireInside(int k, int last)
    {
        if (k > last)
            Throw.InvalidFile(path, $"is damaged: before byte {bits.End} a block has more coefficients than it can.");
    }

    private void RequireBits()
    {
        if (bits.RanOut)
            Throw.InvalidFile(path, $"is cut short or damaged: the data that end at byte {bits.End} are too few for its blocks.");
    }

    private void Close()
    {
        if (_endOfBandRun > 0)
            Throw.InvalidFile(path, $"is damaged: the data that end at byte {bits.End} are of {_endOfBandRun} blocks too many.");
    }
}
