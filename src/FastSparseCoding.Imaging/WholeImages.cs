namespace FastSparseCoding.Imaging;

/// <summary>Small square pictures taken whole as signals, as digits are: every picture is one patch, its side that of the picture. Safe to
/// call from several threads at once.</summary>
public static class WholeImages
{
    /// <summary>
    /// Treats pictures like patches, in place. None is left out, so that labels keep their rows: a picture flatter than the preprocessing
    /// allows becomes zero.
    /// </summary>
    /// <param name="images">Pictures [N×side²], with pixels from 0 to 1.</param>
    /// <param name="preprocessing">What is done to them; its patches have the side of the pictures.</param>
    /// <exception cref="ArgumentException">The pictures are of another size, or the preprocessing is out of range.</exception>
    public static void Normalize(Matrix images, PatchPreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(preprocessing);
        var cutter = new PatchCutter(preprocessing);
        Throw.IfColumnsNot(images.Columns, preprocessing.SignalSize, nameof(images));
        for (int i = 0; i < images.Rows; i++)
            if (!cutter.Normalize(images.Row(i)))
                images.Row(i).Clear();
        preprocessing.Whitening?.Apply(images);
    }
}
