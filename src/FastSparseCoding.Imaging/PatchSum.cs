using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>Patches of one picture added up where they lie, and how many lie on each pixel.</summary>
internal sealed class PatchSum(string name, int width, int height, int size)
{
    private readonly GrayImage _sum = new(width, height, new float[width * height], name), _count = new(width, height);
    private readonly float[] _pixels = new float[size * size];

    /// <summary>Adds a patch: its values times its deviation plus its mean.</summary>
    public void Add(PatchPlace place, ReadOnlySpan<float> values)
    {
        TensorPrimitives.Multiply(values, place.Deviation, _pixels);
        TensorPrimitives.Add(_pixels, place.Mean, _pixels);
        AddPixels(place);
    }

    /// <summary>Adds a patch of one gray, the place's mean.</summary>
    public void AddFlat(PatchPlace place)
    {
        _pixels.AsSpan().Fill(place.Mean);
        AddPixels(place);
    }

    /// <summary>The first pixel on which no patch lies, or null.</summary>
    public (int X, int Y)? FirstUncovered()
        => _count.Pixels.IndexOf(0f) is >= 0 and int at ? (at % _count.Width, at / _count.Width) : null;

    /// <summary>The average of the patches on every pixel, in place of the sum.</summary>
    public GrayImage ToAverage()
    {
        TensorPrimitives.Divide(_sum.Pixels, _count.Pixels, _sum.Pixels);
        return _sum;
    }

    private void AddPixels(PatchPlace place)
    {
        for (int row = 0; row < size; row++)
        {
            Span<float> sum = _sum.Row(place.Y + row).Slice(place.X, size), count = _count.Row(place.Y + row).Slice(place.X, size);
            TensorPrimitives.Add(sum, _pixels.AsSpan(row * size, size), sum);
            TensorPrimitives.Add(count, 1, count);
        }
    }
}
