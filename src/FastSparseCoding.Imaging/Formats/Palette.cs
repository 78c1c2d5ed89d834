namespace FastSparseCoding.Imaging.Formats;

/// <summary>Colours that pixels name by their number: gray when all are, perhaps with alpha.</summary>
internal sealed class Palette
{
    private readonly string _path;
    private readonly byte[] _samples;       // of every colour

    /// <summary>Takes the colours of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rgb">Red, green and blue of every colour.</param>
    /// <param name="alpha">Alpha of the first colours; the others are opaque. Without any, pixels have no alpha.</param>
    /// <param name="colours">Samples of a colour even if all are gray.</param>
    public Palette(string path, ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha = default, int colours = 1)
    {
        (_path, Count, HasAlpha, Colours) = (path, rgb.Length / 3, !alpha.IsEmpty, colours);
        for (int i = 0; i < rgb.Length; i += 3)
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2])
                Colours = 3;
        _samples = new byte[Count * Samples];
        for (int i = 0; i < Count; i++)
        {
            rgb.Slice(3 * i, Colours).CopyTo(_samples.AsSpan(i * Samples));
            if (HasAlpha)
                _samples[i * Samples + Colours] = i < alpha.Length ? alpha[i] : byte.MaxValue;
        }
    }

    public int Count { get; }

    /// <summary>1 (gray) or 3.</summary>
    public int Colours { get; }

    public bool HasAlpha { get; }

    /// <summary>Samples of a colour.</summary>
    public int Samples => HasAlpha ? Colours + 1 : Colours;

    /// <summary>The samples of a colour.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            if (index >= Count)
                Throw.InvalidFile(_path, $"is damaged: a pixel has colour {index} of a palette of {Count}.");
            return _samples.AsSpan(index * Samples, Samples);
        }
    }

    /// <summary>The samples of pixels, one after the other.</summary>
    public void Expand(ReadOnlySpan<byte> indices, Span<byte> row)
    {
        if (Samples == 1)
            for (int x = 0; x < indices.Length; x++)
                row[x] = this[indices[x]][0];
        else
            for (int x = 0; x < indices.Length; x++)
                this[indices[x]].CopyTo(row[(x * Samples)..]);
    }
}
