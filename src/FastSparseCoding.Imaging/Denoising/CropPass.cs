using System.Numerics.Tensors;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Forward and backward through the denoising of a square crop of a picture: all its patches, cleaned and averaged, and the loss
/// Σ w(ŷ − y)² of what comes out, w = count/p²: near the border of a crop a pixel has few patches, which within a picture it never has.
/// Blocks of patches go through the layers one after the other. Allocates nothing.
/// </summary>
internal sealed class CropPass
{
    private readonly Denoiser _denoiser;
    private readonly int _side, _across, _p, _channels;
    private readonly Matrix _x;             // patches without their means [N×n]
    private readonly Matrix _y;             // x̂, then dx̂ [N×n]
    private readonly Matrix _means;         // of the patches [C×N]
    private readonly float[] _columns;      // sums of columns [side]
    private readonly float[] _picture;      // ŷ, then dŷ/count, plane after plane [C·side²]
    private readonly float[] _counts;       // patches over every pixel [C·side²]
    private readonly Matrix _theta, _dTheta;
    private readonly CoupledTape[] _tapes;  // of the blocks

    public CropPass(Denoiser denoiser, int side)
    {
        (_denoiser, _side, _p, _channels) = (denoiser, side, denoiser.PatchSize, denoiser.Channels);
        _across = side - _p + 1;
        int patches = _across * _across;
        _x = new Matrix(patches, denoiser.SignalSize);
        _y = new Matrix(patches, denoiser.SignalSize);
        _means = new Matrix(_channels, patches);
        _columns = new float[side];
        _picture = new float[_channels * side * side];
        _counts = new float[_channels * side * side];
        _theta = new Matrix(denoiser.Depth + 1, denoiser.AtomCount);
        _dTheta = new Matrix(denoiser.Depth + 1, denoiser.AtomCount);
        var dense = new Matrix(Denoiser.BlockRows, denoiser.AtomCount);
        _tapes = new CoupledTape[RowBlocks.Count(patches, Denoiser.BlockRows)];
        for (int b = 0; b < _tapes.Length; b++)
            _tapes[b] = new CoupledTape(denoiser.Layers, Denoiser.BlockRows, dense, keep: true);
        for (int i = 0; i < patches; i++)
            for (int row = 0; row < _channels * _p; row++)
                foreach (ref float count in _counts.AsSpan(Place(i, row), _p))
                    count++;
    }

    /// <summary>Denoises a crop.</summary>
    /// <param name="noisy">Pixels [C·side²], plane after plane.</param>
    /// <param name="sigma">Deviation of the noise in levels of 255.</param>
    /// <returns>The denoised crop ŷ, until the next call.</returns>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> noisy, float sigma)
    {
        _denoiser.Thresholds(sigma, _theta);
        Cut(noisy, _x);
        for (int channel = 0; channel < _channels; channel++)
            for (int y = 0; y < _across; y++)
                PatchMeans.OfRow(
                    noisy[((channel * _side + y) * _side)..], _side, _p, _columns, _means.Row(channel).Slice(y * _across, _across));
        for (int i = 0; i < _x.Rows; i++)
            for (int channel = 0; channel < _channels; channel++)
                TensorPrimitives.Subtract(Channel(_x, i, channel), _means[channel, i], Channel(_x, i, channel));
        for (int b = 0; b < _tapes.Length; b++)
            _denoiser.Layers.Forward(Block(_x, b), _theta, _tapes[b], Block(_y, b));
        Average();
        return _picture;
    }

    /// <summary>Adds the gradient of Σ w(ŷ − y)² of the crop that went <see cref="Forward"/>.</summary>
    /// <param name="clean">The crop y without noise.</param>
    /// <param name="sigma">Deviation of the noise in levels of 255.</param>
    /// <param name="gradient">The parameters' gradient is added to it.</param>
    /// <returns>The loss.</returns>
    public double Backward(ReadOnlySpan<float> clean, float sigma, ParameterSlab gradient)
    {
        double loss = Distance(clean);
        TensorPrimitives.Subtract(_picture, clean, _picture);
        TensorPrimitives.Multiply(_picture, 2f / (_p * _p), _picture);
        Cut(_picture, _y);                                                          // dx̂ = 2w(ŷ − y)/count at the patch's pixels
        _dTheta.Values.Clear();
        for (int b = 0; b < _tapes.Length; b++)
            _denoiser.Backward(Block(_x, b), Block(_y, b), _tapes[b], gradient, _dTheta);
        Denoiser.AddThresholds(_dTheta, sigma, gradient);
        return loss;
    }

    /// <summary>Σ w(ŷ − y)² of what came <see cref="Forward"/>, in order.</summary>
    public double Distance(ReadOnlySpan<float> clean)
    {
        double sum = 0;
        for (int i = 0; i < clean.Length; i++)
            sum += _counts[i] * ((double)_picture[i] - clean[i]) * ((double)_picture[i] - clean[i]);
        return sum / (_p * _p);
    }

    /// <summary>Σ w: the pixels of a crop, by their weights.</summary>
    public double Weight => (double)_x.Rows * _channels;

    /// <summary>Where a row of patch i begins; rows are those of the first channel, then those of the next.</summary>
    private int Place(int i, int row) => (row / _p * _side + i / _across + row % _p) * _side + i % _across;

    private Span<float> Channel(Matrix patches, int i, int channel) => patches.Row(i).Slice(channel * _p * _p, _p * _p);

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
            for (int row = 0; row < _channels * _p; row++)
                picture.Slice(Place(i, row), _p).CopyTo(patch[(row * _p)..]);
        }
    }

    /// <summary>Every pixel becomes the mean of the patches over it.</summary>
    private void Average()
    {
        Array.Clear(_picture);
        for (int i = 0; i < _y.Rows; i++)
        {
            for (int channel = 0; channel < _channels; channel++)
                TensorPrimitives.Add(Channel(_y, i, channel), _means[channel, i], Channel(_y, i, channel));
            ReadOnlySpan<float> patch = _y.Row(i);
            for (int row = 0; row < _channels * _p; row++)
            {
                Span<float> pixels = _picture.AsSpan(Place(i, row), _p);
                TensorPrimitives.Add(pixels, patch.Slice(row * _p, _p), pixels);
            }
        }
        TensorPrimitives.Divide(_picture, _counts, _picture);
    }
}
