using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>Means of the patches of a row, one at each pixel, as sums of rows: the same bits for every width of vectors.</summary>
internal static class PatchMeans
{
    /// <summary>Sums the columns of p rows, then p of these.</summary>
    /// <param name="pixels">The first of p rows of a plane.</param>
    /// <param name="stride">From a row to the next.</param>
    /// <param name="p">Side of a patch.</param>
    /// <param name="columns">Room for the sums of columns [width].</param>
    /// <param name="means">Receives the means [width − p + 1].</param>
    public static void OfRow(ReadOnlySpan<float> pixels, int stride, int p, Span<float> columns, Span<float> means)
    {
        pixels[..columns.Length].CopyTo(columns);
        for (int i = 1; i < p; i++)
            TensorPrimitives.Add(columns, pixels.Slice(i * stride, columns.Length), columns);
        columns[..means.Length].CopyTo(means);
        for (int i = 1; i < p; i++)
            TensorPrimitives.Add(means, columns.Slice(i, means.Length), means);
        TensorPrimitives.Divide(means, p * p, means);
    }
}
