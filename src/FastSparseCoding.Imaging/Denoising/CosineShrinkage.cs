using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Patches, one at each pixel, freed of the cosines of which they have little: Z = CXCᵀ, every z but the mean's is kept where |z| &gt; t
/// and else zero, Y = CᵀZC; a pixel becomes the average of the patches over it (Coifman and Donoho 1995). A row of patches is worked on as
/// a whole, a cosine at a time, so that patches side by side share what their columns have in common. Planes of a picture lie side by side
/// in its rows.
/// </summary>
internal sealed class CosineShrinkage : IStripWork
{
    private readonly int _width, _height, _p, _across;
    private readonly float _threshold;
    private readonly Matrix _c;             // C [p×p]: cosine f at i
    private readonly WorkspacePool<Workspace> _workspaces;

    /// <summary>Prepares for pictures of a size.</summary>
    /// <param name="width">Width of a plane.</param>
    /// <param name="height">Height.</param>
    /// <param name="planes">Planes side by side.</param>
    /// <param name="patchSize">Side p of a patch.</param>
    /// <param name="threshold">The threshold t of coefficients, for pixels 0 to 1.</param>
    public CosineShrinkage(int width, int height, int planes, int patchSize, float threshold)
    {
        (_width, _height, _p, _threshold) = (width, height, patchSize, threshold);
        (_across, SumSize) = (width - patchSize + 1, checked(planes * width));
        _c = Cosines(patchSize);
        _workspaces = new WorkspacePool<Workspace>(() => new Workspace(width, _across));
    }

    /// <inheritdoc/>
    public int SumSize { get; }

    /// <inheritdoc/>
    public void Add(int first, int patchRows, ReadOnlySpan<float> pixels, Span<float> sums, CancellationToken cancellation)
    {
        Workspace workspace = _workspaces.Rent();
        for (int row = 0; row < patchRows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int plane = row * SumSize; plane < (row + 1) * SumSize; plane += _width)
                AddPatches(pixels[plane..], sums[plane..], workspace);
        }
        _workspaces.Return(workspace);
    }

    /// <inheritdoc/>
    public void Finish(int row, ReadOnlySpan<float> sums, Span<float> pixels)
    {
        int down = PictureBands.Cover(row, _height, _p);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = sums[i] / (down * PictureBands.Cover(i % _width, _width, _p));
    }

    /// <summary>Adds a row of patches.</summary>
    private void AddPatches(ReadOnlySpan<float> pixels, Span<float> sums, Workspace workspace)
    {
        Span<float> v = workspace.V, u = workspace.U, z = workspace.Z;
        for (int f = 0; f < _p; f++)
        {
            v.Clear();
            u.Clear();
            for (int i = 0; i < _p; i++)
                TensorPrimitives.MultiplyAdd(pixels.Slice(i * SumSize, _width), _c[f, i], v, v);            // v = Σ c_fi x_i
            for (int g = 0; g < _p; g++)
            {
                z.Clear();
                for (int j = 0; j < _p; j++)
                    TensorPrimitives.MultiplyAdd(v.Slice(j, _across), _c[g, j], z, z);                      // z_fg = Σ c_gj v_j
                if (f + g > 0)
                    KeptCoefficients.Above(_threshold, z);
                for (int j = 0; j < _p; j++)
                    TensorPrimitives.MultiplyAdd(z, _c[g, j], u.Slice(j, _across), u.Slice(j, _across));    // u_j += c_gj z_fg
            }
            for (int i = 0; i < _p; i++)
                TensorPrimitives.MultiplyAdd(u, _c[f, i], sums.Slice(i * SumSize, _width), sums.Slice(i * SumSize, _width));
        }
    }

    /// <summary>C: row f is cos(π f (i + ½) / p) of norm 1.</summary>
    private static Matrix Cosines(int p)
    {
        var c = new Matrix(p, p);
        for (int f = 0; f < p; f++)
            for (int i = 0; i < p; i++)
                c[f, i] = (float)(Math.Sqrt((f == 0 ? 1.0 : 2.0) / p) * Math.Cos(Math.PI * f * (i + 0.5) / p));
        return c;
    }

    /// <summary>What a thread needs for a row of patches and a cosine down.</summary>
    private sealed class Workspace(int width, int across)
    {
        /// <summary>Coefficients of columns of p pixels [width].</summary>
        public float[] V { get; } = new float[width];

        /// <summary>The same of what is kept [width].</summary>
        public float[] U { get; } = new float[width];

        /// <summary>Coefficients of patches [across].</summary>
        public float[] Z { get; } = new float[across];
    }
}
