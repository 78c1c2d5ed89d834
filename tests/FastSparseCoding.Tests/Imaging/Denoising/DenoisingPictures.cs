using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

/// <summary>Generated pictures with seeded noise, and denoisers of patches that say what they do.</summary>
internal static class DenoisingPictures
{
    /// <summary>White noise of deviation σ, in levels of 255, on a picture.</summary>
    public static GrayImage Noisy(GrayImage clean, float sigma, int seed)
    {
        var noisy = new GrayImage(clean.Width, clean.Height);
        Matrix noise = RandomData.Normal(clean.Height, clean.Width, seed);
        for (int i = 0; i < noisy.Pixels.Length; i++)
            noisy.Pixels[i] = clean.Pixels[i] + sigma / 255 * noise.Values[i];
        return noisy;
    }

    public static GrayImage Denoise(
        GrayImage noisy, IPatchDenoiser denoiser, float sigma, int threads = 0, IProgress<double>? progress = null)
        => PictureDenoiser.Denoise(noisy, denoiser, sigma, threads, progress, TestContext.Current.CancellationToken);

    public static DictionaryDenoiser Learn(GrayImage noisy, float sigma, DictionaryDenoiserOptions? options = null)
        => DictionaryDenoiser.Learn(noisy, sigma, options, cancellation: TestContext.Current.CancellationToken);

    /// <summary>A denoiser whose cleaned patches have a mean and depend on every pixel's place in the patch.</summary>
    public sealed class Mixing(int patchSize, float weight, int channels = 1) : IPatchDenoiser
    {
        public int PatchSize => patchSize;

        public int Channels => channels;

        public float NoisyWeight(float sigma) => weight * sigma / 25;

        public void Denoise(ReadOnlyMatrixView x, MatrixView y, float sigma, CancellationToken cancellation)
        {
            for (int i = 0; i < x.Rows; i++)
                for (int j = 0; j < x.Columns; j++)
                    y.Row(i)[j] = 0.5f * x.Row(i)[j] - 0.25f * x.Row(i)[x.Columns - 1 - j] + 0.001f * j * sigma;
        }
    }
}
