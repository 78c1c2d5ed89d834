namespace FastSparseCoding.Imaging.Formats;

/// <summary>What a decoder says of a picture before its first pixel.</summary>
/// <param name="Width">Pixels of a row as it is stored.</param>
/// <param name="Height">Rows as they are stored.</param>
/// <param name="Colours">Samples of a pixel that are its colour: 1 (gray) or 3 (red, green, blue).</param>
/// <param name="HasAlpha">Whether a sample of alpha follows them.</param>
/// <param name="Largest">The sample that is white, 1 to 65,535; samples are bytes if it is 255.</param>
/// <param name="Orientation">1 to 8, as in TIFF 6.0 and Exif 2.3, tag 274; 1 is upright.</param>
internal readonly record struct PixelLayout(int Width, int Height, int Colours, bool HasAlpha, int Largest, int Orientation = 1)
{
    public int Samples => HasAlpha ? Colours + 1 : Colours;
}

/// <summary>
/// Where decoders put pixels, in any order: it makes of them what is wanted, grays or colours, upright, so that there is one decoder for
/// both, and no picture lies in memory twice. Memory is taken when a decoder begins, which it does once the file is known to be long
/// enough.
/// </summary>
internal abstract class Canvas
{
    private int _start, _right, _down;      // of pixels: the first that is stored, and the way to the next in its row and column

    public PixelLayout Layout { get; private set; }

    public void Begin(PixelLayout layout)
    {
        Layout = layout;
        (int w, int h) = (layout.Width, layout.Height);
        (_start, _right, _down) = layout.Orientation switch
        {
            1 => (0, 1, w),
            2 => (w - 1, -1, w),
            3 => (w * h - 1, -1, -w),
            4 => (w * (h - 1), 1, -w),
            5 => (0, h, 1),
            6 => (h - 1, h, -1),
            7 => (w * h - 1, -h, -1),
            _ => (h * (w - 1), -h, 1),
        };
        (w, h) = layout.Orientation < 5 ? (w, h) : (h, w);
        Allocate(w, h);
    }

    /// <summary>Puts pixels of a row, when the largest sample is 255.</summary>
    /// <param name="x">Column of the first, as it is stored.</param>
    /// <param name="y">Their row, as it is stored.</param>
    /// <param name="samples">All samples of the first, then of the next.</param>
    /// <param name="step">Columns from one pixel to the next.</param>
    public void Put(int x, int y, ReadOnlySpan<byte> samples, int step = 1)
        => Draw(_start + x * _right + y * _down, step * _right, samples);

    /// <summary>The same when the largest sample is not 255.</summary>
    public void Put(int x, int y, ReadOnlySpan<ushort> samples, int step = 1)
        => Draw(_start + x * _right + y * _down, step * _right, samples);

    /// <summary>The same pixel everywhere.</summary>
    public void Fill(ReadOnlySpan<byte> pixel)
    {
        var row = new byte[Layout.Width * Layout.Samples];
        for (int x = 0; x < row.Length; x += pixel.Length)
            pixel.CopyTo(row.AsSpan(x));
        for (int y = 0; y < Layout.Height; y++)
            Put(0, y, row);
    }

    protected abstract void Allocate(int width, int height);

    /// <summary>Draws the first pixel at <paramref name="at"/>, each other <paramref name="step"/> pixels on.</summary>
    protected abstract void Draw(int at, int step, ReadOnlySpan<byte> samples);

    protected abstract void Draw(int at, int step, ReadOnlySpan<ushort> samples);
}

/// <summary>Keeps the luma alone: levels of 8 bits where the file has no more, values from 0 to 1 otherwise.</summary>
internal sealed class GrayCanvas : Canvas
{
    private byte[] _levels = [];
    private float[] _values = [];

    /// <summary>The picture, once it is drawn.</summary>
    public Picture Picture { get; private set; } = new(0, 0, Array.Empty<byte>());

    protected override void Allocate(int width, int height)
        => Picture = Layout.Largest == 255
            ? new Picture(width, height, _levels = new byte[width * height])
            : new Picture(width, height, _values = new float[width * height]);

    protected override void Draw(int at, int step, ReadOnlySpan<byte> samples)
    {
        int n = Layout.Samples;
        byte[] levels = _levels;
        if (n == 1 && step == 1)
            samples.CopyTo(levels.AsSpan(at));
        else if (Layout.Colours == 1)
            for (int i = 0; i < samples.Length; i += n, at += step)
                levels[at] = samples[i];
        else
            for (int i = 0; i < samples.Length; i += n, at += step)
                levels[at] = Luma.Of8(samples[i], samples[i + 1], samples[i + 2]);
    }

    protected override void Draw(int at, int step, ReadOnlySpan<ushort> samples)
    {
        (int n, int largest) = (Layout.Samples, Layout.Largest);
        for (int i = 0; i < samples.Length; i += n, at += step)
        {
            int gray = Layout.Colours == 1 ? samples[i] : Luma.Of(samples[i], samples[i + 1], samples[i + 2], largest);
            _values[at] = gray / (float)largest;
        }
    }
}

/// <summary>Keeps all samples; those whose largest is neither 255 nor 65,535 are brought to it, which keeps them apart.</summary>
internal sealed class ColourCanvas(string name) : Canvas
{
    private ColourImage? _image;

    /// <summary>The picture, once it is drawn.</summary>
    public ColourImage Image => _image!;

    protected override void Allocate(int width, int height)
        => _image = new ColourImage(width, height, Layout.Colours, Layout.HasAlpha, Layout.Largest > 255 ? 16 : 8, name);

    protected override void Draw(int at, int step, ReadOnlySpan<byte> samples) => Draw(at, step, samples, Image.Samples8);

    protected override void Draw(int at, int step, ReadOnlySpan<ushort> samples)
    {
        if (Layout.Largest == 65_535)
        {
            Draw(at, step, samples, Image.Samples16);
            return;
        }
        int n = Layout.Samples, largest = Layout.Largest, most = Image.Largest;
        for (int i = 0; i < samples.Length; i++)
        {
            int place = (at + i / n * step) * n + i % n, level = (int)((2L * samples[i] * most + largest) / (2 * largest));
            if (most == 255)
                Image.Samples8[place] = (byte)level;
            else
                Image.Samples16[place] = (ushort)level;
        }
    }

    private void Draw<T>(int at, int step, ReadOnlySpan<T> samples, Span<T> target)
    {
        int n = Layout.Samples;
        if (step == 1)
            samples.CopyTo(target[(at * n)..]);
        else
            for (int i = 0; i < samples.Length; i += n, at += step)
                for (int c = 0; c < n; c++)
                    target[at * n + c] = samples[i + c];
    }
}
