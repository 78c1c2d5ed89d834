using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Goes through a picture band after band. Threads take the strips of a band; each strip has sums of its own, and these are joined in the
/// strips' order: no pixel depends on the number of threads or on the height of a band.
/// </summary>
internal sealed class PictureBands
{
    /// <summary>Rows of patches in a strip, unless rows are so long that fewer have <see cref="MostValues"/>.</summary>
    private const int MostStripRows = 8;

    /// <summary>Strips in a band: enough work for many threads, little memory.</summary>
    private const int MostStrips = 64;

    /// <summary>Values in a band, unless a single strip has more: rows may be long.</summary>
    private const int MostValues = 1 << 22;

    private readonly int _size, _height, _overlap, _stripRows, _strips;
    private readonly IStripWork _work;
    private readonly float[] _pixels;       // rows of the picture under the band
    private readonly float[] _total;        // sums of the patches over these rows, of this band and those before
    private readonly float[][] _sums;       // those of every strip alone

    /// <summary>Prepares for a picture.</summary>
    /// <param name="size">Values in a row: pixels times planes.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="patchSize">Side of a patch in pixels.</param>
    /// <param name="work">What is done.</param>
    /// <param name="mostStrips">Most strips in a band.</param>
    public PictureBands(int size, int height, int patchSize, IStripWork work, int mostStrips = MostStrips)
    {
        (_size, _height, _overlap, _work) = (size, height, patchSize - 1, work);
        _stripRows = StripRows(Math.Max(size, work.SumSize));
        long stripValues = (long)_stripRows * Math.Max(size, work.SumSize);
        _strips = Math.Min((int)Math.Clamp(MostValues / stripValues, 1, mostStrips), RowBlocks.Count(height - _overlap, _stripRows));
        int rows = Math.Min(_strips * _stripRows + _overlap, height);
        Throw.IfAbove((long)rows * Math.Max(size, work.SumSize), Array.MaxLength, "width × rows of a band");
        _pixels = new float[rows * size];
        _total = new float[rows * work.SumSize];
        _sums = [.. Enumerable.Range(0, _strips).Select(_ => new float[(_stripRows + _overlap) * work.SumSize])];
    }

    /// <summary>Rows of patches in a strip. Sums, and so the last bits of pixels, depend on it.</summary>
    /// <param name="size">Values in a row.</param>
    public static int StripRows(int size) => Math.Clamp(MostValues / size, 1, MostStripRows);

    /// <summary>Number of patches, in one direction, over pixel i of so many.</summary>
    public static int Cover(int i, int length, int patchSize) => Math.Min(i, length - patchSize) - Math.Max(0, i - patchSize + 1) + 1;

    public void Run(
        PictureRowReader read, PictureRowWriter write, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        int patchRows = _height - _overlap, strips = RowBlocks.Count(patchRows, _stripRows), done = 0;
        for (int first = 0; first < patchRows; first += _strips * _stripRows)
        {
            int count = Math.Min(_strips * _stripRows, patchRows - first);
            Read(first, count, read);
            RowBlocks.Run(count, _stripRows, threads, cancellation, (start, rows) =>
            {
                Span<float> sums = Sums(start, rows);
                sums.Clear();
                _work.Add(first + start, rows, PixelRows(start, rows + _overlap), sums, cancellation);
                progress?.Report((double)Interlocked.Increment(ref done) / strips);
            });
            for (int start = 0; start < count; start += _stripRows)
                Join(start, Math.Min(_stripRows, count - start));
            Write(first, first + count < patchRows ? count : count + _overlap, write);
            Keep(count);
        }
    }

    /// <summary>Reads the rows under a band that the one before has not read.</summary>
    private void Read(int first, int count, PictureRowReader read)
    {
        int there = first == 0 ? 0 : _overlap;
        Span<float> rows = PixelRows(there, count + _overlap - there);
        read(first + there, rows);
        Throw.IfNotFinite(new ReadOnlyMatrixView(rows, rows.Length / _size, _size), "noisy", first + there);
    }

    private void Join(int start, int count)
    {
        Span<float> total = TotalRows(start, count + _overlap);
        TensorPrimitives.Add(total, Sums(start, count), total);
    }

    /// <summary>Writes the rows over which no further patch lies.</summary>
    private void Write(int first, int count, PictureRowWriter write)
    {
        for (int row = 0; row < count; row++)
            _work.Finish(first + row, TotalRows(row, 1), PixelRows(row, 1));
        write(first, PixelRows(0, count));
    }

    /// <summary>The rows that the next band lies over too become its first.</summary>
    private void Keep(int count)
    {
        PixelRows(count, _overlap).CopyTo(_pixels);
        TotalRows(count, _overlap).CopyTo(_total);
        _total.AsSpan(_overlap * _work.SumSize).Clear();
    }

    private Span<float> PixelRows(int start, int count) => _pixels.AsSpan(start * _size, count * _size);

    private Span<float> TotalRows(int start, int count) => _total.AsSpan(start * _work.SumSize, count * _work.SumSize);

    private Span<float> Sums(int start, int count) => _sums[start / _stripRows].AsSpan(0, (count + _overlap) * _work.SumSize);
}
