namespace FastSparseCoding.Imaging;

/// <summary>
/// Endless patches at random places of pictures, every place as likely as any other. Patch number i is a function of the seed and i alone:
/// the same for any blocks in which it is read, and for any number of threads. Safe to share between threads.
/// </summary>
public sealed class PatchSource : ISignalSource
{
    /// <summary>Places tried before the pictures count as flat.</summary>
    private const int MaxAttempts = 1_000_000;

    private readonly ImageStore _images;
    private readonly long[] _ends;      // places in the pictures up to and including each
    private readonly PatchPreprocessing _preprocessing;
    private readonly PatchCutter _cutter;
    private readonly ulong _seed;

    /// <summary>Prepares a source.</summary>
    /// <param name="images">The pictures, each at least as large as a patch.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="seed">The same seed gives the same patches.</param>
    /// <exception cref="ArgumentException">There is no picture, one is smaller than a patch, all are flat, or the preprocessing is out of
    /// range.</exception>
    public PatchSource(IReadOnlyList<GrayImage> images, PatchPreprocessing preprocessing, int seed)
        : this(ImageStore.Of(images), preprocessing, seed)
    {
    }

    /// <summary>
    /// Prepares a source of pictures of which not all need be in memory. The same pictures give the same patches, wherever they are held.
    /// </summary>
    /// <param name="images">The pictures, each at least as large as a patch; not to be disposed before the last patch is read.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="seed">The same seed gives the same patches.</param>
    /// <exception cref="ArgumentException">There is no picture, one is smaller than a patch, all are flat, or the preprocessing is out of
    /// range.</exception>
    public PatchSource(ImageStore images, PatchPreprocessing preprocessing, int seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(preprocessing);
        if (images.Count == 0)
            Throw.Argument(nameof(images), "'images' is empty; it must hold at least one image.");
        images.RequireChannels(1);
        _images = images;
        _preprocessing = preprocessing;
        _cutter = new PatchCutter(preprocessing);
        _seed = CounterRandom.Mix((ulong)seed);
        _ends = new long[images.Count];
        long places = 0;
        for (int i = 0; i < _ends.Length; i++)
        {
            (int width, int height) = images.SizeOf(i);
            _cutter.RequireFits(images.NameOf(i), width, height);
            places += (long)(width - preprocessing.PatchSize + 1) * (height - preprocessing.PatchSize + 1);
            _ends[i] = places;
        }
        Cut(0, new float[SignalSize]);      // fails here, not in the middle of a training, when all is flat
    }

    /// <inheritdoc/>
    public int SignalSize => _preprocessing.SignalSize;

    /// <inheritdoc/>
    public void Read(long first, MatrixView x)
    {
        Throw.IfBelow(first, 0L);
        Throw.IfColumnsNot(x.Columns, SignalSize, nameof(x));
        for (int i = 0; i < x.Rows; i++)
            Cut(first + i, x.Row(i));
        _preprocessing.Whitening?.Apply(x);
    }

    /// <summary>Patch number <paramref name="index"/>: the first of its own sequence of places that is not too flat.</summary>
    private void Cut(long index, Span<float> patch)
    {
        ulong counter = CounterRandom.Mix(_seed ^ (ulong)index);
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            ulong bits = CounterRandom.Mix(counter + (ulong)attempt);
            long place = (long)Math.BigMul(bits, (ulong)_ends[^1], out _);
            int i = Array.BinarySearch(_ends, place + 1);
            if (i < 0)
                i = ~i;
            long within = i == 0 ? place : place - _ends[i - 1];
            int across = _images.SizeOf(i).Width - _preprocessing.PatchSize + 1;
            if (_cutter.Cut(_images, i, (int)(within % across), (int)(within / across), patch))
                return;
        }
        string others = _images.Count == 1 ? "" : FormattableString.Invariant($" and {_images.Count - 1} more");
        Throw.Argument("images", FormattableString.Invariant(
            $"{_images.NameOf(0)}{others}: too flat: none of {MaxAttempts} random patches has a standard deviation of {_preprocessing.MinimumDeviation} or more."));
    }
}
