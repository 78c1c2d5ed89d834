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
        if (PictureRule.TooSmall(width, height, _preprocessing.PatchSize, "a patch") is { } problem)
            Throw.Argument(nameof(image), $"{image}: {problem}");
    }

    /// <summary>Cuts the patch whose top-left pixel is (x, y); false when it is flatter than the preprocessing allows.</summary>
    public bool Cut(GrayImage image, int x, int y, Span<float> patch) => Cut(image, x, y, patch, out _);

    /// <summary>The same, and tells what was taken off it.</summary>
    public bool Cut(GrayImage image, int x, int y, Span<float> patch, out PatchPlace place)
    {
        int size = _preprocessing.PatchSize;
        for (int row = 0; row < size; row++)
            image.Row(y + row).Slice(x, size).CopyTo(patch[(row * size)..]);
        bool steep = Normalize(patch, out float mean, out float deviation);
        place = new PatchPlace(x, y, mean, deviation);
        return steep;
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
    public bool Normalize(Span<float> patch) => Normalize(patch, out _, out _);

    /// <summary>The same, and tells what was subtracted and what it was divided by: 0 and 1 where nothing was; of a flat patch, which is
    /// left as it is, its mean and 1.</summary>
    private bool Normalize(Span<float> patch, out float taken, out float divisor)
    {
        double sum = 0, squares = 0;
        foreach (float value in patch)
            sum += value;
        double mean = sum / patch.Length;
        foreach (float value in patch)
            squares += (value - mean) * (value - mean);
        double deviation = Math.Sqrt(squares / patch.Length);
        bool steep = deviation >= _preprocessing.MinimumDeviation;
        bool centred = _preprocessing.Normalization != PatchNormalization.None,
            scaled = _preprocessing.Normalization == PatchNormalization.UnitDeviation;
        (taken, divisor) = (steep && !centred ? 0 : (float)mean, steep && scaled ? (float)deviation : 1);
        if (!steep)
            return false;
        if (centred)
            TensorPrimitives.Subtract(patch, taken, patch);
        if (scaled)
            TensorPrimitives.Multiply(patch, (float)(1 / deviation), patch);
        return true;
    }
}
