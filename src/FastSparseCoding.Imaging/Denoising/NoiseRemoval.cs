using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Patches without their noise. Means are those of whole rows of patches, computed and put back as such: no patch is touched for
/// its mean, and every sum is one of rows, the same for all widths of vectors.
/// </summary>
internal sealed class NoiseRemoval : IStripWork
{
    private readonly int _width, _height, _p, _across;
    private readonly IPatchDenoiser _denoiser;
    private readonly float _sigma, _weight;
    private readonly float[] _cover;        // patches over a pixel of a column that is under one row of patches [width]
    private readonly WorkspacePool<Workspace> _workspaces;

    public NoiseRemoval(int width, int height, IPatchDenoiser denoiser, float sigma)
    {
        (_width, _height, _p) = (width, height, denoiser.PatchSize);
        (_denoiser, _sigma, _weight) = (denoiser, sigma, denoiser.NoisyWeight(sigma));
        _across = width - _p + 1;
        _cover = [.. Enumerable.Range(0, width).Select(x => (float)Cover(x, width))];
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(width, _across, _p));
    }

    /// <inheritdoc/>
    public int SumSize => _width;

    /// <inheritdoc/>
    public void Add(int first, int patchRows, ReadOnlySpan<float> pixels, Span<float> sums, CancellationToken cancellation)
    {
        Workspace workspace = _workspaces.Rent();
        for (int row = 0; row < patchRows; row++)
        {
            Means(pixels[(row * _width)..], workspace.Columns, workspace.MeansOf(row));
            AddMeans(workspace.MeansOf(row), workspace.Columns, sums[(row * _width)..]);
        }
        int patches = patchRows * _across;
        for (int start = 0; start < patches; start += RowBlocks.MostRows)
        {
            int count = Math.Min(RowBlocks.MostRows, patches - start);
            MatrixView x = workspace.X.RowRange(0, count), y = workspace.Y.RowRange(0, count);
            Cut(pixels, start, workspace.Means, x);
            _denoiser.Denoise(x, y, _sigma, cancellation);
            Add(y, start, sums);
        }
        _workspaces.Return(workspace);
    }

    /// <summary>(Σ patches + w · noisy) / (count + w).</summary>
    public void Finish(int row, ReadOnlySpan<float> sums, Span<float> pixels)
    {
        float down = Cover(row, _height);
        for (int x = 0; x < pixels.Length; x++)
            pixels[x] = (sums[x] + _weight * pixels[x]) / (_cover[x] * down + _weight);
    }

    /// <summary>Means of a row of patches: of columns first, then of p columns each.</summary>
    private void Means(ReadOnlySpan<float> pixels, Span<float> columns, Span<float> means)
    {
        pixels[.._width].CopyTo(columns);
        for (int i = 1; i < _p; i++)
            TensorPrimitives.Add(columns, pixels.Slice(i * _width, _width), columns);
        columns[.._across].CopyTo(means);
        for (int i = 1; i < _p; i++)
            TensorPrimitives.Add(means, columns.Slice(i, _across), means);
        TensorPrimitives.Divide(means, _p * _p, means);
    }

    /// <summary>Adds to the sums of p rows of pixels the means of the patches over them.</summary>
    private void AddMeans(ReadOnlySpan<float> means, Span<float> columns, Span<float> sums)
    {
        columns.Clear();
        for (int i = 0; i < _p; i++)
            TensorPrimitives.Add(columns.Slice(i, _across), means, columns.Slice(i, _across));
        for (int i = 0; i < _p; i++)
            TensorPrimitives.Add(sums.Slice(i * _width, _width), columns, sums.Slice(i * _width, _width));
    }

    /// <summary>Cuts patches out, from number <paramref name="start"/> of the strip on, and removes their means.</summary>
    private void Cut(ReadOnlySpan<float> pixels, int start, ReadOnlySpan<float> means, MatrixView x)
    {
        for (int k = 0; k < x.Rows; k++)
        {
            ReadOnlySpan<float> from = pixels[Place(start + k)..];
            Span<float> patch = x.Row(k);
            float mean = means[start + k];
            for (int i = 0; i < _p; i++)
                TensorPrimitives.Subtract(from.Slice(i * _width, _p), mean, patch.Slice(i * _p, _p));
        }
    }

    private void Add(ReadOnlyMatrixView y, int start, Span<float> sums)
    {
        for (int k = 0; k < y.Rows; k++)
        {
            Span<float> to = sums[Place(start + k)..];
            ReadOnlySpan<float> patch = y.Row(k);
            for (int i = 0; i < _p; i++)
                TensorPrimitives.Add(to.Slice(i * _width, _p), patch.Slice(i * _p, _p), to.Slice(i * _width, _p));
        }
    }

    /// <summary>Where patch number k of a strip begins among the strip's pixels.</summary>
    private int Place(int k) => k / _across * _width + k % _across;

    /// <summary>Number of patches, in one direction, over a pixel.</summary>
    private int Cover(int i, int length) => Math.Min(i, length - _p) - Math.Max(0, i - _p + 1) + 1;

    /// <summary>What a thread needs for a strip.</summary>
    private sealed class Workspace(int width, int across, int p)
    {
        private readonly float[] _means = new float[PictureBands.StripRows * across];

        /// <summary>Sums of columns [width].</summary>
        public float[] Columns { get; } = new float[width];

        /// <summary>Patches [block×p²] without their means.</summary>
        public Matrix X { get; } = new(RowBlocks.MostRows, p * p);

        /// <summary>The same cleaned.</summary>
        public Matrix Y { get; } = new(RowBlocks.MostRows, p * p);

        /// <summary>Means of the strip's patches.</summary>
        public ReadOnlySpan<float> Means => _means;

        public Span<float> MeansOf(int row) => _means.AsSpan(row * across, across);
    }
}
