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

    private ImageStore(HeldImage[] images, ScratchFile? scratch)
    {
        (_images, _scratch) = (images, scratch);
    }

    /// <summary>Number of pictures.</summary>
    public int Count => _images.Length;

    /// <summary>Reads pictures.</summary>
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
    {
        Throw.IfBelow(memory, 0L);
        IReadOnlyList<string> files = ImageFolder.Find(paths);
        var images = new List<HeldImage>(files.Count);
        ScratchFile? file = null;
        try
        {
            foreach ((string path, Picture picture) in PictureReader.Read(files, threads, cancellation))
            {
                memory -= picture.Bytes.Length;
                images.Add(memory >= 0 ? new HeldPicture(path, picture)
                    : (file ??= new ScratchFile(scratch ?? Path.GetTempPath())).Add(path, picture));
            }
        }
        catch
        {
            file?.Dispose();
            throw;
        }
        return new ImageStore([.. images], file);
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

    /// <summary>The luminance of a picture, (R + G + B)/3 or its gray, without copying it.</summary>
    internal static ImageStore OfLuminance(ColourImage image) => new([new HeldLuminance(image)], null);

    /// <summary>Some of the pictures, for as long as this store is not disposed.</summary>
    /// <param name="choose">Says of a picture's number whether it is taken.</param>
    /// <returns>The pictures chosen, in their order.</returns>
    public ImageStore Where(Func<int, bool> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return new ImageStore([.. _images.Where((_, i) => choose(i))], null);
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

    /// <summary>Copies pixels that lie side by side in a row.</summary>
    /// <param name="image">The picture's number, from 0.</param>
    /// <param name="x">Column of the first.</param>
    /// <param name="y">The row.</param>
    /// <param name="pixels">Receives the pixels, from 0 to 1; its length is their number.</param>
    /// <exception cref="ArgumentException">They do not lie within the picture.</exception>
    /// <exception cref="IOException">The temporary file cannot be read.</exception>
    public void Read(int image, int x, int y, Span<float> pixels)
    {
        HeldImage held = Get(image);
        Throw.IfNotIndex(y, held.Height);
        Throw.IfOutside(x, 0, held.Width - pixels.Length);
        held.Read(x, y, pixels);
    }

    /// <summary>Lets the temporary file go, if there is one.</summary>
    public void Dispose() => _scratch?.Dispose();

    private HeldImage Get(int image)
    {
        Throw.IfNotIndex(image, Count);
        return _images[image];
    }

    private sealed class HeldGrayImage(GrayImage image) : HeldImage(image.Name, image.Width, image.Height)
    {
        public override void Read(int x, int y, Span<float> pixels) => image.Row(y).Slice(x, pixels.Length).CopyTo(pixels);
    }

    private sealed class HeldPicture(string name, Picture picture) : HeldImage(name, picture.Width, picture.Height)
    {
        public override void Read(int x, int y, Span<float> pixels)
        {
            int bytes = picture.PixelBytes;
            Picture.Expand(picture.Bytes.Slice((y * Width + x) * bytes, pixels.Length * bytes), bytes, pixels);
        }
    }
}

/// <summary>A picture of a store.</summary>
internal abstract class HeldImage(string name, int width, int height)
{
    public string Name { get; } = name;

    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>Copies pixels that lie side by side in a row.</summary>
    public abstract void Read(int x, int y, Span<float> pixels);
}
