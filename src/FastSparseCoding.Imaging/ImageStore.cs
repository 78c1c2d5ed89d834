using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Pictures to draw patches from: those of 8 bits take a byte a pixel, others 4. What a budget of memory does not hold lies in a temporary
/// file, from which patches are read as from memory, so that a folder of any size can be learned from and gives the same patches whatever
/// the budget. Safe to share between threads.
/// </summary>
public sealed class ImageStore : IDisposable
{
    /// <summary>Bytes of pixels that are kept in memory unless told otherwise: 256 MiB.</summary>
    public const long DefaultMemory = 256L << 20;

    /// <summary>Below this number of pictures, what is kept apart to measure on are other patches of the same pictures.</summary>
    internal const int FewestToHoldOut = 10;

    private readonly HeldImage[] _images;
    private readonly ScratchFile? _scratch;

    private ImageStore(HeldImage[] images, ScratchFile? scratch, int channels = 1)
    {
        (_images, _scratch, Channels) = (images, scratch, channels);
    }

    /// <summary>Number of pictures.</summary>
    public int Count => _images.Length;

    /// <summary>Channels of every picture: 1 (gray) or 3 (red, green, blue).</summary>
    public int Channels { get; }

    /// <summary>Reads pictures as gray.</summary>
    /// <param name="paths">Files and folders, as for <see cref="ImageFolder.Find"/>.</param>
    /// <param name="memory">Bytes of pixels to keep in memory, 0 or more; the rest goes to a temporary file, which nobody else
    /// sees.</param>
    /// <param name="scratch">Folder of the temporary file; null for the system's.</param>
    /// <param name="threads">Threads that decode; 0 for one per core. The pictures do not depend on it.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in the order found.</returns>
    /// <exception cref="IOException">A path does not exist or cannot be read, or the temporary file cannot be written.</exception>
    /// <exception cref="InvalidDataException">A folder holds no images, or a file is no image or damaged: the first of those that
    /// are.</exception>
    public static ImageStore Load(
        IEnumerable<string> paths, long memory = DefaultMemory, string? scratch = null, int threads = 0,
        CancellationToken cancellation = default)
        => Load(paths, memory, scratch, threads, PictureRule.Readable, cancellation);

    /// <summary>The same of pictures that a rule allows.</summary>
    internal static ImageStore Load(
        IEnumerable<string> paths, long memory, string? scratch, int threads, PictureRule rule, CancellationToken cancellation)
    {
        Throw.IfBelow(memory, 0L);
        IReadOnlyList<string> files = ImageFolder.Find(paths);
        IEnumerable<(string Path, Picture Picture)> pictures = PictureReader.Read(files, threads, rule, cancellation);
        return Hold(pictures.Select(p => (p.Path, new[] { p.Picture })), 1, memory, scratch);
    }

    /// <summary>Reads pictures in colour, one after the other; a gray one has three equal channels. Alpha is ignored.</summary>
    /// <param name="paths">Files and folders, as for <see cref="ImageFolder.Find"/>.</param>
    /// <param name="memory">Bytes of pixels to keep in memory, 0 or more; the rest goes to a temporary file, which nobody else
    /// sees.</param>
    /// <param name="scratch">Folder of the temporary file; null for the system's.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    /// <returns>The pictures, in the order found.</returns>
    /// <exception cref="IOException">A path does not exist or cannot be read, or the temporary file cannot be written.</exception>
    /// <exception cref="InvalidDataException">A folder holds no images, or a file is no image or damaged: the first of those that
    /// are.</exception>
    public static ImageStore LoadColour(
        IEnumerable<string> paths, long memory = DefaultMemory, string? scratch = null, CancellationToken cancellation = default)
        => LoadColour(paths, memory, scratch, PictureRule.Readable, cancellation);

    /// <summary>The same of pictures that a rule allows.</summary>
    internal static ImageStore LoadColour(
        IEnumerable<string> paths, long memory, string? scratch, PictureRule rule, CancellationToken cancellation)
    {
        Throw.IfBelow(memory, 0L);
        IReadOnlyList<string> files = ImageFolder.Find(paths);
        ImageStore store = Hold(
            files.Select(path => rule.Load(path, ImageFile.LoadColour, p => (p.Width, p.Height))).OfType<ColourImage>().Select(Split), 3,
            memory, scratch);
        if (store.Count == 0 && files.Count > 0)
            PictureRule.RefuseAll(files);
        return store;

        (string, Picture[]) Split(ColourImage image)
        {
            cancellation.ThrowIfCancellationRequested();
            return (image.Name,
                [.. Enumerable.Range(0, 3).Select(channel => Picture.OfChannel(image, Math.Min(channel, image.Channels - 1)))]);
        }
    }

    /// <summary>Holds pictures that are in memory already, without copying them.</summary>
    /// <param name="images">The pictures.</param>
    /// <returns>The same, as a store.</returns>
    public static ImageStore Of(IReadOnlyList<GrayImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (GrayImage image in images)
            ArgumentNullException.ThrowIfNull(image, nameof(images));
        return new ImageStore([.. images.Select(i => new HeldGrayImage(i))], null);
    }

    /// <summary>Holds pictures in colour that are in memory already, without copying them; a gray one has three equal channels.</summary>
    /// <param name="images">The pictures.</param>
    /// <returns>The same, as a store.</returns>
    public static ImageStore OfColour(IReadOnlyList<ColourImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (ColourImage image in images)
            ArgumentNullException.ThrowIfNull(image, nameof(images));
        return new ImageStore([.. images.Select(i => new HeldColourImage(i))], null, 3);
    }

    /// <summary>The luminance of a picture, (R + G + B)/3 or its gray, without copying it.</summary>
    internal static ImageStore OfLuminance(ColourImage image) => new([new HeldLuminance(image)], null);

    /// <summary>Some of the pictures, for as long as this store is not disposed.</summary>
    /// <param name="choose">Says of a picture's number whether it is taken.</param>
    /// <returns>The pictures chosen, in their order.</returns>
    public ImageStore Where(Func<int, bool> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return new ImageStore([.. _images.Where((_, i) => choose(i))], null, Channels);
    }

    /// <summary>Every tenth picture apart, to measure on; of few pictures, all are for both.</summary>
    internal (ImageStore Learn, ImageStore Measure) HoldOut()
        => Count < FewestToHoldOut ? (this, this) : (Where(i => i % 10 != 9), Where(i => i % 10 == 9));

    /// <summary>Where a picture comes from.</summary>
    /// <param name="image">Its number, from 0.</param>
    /// <returns>Its path.</returns>
    public string NameOf(int image) => Get(image).Name;

    /// <summary>The size of a picture in pixels.</summary>
    /// <param name="image">Its number, from 0.</param>
    /// <returns>Its width and height.</returns>
    public (int Width, int Height) SizeOf(int image) => (Get(image).Width, Get(image).Height);

    /// <summary>Copies pixels of a gray picture that lie side by side in a row.</summary>
    /// <param name="image">The picture's number, from 0.</param>
    /// <param name="x">Column of the first.</param>
    /// <param name="y">The row.</param>
    /// <param name="pixels">Receives the pixels, from 0 to 1; its length is their number.</param>
    /// <exception cref="ArgumentException">They do not lie within the picture, or it is not gray.</exception>
    /// <exception cref="IOException">The temporary file cannot be read.</exception>
    public void Read(int image, int x, int y, Span<float> pixels)
    {
        RequireChannels(1);
        Read(image, 0, x, y, pixels);
    }

    /// <summary>Copies pixels of a channel that lie side by side in a row.</summary>
    /// <param name="image">The picture's number, from 0.</param>
    /// <param name="channel">The channel, from 0.</param>
    /// <param name="x">Column of the first.</param>
    /// <param name="y">The row.</param>
    /// <param name="pixels">Receives the pixels, from 0 to 1; its length is their number.</param>
    /// <exception cref="ArgumentException">They do not lie within the picture.</exception>
    /// <exception cref="IOException">The temporary file cannot be read.</exception>
    public void Read(int image, int channel, int x, int y, Span<float> pixels)
    {
        HeldImage held = Get(image);
        Throw.IfNotIndex(channel, Channels);
        Throw.IfNotIndex(y, held.Height);
        Throw.IfOutside(x, 0, held.Width - pixels.Length);
        held.Read(channel, x, y, pixels);
    }

    /// <summary>Lets the temporary file go, if there is one.</summary>
    public void Dispose() => _scratch?.Dispose();

    /// <summary>Refuses pictures of other channels.</summary>
    internal void RequireChannels(int channels, string name = "images")
    {
        if (Channels != channels)
            Throw.Argument(name, $"'{name}' has pictures of {Channels} channels; they must have {channels}.");
    }

    /// <summary>Keeps pictures in memory, and in a temporary file those that it is not to hold.</summary>
    private static ImageStore Hold(IEnumerable<(string Path, Picture[] Channels)> pictures, int channels, long memory, string? scratch)
    {
        var images = new List<HeldImage>();
        ScratchFile? file = null;
        try
        {
            foreach ((string path, Picture[] picture) in pictures)
            {
                memory -= picture.Sum(p => (long)p.Bytes.Length);
                HeldImage[] held = [.. picture.Select(p => memory >= 0 ? new HeldPicture(path, p)
                    : (file ??= new ScratchFile(scratch ?? Path.GetTempPath())).Add(path, p))];
                images.Add(held.Length == 1 ? held[0] : new HeldChannels(held));
            }
        }
        catch
        {
            file?.Dispose();
            throw;
        }
        return new ImageStore([.. images], file, channels);
    }

    private HeldImage Get(int image)
    {
        Throw.IfNotIndex(image, Count);
        return _images[image];
    }
}
