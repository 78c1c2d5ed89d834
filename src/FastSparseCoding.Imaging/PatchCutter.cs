using System.Numerics.Tensors;

namespace FastSparseCoding.Imaging;

/// <summary>Cuts one patch out of a picture and normalises it; whitening is left to whoever has a whole block.</summary>
internal sealed class PatchCutter(PatchPreprocessing preprocessing)
{
    private readonly PatchPreprocessing _preprocessing = preprocessing.Validated();

    /// <summary>Refuses a picture that holds no patch.</summary>
    public void RequireFits(GrayImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireFits(image.Name, image.Width, image.Height);
    }

    /// <summary>Refuses a picture that holds no patch.</summary>
    public void RequireFits(string image, int width, int height)
    {
        int size = _preprocessing.PatchSize;
        if (width < size || height < size)
            Throw.Argument(nameof(image), $"{image}: is {width}×{height} pixels; it must be at least {size}×{size}, the size of a patch.");
    }

    /// <summary>Cuts the patch whose top-left pixel is (x, y); false when it is flatter than the preprocessing allows.</summary>
    public bool Cut(GrayImage image, int x, int y, Span<float> patch)
    {
        int size = _preprocessing.PatchSize;
        for (int row = 0; row < size; row++)
            image.Row(y + row).Slice(x, size).CopyTo(patch[(row * size)..]);
        return Normalize(patch);
    }

    /// <summary>The same of a picture in a store.</summary>
    public bool Cut(ImageStore images, int image, int x, int y, Span<float> patch)
    {
        int size = _preprocessing.PatchSize;
        for (int row = 0; row < size; row++)
            images.Read(image, 0, x, y + row, patch.Slice(row * size, size));
        return Normalize(patch);
    }

    /// <summary>Normalises a patch in place; false when it is flatter than the preprocessing allows.</summary>
    public bool Normalize(Span<float> patch)
    {
        double sum = 0, squares = 0;
        foreach (float value in patch)
            sum += value;
        double mean = sum / patch.Length;
        foreach (float value in patch)
            squares += (value - mean) * (value - mean);
        double deviation = Math.Sqrt(squares / patch.Length);
        if (!(deviation >= _preprocessing.MinimumDeviation))
            return false;
        if (_preprocessing.Normalization == PatchNormalization.None)
            return true;
        TensorPrimitives.Subtract(patch, (float)mean, patch);
        if (_preprocessing.Normalization == PatchNormalization.UnitDeviation)
            TensorPrimitives.Multiply(patch, (float)(1 / deviation), patch);
        return true;
    }
}
