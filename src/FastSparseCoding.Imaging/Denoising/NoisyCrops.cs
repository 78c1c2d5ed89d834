namespace FastSparseCoding.Imaging;

/// <summary>
/// Square crops at random places of pictures, half of them mirrored, and the same with noise of a deviation drawn from a range. Crop
/// number i is a function of the seed and i alone. Safe to share between threads.
/// </summary>
internal sealed class NoisyCrops
{
    private readonly ImageStore _images;
    private readonly int _side;
    private readonly float _sigmaFrom, _sigmaTo;
    private readonly ulong _seed;
    private readonly long[] _ends;      // places in the pictures up to and including each

    public NoisyCrops(ImageStore images, int side, float sigmaFrom, float sigmaTo, int seed)
    {
        (_images, _side, _sigmaFrom, _sigmaTo, _seed) = (images, side, sigmaFrom, sigmaTo, CounterRandom.Mix((ulong)seed));
        if (images.Count == 0)
            Throw.Argument(nameof(images), "'images' is empty; it must hold at least one image.");
        _ends = new long[images.Count];
        long places = 0;
        for (int i = 0; i < _ends.Length; i++)
        {
            (int width, int height) = images.SizeOf(i);
            if (PictureRule.TooSmall(width, height, side, "a crop") is { } problem)
                Throw.Argument(nameof(images), $"{images.NameOf(i)}: {problem}");
            places += (long)(width - side + 1) * (height - side + 1);
            _ends[i] = places;
        }
    }

    /// <summary>Draws crops <paramref name="first"/>, first + 1, …: rows of pixels [C·side²], plane after plane, clean and noisy, and the
    /// deviations of their noise.</summary>
    public void Read(long first, Matrix clean, Matrix noisy, float[] sigmas, int threads, CancellationToken cancellation)
        => RowBlocks.Run(clean.Rows, 4, threads, cancellation, (start, count) =>
        {
            for (int i = start; i < start + count; i++)
                sigmas[i] = Draw(first + i, clean.Row(i), noisy.Row(i));
        });

    private float Draw(long index, Span<float> clean, Span<float> noisy)
    {
        ulong counter = CounterRandom.Mix(_seed ^ (ulong)index);
        long place = (long)Math.BigMul(CounterRandom.Mix(counter), (ulong)_ends[^1], out _);
        int image = Array.BinarySearch(_ends, place + 1);
        if (image < 0)
            image = ~image;
        long within = image == 0 ? place : place - _ends[image - 1];
        int across = _images.SizeOf(image).Width - _side + 1;
        for (int channel = 0, area = _side * _side; channel < _images.Channels; channel++)
        {
            Span<float> asItLies = noisy.Slice(channel * area, area);
            for (int row = 0; row < _side; row++)
                _images.Read(image, channel, (int)(within % across), (int)(within / across) + row, asItLies.Slice(row * _side, _side));
            if ((CounterRandom.Mix(counter + 1) & 1) == 0)
                asItLies.CopyTo(clean.Slice(channel * area, area));
            else
                Mirror(asItLies, clean.Slice(channel * area, area));
        }
        float sigma = _sigmaFrom + (_sigmaTo - _sigmaFrom) * (float)Uniform(CounterRandom.Mix(counter + 2) >> 32);
        AddNoise(clean, noisy, sigma / 255, counter + 3);
        return sigma;
    }

    private void Mirror(ReadOnlySpan<float> crop, Span<float> mirrored)
    {
        for (int start = 0; start < crop.Length; start += _side)
            for (int x = 0; x < _side; x++)
                mirrored[start + x] = crop[start + _side - 1 - x];
    }

    /// <summary>Adds normal noise, two values of a counter at a time (Box and Muller 1958).</summary>
    internal static void AddNoise(ReadOnlySpan<float> clean, Span<float> noisy, float deviation, ulong counter)
    {
        for (int i = 0; i < clean.Length; i += 2)
        {
            ulong bits = CounterRandom.Mix(counter + (ulong)i);
            double radius = deviation * Math.Sqrt(-2 * Math.Log(Uniform(bits >> 32)));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * Uniform(bits & uint.MaxValue));
            noisy[i] = clean[i] + (float)(radius * cos);
            if (i + 1 < clean.Length)
                noisy[i + 1] = clean[i + 1] + (float)(radius * sin);
        }
    }

    /// <summary>A number between 0 and 1 of 32 bits; never either.</summary>
    private static double Uniform(ulong bits) => (bits + 0.5) / 4_294_967_296;
}
