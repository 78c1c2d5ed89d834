namespace FastSparseCoding.Imaging;

/// <summary>Which pixels of a picture are known.</summary>
internal sealed class KnownPixels
{
    /// <summary>A patch with fewer known pixels says nothing about the others.</summary>
    public const int FewestInPatch = 2;

    private readonly int _width, _height;
    private readonly float[] _known;        // 1 or 0 [height×width]

    public KnownPixels(GrayImage picture, ReadOnlySpan<bool> known)
    {
        (_width, _height) = (picture.Width, picture.Height);
        Throw.IfLengthNot(known.Length, (long)_width * _height, nameof(known));
        if (!known.Contains(true))
            Throw.Argument(nameof(known), "'known' has no known pixel; there must be some to fill in the others.");
        _known = new float[known.Length];
        for (int i = 0; i < known.Length; i++)
        {
            _known[i] = known[i] ? 1 : 0;
            if (known[i] && !float.IsFinite(picture.Pixels[i]))
                Throw.Argument(nameof(picture), FormattableString.Invariant(
                    $"'picture' holds {picture.Pixels[i]} at row {i / _width}, column {i % _width}; every known value must be finite."));
        }
    }

    /// <summary>1 where a pixel of the row is known, 0 where it is not.</summary>
    public ReadOnlySpan<float> Row(int y) => _known.AsSpan(y * _width, _width);

    /// <summary>Known pixels become x₀ + ¾(x₀ − y): more than what they lack is given back.</summary>
    public void Correct(ReadOnlySpan<float> picture, Span<float> y)
    {
        for (int i = 0; i < y.Length; i++)
            if (_known[i] == 1)
                y[i] = picture[i] + 0.75f * (picture[i] - y[i]);
    }

    /// <summary>Known pixels become those of the picture.</summary>
    public void Restore(ReadOnlySpan<float> picture, Span<float> y)
    {
        for (int i = 0; i < y.Length; i++)
            if (_known[i] == 1)
                y[i] = picture[i];
    }

    /// <summary>Missing pixels become the means of two pictures'.</summary>
    public void Average(ReadOnlySpan<float> other, Span<float> y)
    {
        for (int i = 0; i < y.Length; i++)
            if (_known[i] == 0)
                y[i] = 0.5f * (y[i] + other[i]);
    }

    /// <summary>Refuses holes over whose middle no patch has known pixels enough.</summary>
    public void RequireBridged(int p)
    {
        bool[] bridged = Bridged(p);
        int first = Array.IndexOf(bridged, false);
        if (first < 0)
            return;
        (int left, int top, int right, int bottom) = Extent(bridged, first);
        // All patches over these pixels are empty: the hole is as much wider.
        (left, top) = (Math.Max(left - p + 1, 0), Math.Max(top - p + 1, 0));
        (right, bottom) = (Math.Min(right + p - 1, _width - 1), Math.Min(bottom + p - 1, _height - 1));
        int enough = Enumerable.Range(p + 1, Math.Max(0, Math.Min(Denoiser.MaxPatchSize, Math.Min(_width, _height)) - p))
            .FirstOrDefault(q => !Bridged(q).Contains(false));
        string advice = enough > 0 ? $"take patches of {enough}×{enough}"
            : "no patch is large enough: that takes a tool which invents what it does not know";
        Throw.Argument("known", FormattableString.Invariant(
            $"'known' leaves a hole of {right - left + 1}×{bottom - top + 1} pixels at row {top}, column {left}, over whose middle ")
            + $"patches of {p}×{p} know nothing; {advice}.");
    }

    /// <summary>The pixels of a picture where they are known; elsewhere means of the nearest known, weighted by the inverse square of
    /// their distance.</summary>
    public float[] NearestMeans(GrayImage picture, int threads, CancellationToken cancellation)
    {
        float[] pixels = picture.Pixels.ToArray();
        RowBlocks.Run(_height, 8, threads, cancellation, (start, count) =>
        {
            for (int y = start; y < start + count; y++)
                for (int x = 0; x < _width; x++)
                    if (_known[y * _width + x] == 0)
                        pixels[y * _width + x] = NearestMean(picture.Pixels, x, y);
        });
        return pixels;
    }

    private float NearestMean(ReadOnlySpan<float> pixels, int x, int y)
    {
        double sum = 0, weights = 0;
        // Not below the radius at which there are some in all directions as a rule.
        for (int radius = 2; weights == 0; radius++)
        {
            for (int v = Math.Max(0, y - radius); v <= Math.Min(_height - 1, y + radius); v++)
            {
                for (int u = Math.Max(0, x - radius); u <= Math.Min(_width - 1, x + radius); u++)
                {
                    if (_known[v * _width + u] == 0)
                        continue;
                    double weight = 1.0 / ((u - x) * (u - x) + (v - y) * (v - y));
                    sum += weight * pixels[v * _width + u];
                    weights += weight;
                }
            }
        }
        return (float)(sum / weights);
    }

    /// <summary>Whether a pixel is known or under a patch with known pixels enough.</summary>
    private bool[] Bridged(int p)
    {
        var bridged = new bool[_known.Length];
        var columns = new int[_width];      // known pixels in the p rows from y on
        for (int y = 0; y + p <= _height; y++)
        {
            Array.Clear(columns);
            for (int i = 0; i < p; i++)
                for (int x = 0; x < _width; x++)
                    columns[x] += (int)_known[(y + i) * _width + x];
            int count = 0;
            for (int x = 0; x < _width; x++)
            {
                count += columns[x] - (x >= p ? columns[x - p] : 0);
                for (int i = 0; x >= p - 1 && count >= FewestInPatch && i < p; i++)
                    bridged.AsSpan((y + i) * _width + x - p + 1, p).Fill(true);
            }
        }
        for (int i = 0; i < bridged.Length; i++)
            bridged[i] |= _known[i] == 1;
        return bridged;
    }

    /// <summary>The rectangle around the pixels without a bridge that are connected to one of them.</summary>
    private (int Left, int Top, int Right, int Bottom) Extent(bool[] bridged, int first)
    {
        (int left, int top, int right, int bottom) = (_width, _height, -1, -1);
        var open = new Stack<int>([first]);
        bridged[first] = true;
        while (open.TryPop(out int i))
        {
            (int x, int y) = (i % _width, i / _width);
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            foreach ((int u, int v) in new[] { (x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1) })
            {
                if (u < 0 || v < 0 || u >= _width || v >= _height || bridged[v * _width + u])
                    continue;
                bridged[v * _width + u] = true;
                open.Push(v * _width + u);
            }
        }
        return (left, top, right, bottom);
    }
}
