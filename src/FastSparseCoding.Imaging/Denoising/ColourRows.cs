namespace FastSparseCoding.Imaging;

/// <summary>
/// Rows of a picture as they are denoised: its channels side by side, or luminance and opponent colours; and the way back into another
/// picture.
/// </summary>
internal sealed class ColourRows(ColourImage noisy, ColourImage clean, bool apart)
{
    private readonly float[] _row = new float[clean.Channels * clean.Width];

    /// <summary>Deviations of the noise of what is cleaned apart.</summary>
    public float[] Sigmas(float sigma) => apart ? OpponentColours.Sigmas(sigma) : [sigma];

    /// <summary>Reads whole rows of all channels.</summary>
    public void Read(int first, Span<float> rows)
    {
        int width = noisy.Width, size = _row.Length;
        for (int start = 0, y = first; start < rows.Length; start += size, y++)
        {
            Span<float> row = rows.Slice(start, size);
            for (int channel = 0; channel < noisy.Channels; channel++)
                noisy.ReadRows(channel, y, row.Slice(channel * width, width));
            if (apart)
                OpponentColours.Split(row);
        }
    }

    /// <summary>Writes whole rows of all channels.</summary>
    public void Write(int first, ReadOnlySpan<float> rows)
    {
        int width = clean.Width, size = _row.Length;
        for (int start = 0, y = first; start < rows.Length; start += size, y++)
        {
            rows.Slice(start, size).CopyTo(_row);
            if (apart)
                OpponentColours.Join(_row);
            for (int channel = 0; channel < clean.Channels; channel++)
                clean.WriteRows(channel, y, _row.AsSpan(channel * width, width));
        }
    }
}
