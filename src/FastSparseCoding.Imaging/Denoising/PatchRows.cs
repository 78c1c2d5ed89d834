using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>Patches out of rows of pixels and back into rows of sums.</summary>
internal static class PatchRows
{
    /// <summary>Cuts a patch out and takes a number off it.</summary>
    /// <param name="pixels">Rows, from the patch's first pixel on.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="p">Side of the patch.</param>
    /// <param name="mean">What is taken off.</param>
    /// <param name="patch">Receives the patch [p²].</param>
    public static void Cut(ReadOnlySpan<float> pixels, int stride, int p, float mean, Span<float> patch)
    {
        for (int i = 0; i < p; i++)
            TensorPrimitives.Subtract(pixels.Slice(i * stride, p), mean, patch.Slice(i * p, p));
    }

    /// <summary>Adds a patch.</summary>
    /// <param name="patch">The patch [p²].</param>
    /// <param name="sums">Rows, from the patch's first pixel on.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="p">Side of the patch.</param>
    public static void Add(ReadOnlySpan<float> patch, Span<float> sums, int stride, int p)
    {
        for (int i = 0; i < p; i++)
            TensorPrimitives.Add(sums.Slice(i * stride, p), patch.Slice(i * p, p), sums.Slice(i * stride, p));
    }
}
