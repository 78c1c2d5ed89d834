using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Reads pictures one after the other, some ahead on several threads: as many as fit a budget if all are as large as the largest so far.
/// One that is larger than its share waits for its turn, and is read alone. The first that cannot be used, in their order, ends it, unless
/// there is somebody to be told of those that are left out.
/// </summary>
internal static class PictureReader
{
    /// <summary>
    /// Pixels that are decoded ahead together: 128 MiB of 10 bytes, which is what one takes, with samples, coefficients and file, at most
    /// about.
    /// </summary>
    private const long AheadPixels = (128L << 20) / 10;

    public static IEnumerable<(string Path, Picture Picture)> Read(
        IReadOnlyList<string> files, int threads, PictureRule rule, CancellationToken cancellation, bool mayBeNone = false)
    {
        bool some = mayBeNone;
        long largest = AheadPixels;     // the first is read alone
        for (int start = 0, count; start < files.Count; start += count)
        {
            count = (int)Math.Clamp(AheadPixels / largest, 1, Math.Min(4L * RowBlocks.Threads(threads), files.Count - start));
            largest = start == 0 ? 1 : largest;
            foreach ((string path, Picture picture) in ReadSome(files, start, count, threads, rule, cancellation))
            {
                some = true;
                largest = Math.Max(largest, (long)picture.Width * picture.Height);
                yield return (path, picture);
            }
        }
        if (!some && files.Count > 0)
            PictureRule.RefuseAll(files);
    }

    private static IEnumerable<(string Path, Picture Picture)> ReadSome(
        IReadOnlyList<string> files, int start, int count, int threads, PictureRule rule, CancellationToken cancellation)
    {
        var pictures = new Picture?[count];
        if (count > 1)
            RowBlocks.Run(count, 1, threads, cancellation,
                (i, _) => pictures[i] = ImageFile.TryLoadPicture(files[start + i], AheadPixels / count));
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Picture? ahead = pictures[i];
            if (rule.Load(files[start + i], path => ahead ?? ImageFile.LoadPicture(path), p => (p.Width, p.Height)) is { } picture)
                yield return (files[start + i], picture);
            pictures[i] = null;
        }
    }
}
