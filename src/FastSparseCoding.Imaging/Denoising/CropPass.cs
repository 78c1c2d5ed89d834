using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Forward and backward through the denoising of a square crop of a picture: all its patches, cleaned and averaged, and the loss Σ (ŷ − y)²
/// of what comes out. Blocks of patches go through the layers one after the other. Allocates nothing.
/// </summary>
internal sealed class CropPass
{
    private readonly Denoiser _denoiser;
    private readonly int _side, _across, _p;
    private readonly Matrix _x;             // patches without their mean [N×n]
    private readonly Matrix _y;             // x̂, then dx̂ [N×n]
    private readonly float[] _means;        // of the patches
    private readonly float[] _picture;      // ŷ, then dŷ/count
    private readonly float[] _counts;       // patches over every pixel
    private readonly Matrix _theta, _dTheta;
    private readonly CoupledTape[] _tapes;  // of the blocks

    public CropPass(Denoiser denoiser, int side)
    {
        (_denoiser, _side, _p) = (denoiser, side, denoiser.PatchSize);
        _across = side - _p + 1;
        int patches = _across * _across;
        _x = new Matrix(patches, _p * _p);
        _y = new Matrix(patches, _p * _p);
        _means = new float[patches];
        _picture = new float[side * side];
        _counts = new float[side * side];
        _theta = new Matrix(denoiser.Depth + 1, denoiser.AtomCount);
        _dTheta = new Matrix(denoiser.Depth + 1, denoiser.AtomCount);
        var dense = new Matrix(Denoiser.BlockRows, denoiser.AtomCount);
        _tapes = new CoupledTape[RowBlocks.Count(patches, Denoiser.BlockRows)];
        for (int b = 0; b < _tapes.Length; b++)
            _tapes[b] = new CoupledTape(denoiser.Layers, Denoiser.BlockRows, dense, keep: true);
        for (int i = 0; i < patches; i++)
            for (int row = 0; row < _p; row++)
                foreach (ref float count in _counts.AsSpan(Place(i) + row * side, _p))
                    count++;
    }

    /// <summary>Denoises a crop.</summary>
    /// <param name="noisy">Pixels [side²].</param>
    /// <param name="sigma">Deviation of the noise in levels of 255.</param>
    /// <returns>The denoised crop ŷ, until the next call.</returns>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> noisy, float sigma)
    {
        _denoiser.Thresholds(sigma, _theta);
        Cut(noisy, _x);
        for (int i = 0; i < _x.Rows; i++)
        {
            _means[i] = TensorPrimitives.Sum<float>(_x.Row(i)) / _x.Columns;
            TensorPrimitives.Subtract(_x.Row(i), _means[i], _x.Row(i));
        }
        for (int b = 0; b < _tapes.Length; b++)
            _denoiser.Forward(Block(_x, b), _theta, _tapes[b], Block(_y, b));
        Average();
        return _picture;
    }

    /// <summary>Adds the gradient of Σ (ŷ − y)² of the crop that went <see cref="Forward"/>.</summary>
    /// <param name="clean">The crop y without noise.</param>
    /// <param name="sigma">Deviation of the noise in levels of 255.</param>
    /// <param name="gradient">The parameters' gradient is added to it.</param>
    /// <returns>The loss.</returns>
    public double Backward(ReadOnlySpan<float> clean, float sigma, ParameterSlab gradient)
    {
        TensorPrimitives.Subtract(_picture, clean, _picture);
        double loss = Reduction.Dot(_picture, _picture);
        TensorPrimitives.Divide(_picture, _counts, _picture);
        TensorPrimitives.Multiply(_picture, 2, _picture);
        Cut(_picture, _y);                                                          // dx̂ = 2(ŷ − y)/count at the patch's pixels
        _dTheta.Values.Clear();
        for (int b = 0; b < _tapes.Length; b++)
            _denoiser.Backward(Block(_x, b), Block(_y, b), _tapes[b], gradient, _dTheta);
        Denoiser.AddThresholds(_dTheta, sigma, gradient);
        return loss;
    }

    /// <summary>Where patch i begins.</summary>
    private int Place(int i) => i / _across * _side + i % _across;

    private static MatrixView Block(Matrix rows, int b)
    {
        int first = b * Denoiser.BlockRows;
        return rows.RowRange(first, Math.Min(Denoiser.BlockRows, rows.Rows - first));
    }

    private void Cut(ReadOnlySpan<float> picture, Matrix patches)
    {
        for (int i = 0; i < patches.Rows; i++)
        {
            Span<float> patch = patches.Row(i);
            for (int row = 0; row < _p; row++)
                picture.Slice(Place(i) + row * _side, _p).CopyTo(patch[(row * _p)..]);
        }
    }

    /// <summary>Every pixel becomes the mean of the patches over it.</summary>
    private void Average()
    {
        Array.Clear(_picture);
        for (int i = 0; i < _y.Rows; i++)
        {
            Span<float> patch = _y.Row(i);
            TensorPrimitives.Add(patch, _means[i], patch);
            for (int row = 0; row < _p; row++)
            {
                Span<float> pixels = _picture.AsSpan(Place(i) + row * _side, _p);
                TensorPrimitives.Add(pixels, patch.Slice(row * _p, _p), pixels);
            }
        }
        TensorPrimitives.Divide(_picture, _counts, _picture);
    }
}
