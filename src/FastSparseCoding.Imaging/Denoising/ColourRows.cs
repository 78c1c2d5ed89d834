namespace FastSparseCoding.Imaging;

/// <summary>Reads a row of a channel.</summary>
internal delegate void ChannelReader(int channel, int row, Span<float> values);

/// <summary>Takes a row of a channel.</summary>
internal delegate void ChannelWriter(int channel, int row, ReadOnlySpan<float> values);

/// <summary>
/// Rows of a picture as they are denoised: its channels side by side, or luminance and opponent colours; and the way back into another
/// picture.
/// </summary>
internal sealed class ColourRows(int width, int channels, ChannelReader read, ChannelWriter write, bool apart)
{
    private readonly float[] _row = new float[channels * width];

    /// <summary>Rows of a picture, and the way back into another of its size and channels.</summary>
    public static ColourRows Of(ColourImage noisy, ColourImage clean, bool apart)
        => new(noisy.Width, noisy.Channels, noisy.ReadRows, clean.WriteRows, apart);

    /// <summary>Rows of channels that are pictures of their own.</summary>
    public static ColourRows Of(IReadOnlyList<GrayImage> noisy, IReadOnlyList<GrayImage> clean, bool apart)
        => new(noisy[0].Width, noisy.Count, (channel, row, values) => noisy[channel].Row(row).CopyTo(values),
            (channel, row, values) => values.CopyTo(clean[channel].Row(row)), apart);

    /// <summary>Deviations of the noise of what is cleaned apart.</summary>
    public float[] Sigmas(float sigma) => apart ? OpponentColours.Sigmas(sigma) : [sigma];

    /// <summary>Reads whole rows of all channels.</summary>
    public void Read(int first, Span<float> rows)
    {
        int size = _row.Length;
        for (int start = 0, y = first; start < rows.Length; start += size, y++)
        {
            Span<float> row = rows.Slice(start, size);
            for (int channel = 0; channel < channels; channel++)
                read(channel, y, row.Slice(channel * width, width));
            if (apart)
                OpponentColours.Split(row);
        }
    }

    /// <summary>Writes whole rows of all channels.</summary>
    public void Write(int first, ReadOnlySpan<float> rows)
    {
        int size = _row.Length;
        for (int start = 0, y = first; start < rows.Length; start += size, y++)
        {
            rows.Slice(start, size).CopyTo(_row);
            if (apart)
                OpponentColours.Join(_row);
            for (int channel = 0; channel < channels; channel++)
                write(channel, y, _row.AsSpan(channel * width, width));
        }
    }
}
