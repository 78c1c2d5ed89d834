using System.Runtime.ExceptionServices;
using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Reads pictures one after the other, some ahead on several threads: as many as fit a budget if all are as large as the largest so far.
/// The first that
/// cannot be read, in their order, ends it.
/// </summary>
internal static class PictureReader
{
    /// <summary>Bytes that pictures may take while they are decoded ahead.</summary>
    private const long AheadBytes = 128L << 20;

    /// <summary>Bytes that a pixel takes while it is decoded, with samples, coefficients and file, at most about.</summary>
    private const long BytesPerPixel = 10;

    public static IEnumerable<(string Path, Picture Picture)> Read(IReadOnlyList<string> files, int threads, CancellationToken cancellation)
    {
        long largest = AheadBytes;      // the first is read alone
        for (int start = 0, count; start < files.Count; start += count)
        {
            count = (int)Math.Clamp(AheadBytes / (BytesPerPixel * largest), 1, Math.Min(4L * RowBlocks.Threads(threads), files.Count - start));
            largest = start == 0 ? 1 : largest;
            foreach ((string path, Picture picture) in ReadSome(files, start, count, threads, cancellation))
            {
                largest = Math.Max(largest, (long)picture.Width * picture.Height);
                yield return (path, picture);
            }
        }
    }

    private static IEnumerable<(string Path, Picture Picture)> ReadSome(
        IReadOnlyList<string> files, int start, int count, int threads, CancellationToken cancellation)
    {
        var pictures = new Picture?[count];
        var failures = new ExceptionDispatchInfo?[count];
        RowBlocks.Run(count, 1, threads, cancellation, (i, _) =>
        {
            try
            {
                pictures[i] = ImageFile.LoadPicture(files[start + i]);
            }
            catch (Exception e)
            {
                failures[i] = ExceptionDispatchInfo.Capture(e);     // thrown when its turn comes
            }
        });
        for (int i = 0; i < count; i++)
        {
            failures[i]?.Throw();
            yield return (files[start + i], pictures[i]!);
            pictures[i] = null;
        }
    }
}
