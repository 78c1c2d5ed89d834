using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Patches, one at each pixel, coded by what is known of them: the code z of K ⊙ (x − mean), K the known pixels, says what the others are,
/// zD + mean, and a missing pixel becomes the average of the patches over it (Elad, Starck, Querre and Donoho 2005; Mairal, Elad and
/// Sapiro 2008). Planes of a picture lie side by side in its rows and have the same known pixels. Patches of which everything or next to
/// nothing is known are left out; pixels under no other patch stay as they are.
/// </summary>
internal sealed class MaskedPatches : IStripWork
{
    private readonly int _width, _across, _p, _size;
    private readonly KnownPixels _known;
    private readonly AtomDictionary _dictionary;
    private readonly IMaskedEncoder _encoder;
    private readonly WorkspacePool<Workspace> _workspaces;

    /// <summary>Prepares for a picture.</summary>
    /// <param name="width">Width of a plane.</param>
    /// <param name="planes">Planes side by side.</param>
    /// <param name="known">The known pixels.</param>
    /// <param name="dictionary">Atoms [m×p²].</param>
    /// <param name="encoder">What codes by them.</param>
    public MaskedPatches(int width, int planes, KnownPixels known, AtomDictionary dictionary, IMaskedEncoder encoder)
    {
        (_width, _size, _known, _dictionary, _encoder) = (width, checked(planes * width), known, dictionary, encoder);
        _p = SquarePatch.SideOf(dictionary, 1);
        _across = width - _p + 1;
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(_width, _p, dictionary.AtomCount));
    }

    /// <summary>Sums of patches, and behind them how many lie on a pixel.</summary>
    public int SumSize => _size + _width;

    /// <inheritdoc/>
    public void Add(int first, int patchRows, ReadOnlySpan<float> pixels, Span<float> sums, CancellationToken cancellation)
    {
        Workspace workspace = _workspaces.Rent();
        for (int row = 0; row < patchRows; row++)
            for (int plane = 0; plane < _size; plane += _width)
            {
                ReadOnlySpan<float> from = pixels[(row * _size + plane)..];
                PatchMeans.OfRow(from, _size, _p, workspace.Columns, workspace.Means);
                for (int x = 0; x < _across;)
                {
                    x = Cut(first + row, x, from, workspace);
                    Code(workspace, cancellation);
                    AddPatches(workspace, sums[(row * SumSize + plane)..], counts: plane == 0 ? sums[(row * SumSize + _size)..] : default);
                }
            }
        _workspaces.Return(workspace);
    }

    /// <inheritdoc/>
    public void Finish(int row, ReadOnlySpan<float> sums, Span<float> pixels)
    {
        ReadOnlySpan<float> known = _known.Row(row), counts = sums[_size..];
        for (int i = 0; i < pixels.Length; i++)
            if (known[i % _width] == 0 && counts[i % _width] > 0)
                pixels[i] = sums[i] / counts[i % _width];
    }

    /// <summary>Fills a block with patches of a row, from <paramref name="x"/> on; where the next begins.</summary>
    private int Cut(int y, int x, ReadOnlySpan<float> pixels, Workspace workspace)
    {
        workspace.Count = 0;
        for (; x < _across && workspace.Count < RowBlocks.MostRows; x++)
        {
            Span<float> mask = workspace.Mask.Row(workspace.Count);
            for (int i = 0; i < _p; i++)
                _known.Row(y + i).Slice(x, _p).CopyTo(mask[(i * _p)..]);
            int missing = mask.Count(0f);
            if (missing == 0 || mask.Length - missing < KnownPixels.FewestInPatch)
                continue;
            PatchRows.Cut(pixels[x..], _size, _p, workspace.Means[x], workspace.X.Row(workspace.Count));
            workspace.Places[workspace.Count++] = x;
        }
        return x;
    }

    /// <summary>What the known pixels of a block say that its patches are.</summary>
    private void Code(Workspace workspace, CancellationToken cancellation)
    {
        MatrixView z = workspace.Z.RowRange(0, workspace.Count), x = workspace.X.RowRange(0, workspace.Count);
        _encoder.EncodeRows(x, workspace.Mask.RowRange(0, workspace.Count), z, cancellation);
        _dictionary.Reconstruct(z, x);                                                      // zD
    }

    private void AddPatches(Workspace workspace, Span<float> sums, Span<float> counts)
    {
        for (int k = 0; k < workspace.Count; k++)
        {
            int x = workspace.Places[k];
            Span<float> patch = workspace.X.Row(k);
            TensorPrimitives.Add(patch, workspace.Means[x], patch);                         // zD + mean
            PatchRows.Add(patch, sums[x..], SumSize, _p);
            if (!counts.IsEmpty)
                PatchRows.Add(workspace.Ones, counts[x..], SumSize, _p);
        }
    }

    /// <summary>What a thread needs for a block of patches.</summary>
    private sealed class Workspace
    {
        public Workspace(int width, int p, int atoms)
        {
            (Columns, Means, Ones) = (new float[width], new float[width - p + 1], new float[p * p]);
            Array.Fill(Ones, 1);
            (X, Mask) = (new Matrix(RowBlocks.MostRows, p * p), new Matrix(RowBlocks.MostRows, p * p));
            Z = new Matrix(RowBlocks.MostRows, atoms);
        }

        /// <summary>Sums of columns [width].</summary>
        public float[] Columns { get; }

        /// <summary>Means of the patches of a row [across].</summary>
        public float[] Means { get; }

        /// <summary>1 for every pixel of a patch [p²].</summary>
        public float[] Ones { get; }

        /// <summary>Patches in the block.</summary>
        public int Count { get; set; }

        /// <summary>Where they begin in the row.</summary>
        public int[] Places { get; } = new int[RowBlocks.MostRows];

        /// <summary>Patches without their mean [block×p²], then what their codes say.</summary>
        public Matrix X { get; }

        /// <summary>1 where they are known [block×p²].</summary>
        public Matrix Mask { get; }

        /// <summary>Their codes [block×m].</summary>
        public Matrix Z { get; }
    }
}
