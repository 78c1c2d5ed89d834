using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>Endless patches at random places of a picture of which not all pixels are known: their values, or their masks.</summary>
internal sealed class PartlyKnownPatches(GrayImage filled, KnownPixels mask, int patchSize, int seed, bool ofMask) : ISignalSource
{
    private readonly ulong _seed = CounterRandom.Mix((ulong)seed);

    /// <inheritdoc/>
    public int SignalSize => patchSize * patchSize;

    /// <inheritdoc/>
    public void Read(long first, MatrixView x)
    {
        var other = new float[SignalSize];
        for (int i = 0; i < x.Rows; i++)
            Cut(first + i, ofMask ? other : x.Row(i), ofMask ? x.Row(i) : other);
    }

    /// <summary>Cuts a patch out: its values without their mean, of which the filled ones count too, and its mask.</summary>
    /// <returns>The number of its known pixels.</returns>
    public static int Cut(
        KnownPixels known, int y, int x, ReadOnlySpan<float> pixels, int width, int p, Span<float> patch, Span<float> mask, out float mean)
    {
        float sum = 0, count = 0;
        for (int i = 0; i < p; i++)
        {
            pixels.Slice(i * width + x, p).CopyTo(patch[(i * p)..]);
            known.Row(y + i).Slice(x, p).CopyTo(mask[(i * p)..]);
        }
        for (int j = 0; j < patch.Length; j++)
        {
            sum += patch[j];
            count += mask[j];
        }
        mean = sum / patch.Length;
        TensorPrimitives.Subtract(patch, mean, patch);
        return (int)count;
    }

    /// <summary>Patch number <paramref name="index"/>: the first of its own sequence of places that has known pixels enough.</summary>
    private void Cut(long index, Span<float> patch, Span<float> known)
    {
        ulong counter = CounterRandom.Mix(_seed ^ (ulong)index);
        int across = filled.Width - patchSize + 1, down = filled.Height - patchSize + 1, count;
        do
        {
            ulong bits = CounterRandom.Mix(counter++);
            long place = (long)Math.BigMul(bits, (ulong)((long)across * down), out _);
            (int x, int y) = ((int)(place % across), (int)(place / across));
            count = Cut(mask, y, x, filled.Pixels[(y * filled.Width)..], filled.Width, patchSize, patch, known, out _);
        }
        while (count < KnownPixels.FewestInPatch);
    }
}
