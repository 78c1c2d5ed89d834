using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>The IDX files of MNIST and its kin: unsigned bytes in one (labels) or three (images) dimensions, gzipped or not. Safe to call
/// from several threads at once.</summary>
public static class IdxFile
{
    /// <summary>Reads images.</summary>
    /// <param name="path">A file of dimensions N × height × width.</param>
    /// <returns>The images, one per row [N × height·width], from 0 to 1, and their size.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no IDX file of images, cut short, too long or too large.</exception>
    public static (Matrix Images, int Height, int Width) ReadImages(string path)
    {
        using var values = new IdxValues(path, 3, "images (three dimensions of unsigned bytes)");
        var images = new Matrix(values.Sizes[0], values.Sizes[1] * values.Sizes[2]);
        var row = new byte[Math.Min(images.Columns, images.Values.Length)];     // no images, or images of nothing, can have any sizes
        for (int i = 0; i < images.Rows && row.Length > 0; i++)
        {
            values.ReadExactly(row);
            for (int j = 0; j < row.Length; j++)
                images.Row(i)[j] = row[j] / 255f;
        }
        values.Finish();
        return (images, values.Sizes[1], values.Sizes[2]);
    }

    /// <summary>Reads labels.</summary>
    /// <param name="path">A file of one dimension N.</param>
    /// <returns>The labels.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no IDX file of labels, cut short, too long or too large.</exception>
    public static byte[] ReadLabels(string path)
    {
        using var values = new IdxValues(path, 1, "labels (one dimension of unsigned bytes)");
        var labels = new byte[values.Sizes[0]];
        values.ReadExactly(labels);
        values.Finish();
        return labels;
    }

    /// <summary>What a file holds, if it is one: its shape, without its values.</summary>
    internal static FileDescription? TryDescribe(string path)
    {
        if (IdxValues.TryFindDimensions(path) is not { } dimensions)
            return null;
        using var values = new IdxValues(path, dimensions, "unsigned bytes");
        var description = new FileDescription(path, "idx");
        description.Add("kind", dimensions switch { 1 => "labels", 3 => "pictures", _ => "values" });
        description.Add("shape", Array.ConvertAll(values.Sizes, size => (long)size));
        description.Add("type", "uint8");
        description.Add("packed", values.IsZipped ? "gzip" : "no");
        description.Add("bytes", values.FileBytes);
        return description;
    }
}
