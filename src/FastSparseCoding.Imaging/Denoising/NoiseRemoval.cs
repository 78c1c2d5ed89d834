using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Patches without their noise. Planes of a picture lie side by side in its rows; they are cleaned in groups of as many as the denoiser has
/// channels, each group with a noise of its own. Means are those of whole rows of patches, computed and put back as such: no patch is
/// touched for its mean, and every sum is one of rows, the same for all widths of vectors.
/// </summary>
internal sealed class NoiseRemoval : IStripWork
{
    private readonly int _width, _height, _p, _across, _channels;
    private readonly int _size;             // values of a row: those of all planes
    private readonly IPatchDenoiser _denoiser;
    private readonly float[] _sigmas;       // of every group of planes
    private readonly float[] _weights;      // of the noisy planes of every group
    private readonly float[] _cover;        // patches over a pixel of a column that is under one row of patches [width]
    private readonly WorkspacePool<Workspace> _workspaces;

    public NoiseRemoval(int width, int height, IPatchDenoiser denoiser, params float[] sigmas)
    {
        (_width, _height, _p, _channels, _denoiser) = (width, height, denoiser.PatchSize, denoiser.Channels, denoiser);
        _across = width - _p + 1;
        _size = checked(sigmas.Length * _channels * width);
        _sigmas = sigmas;
        _weights = [.. sigmas.Select(denoiser.NoisyWeight)];
        _cover = [.. Enumerable.Range(0, width).Select(x => (float)PictureBands.Cover(x, width, _p))];
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(this));
    }

    /// <inheritdoc/>
    public int SumSize => _size;

    /// <inheritdoc/>
    public void Add(int first, int patchRows, ReadOnlySpan<float> pixels, Span<float> sums, CancellationToken cancellation)
    {
        Workspace workspace = _workspaces.Rent();
        for (int group = 0; group < _sigmas.Length; group++)
        {
            int planes = group * _channels * _width;
            AddGroup(patchRows, pixels[planes..], sums[planes..], _sigmas[group], workspace, cancellation);
        }
        _workspaces.Return(workspace);
    }

    /// <summary>(Σ patches + w · noisy) / (count + w).</summary>
    public void Finish(int row, ReadOnlySpan<float> sums, Span<float> pixels)
    {
        float down = PictureBands.Cover(row, _height, _p);
        for (int start = 0, plane = 0; start < pixels.Length; start += _width, plane++)
        {
            float weight = _weights[plane / _channels];
            for (int x = 0; x < _width; x++)
                pixels[start + x] = (sums[start + x] + weight * pixels[start + x]) / (_cover[x] * down + weight);
        }
    }

    /// <summary>Adds the patches of planes that are cleaned together.</summary>
    private void AddGroup(
        int patchRows, ReadOnlySpan<float> pixels, Span<float> sums, float sigma, Workspace workspace, CancellationToken cancellation)
    {
        for (int channel = 0; channel < _channels; channel++)
            for (int row = 0; row < patchRows; row++)
            {
                int start = row * _size + channel * _width;
                Span<float> means = workspace.Means(channel).Slice(row * _across, _across);
                PatchMeans.OfRow(pixels[start..], _size, _p, workspace.Columns, means);
                AddMeans(means, workspace.Columns, sums[start..]);
            }
        int patches = patchRows * _across;
        for (int start = 0; start < patches; start += RowBlocks.MostRows)
        {
            int count = Math.Min(RowBlocks.MostRows, patches - start);
            MatrixView x = workspace.X.RowRange(0, count), y = workspace.Y.RowRange(0, count);
            for (int channel = 0; channel < _channels; channel++)
                Cut(pixels, start, channel, workspace.Means(channel), x);
            _denoiser.Denoise(x, y, sigma, cancellation);
            for (int channel = 0; channel < _channels; channel++)
                Add(y, start, channel, sums);
        }
    }

    /// <summary>Adds to the sums of p rows of pixels the means of the patches over them.</summary>
    private void AddMeans(ReadOnlySpan<float> means, Span<float> columns, Span<float> sums)
    {
        columns.Clear();
        for (int i = 0; i < _p; i++)
            TensorPrimitives.Add(columns.Slice(i, _across), means, columns.Slice(i, _across));
        for (int i = 0; i < _p; i++)
            TensorPrimitives.Add(sums.Slice(i * _size, _width), columns, sums.Slice(i * _size, _width));
    }

    /// <summary>Cuts a channel of patches out, from number <paramref name="start"/> of the strip on, and removes their means.</summary>
    private void Cut(ReadOnlySpan<float> pixels, int start, int channel, ReadOnlySpan<float> means, MatrixView x)
    {
        for (int k = 0; k < x.Rows; k++)
            PatchRows.Cut(pixels[Place(start + k, channel)..], _size, _p, means[start + k], x.Row(k).Slice(channel * _p * _p, _p * _p));
    }

    private void Add(ReadOnlyMatrixView y, int start, int channel, Span<float> sums)
    {
        for (int k = 0; k < y.Rows; k++)
            PatchRows.Add(y.Row(k).Slice(channel * _p * _p, _p * _p), sums[Place(start + k, channel)..], _size, _p);
    }

    /// <summary>Where a channel of patch number k of a strip begins among the strip's pixels.</summary>
    private int Place(int k, int channel) => k / _across * _size + channel * _width + k % _across;

    /// <summary>What a thread needs for a strip.</summary>
    private sealed class Workspace(NoiseRemoval work)
    {
        private readonly int _patches = PictureBands.StripRows(work._size) * work._across;
        private readonly float[] _means = new float[PictureBands.StripRows(work._size) * work._across * work._channels];

        /// <summary>Sums of columns [width].</summary>
        public float[] Columns { get; } = new float[work._width];

        /// <summary>Patches [block×n] without their means.</summary>
        public Matrix X { get; } = new(RowBlocks.MostRows, work._channels * work._p * work._p);

        /// <summary>The same cleaned.</summary>
        public Matrix Y { get; } = new(RowBlocks.MostRows, work._channels * work._p * work._p);

        /// <summary>Means of a channel of the strip's patches.</summary>
        public Span<float> Means(int channel) => _means.AsSpan(channel * _patches, _patches);
    }
}
