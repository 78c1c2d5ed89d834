using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>Patches coded by their known pixels, and the means of what they say; patches that know all or next to nothing are left
/// out.</summary>
internal sealed class InpaintingWork : IStripWork
{
    private readonly KnownPixels _mask;
    private readonly int _width, _p;
    private readonly IMaskedEncoder _encoder;
    private readonly AtomDictionary _dictionary;
    private readonly WorkspacePool<Workspace> _workspaces;

    public InpaintingWork(int width, KnownPixels mask, int patchSize, IMaskedEncoder encoder, AtomDictionary dictionary)
    {
        (_width, _mask, _p, _encoder, _dictionary) = (width, mask, patchSize, encoder, dictionary);
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(patchSize * patchSize, dictionary.AtomCount));
    }

    /// <summary>Sums of patches, and behind them their numbers.</summary>
    public int SumSize => 2 * _width;

    /// <inheritdoc/>
    public void Add(int first, int patchRows, ReadOnlySpan<float> pixels, Span<float> sums, CancellationToken cancellation)
    {
        Workspace workspace = _workspaces.Rent();
        int across = _width - _p + 1;
        for (int i = 0; i < patchRows * across; i++)
        {
            (int row, int x) = (i / across, i % across);
            if (!Cut(first + row, x, pixels[(row * _width)..], workspace))
                continue;
            workspace.Places[workspace.Count++] = (row, x);
            if (workspace.Count == RowBlocks.MostRows)
                Flush(workspace, sums, cancellation);
        }
        Flush(workspace, sums, cancellation);
        _workspaces.Return(workspace);
    }

    /// <summary>Known pixels stay; the others are the means of the patches over them.</summary>
    public void Finish(int row, ReadOnlySpan<float> sums, Span<float> pixels)
    {
        ReadOnlySpan<float> known = _mask.Row(row);
        for (int x = 0; x < _width; x++)
            if (known[x] == 0)
                pixels[x] = sums[x] / sums[_width + x];
    }

    /// <summary>Takes a patch as the next of the block, unless all or too little of it is known.</summary>
    private bool Cut(int y, int x, ReadOnlySpan<float> pixels, Workspace workspace)
    {
        Span<float> patch = workspace.X.Row(workspace.Count), mask = workspace.Mask.Row(workspace.Count);
        int known = PartlyKnownPatches.Cut(_mask, y, x, pixels, _width, _p, patch, mask, out workspace.Means[workspace.Count]);
        return known >= KnownPixels.FewestInPatch && known < patch.Length;
    }

    /// <summary>Codes the block and adds what its codes say.</summary>
    private void Flush(Workspace workspace, Span<float> sums, CancellationToken cancellation)
    {
        int count = workspace.Count;
        MatrixView y = workspace.Y.RowRange(0, count), z = workspace.Z.RowRange(0, count);
        _encoder.Encode(workspace.X.RowRange(0, count), workspace.Mask.RowRange(0, count), z, cancellation);
        _dictionary.Reconstruct(z, y);
        for (int k = 0; k < count; k++)
        {
            (int row, int x) = workspace.Places[k];
            Span<float> patch = y.Row(k);
            TensorPrimitives.Add(patch, workspace.Means[k], patch);
            for (int i = 0; i < _p; i++)
            {
                Span<float> sum = sums.Slice((row + i) * SumSize + x, _p), number = sums.Slice((row + i) * SumSize + _width + x, _p);
                TensorPrimitives.Add(sum, patch.Slice(i * _p, _p), sum);
                TensorPrimitives.Add(number, 1f, number);
            }
        }
        workspace.Count = 0;
    }

    /// <summary>A block of patches.</summary>
    private sealed class Workspace(int n, int m)
    {
        public int Count { get; set; }

        public (int Row, int X)[] Places { get; } = new (int, int)[RowBlocks.MostRows];

        public float[] Means { get; } = new float[RowBlocks.MostRows];

        /// <summary>Patches without their means [block×p²].</summary>
        public Matrix X { get; } = new(RowBlocks.MostRows, n);

        /// <summary>1 where they are known [block×p²].</summary>
        public Matrix Mask { get; } = new(RowBlocks.MostRows, n);

        /// <summary>Their codes [block×m].</summary>
        public Matrix Z { get; } = new(RowBlocks.MostRows, m);

        /// <summary>What the codes say they are [block×p²].</summary>
        public Matrix Y { get; } = new(RowBlocks.MostRows, n);
    }
}
