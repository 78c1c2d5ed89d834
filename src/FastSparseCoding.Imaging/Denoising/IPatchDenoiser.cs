namespace FastSparseCoding.Imaging;

/// <summary>
/// Anything that takes noise out of square patches: a dictionary or a trained network. <see cref="PictureDenoiser"/> makes of it a denoiser
/// of pictures. Implementations are immutable while denoising and safe to share between threads.
/// </summary>
public interface IPatchDenoiser
{
    /// <summary>Side p of a patch in pixels, 2 or more; patches have n = C·p² values.</summary>
    int PatchSize { get; }

    /// <summary>Channels C of a patch: 1 (gray, or any plane by itself) or 3 (red, green, blue together).</summary>
    int Channels { get; }

    /// <summary>
    /// Cleans a block of patches on the calling thread, into the caller's buffer. After the first call of a given size nothing is
    /// allocated. The result of a row does not depend on the rows it stands with.
    /// </summary>
    /// <param name="x">Noisy patches [N×C·p²] of pixels 0 to 1, channel after channel, row after row of each, the mean of every channel
    /// removed; finite.</param>
    /// <param name="y">Receives the cleaned patches [N×C·p²], without the means too; what it held is overwritten. Must not overlap
    /// <paramref name="x"/>.</param>
    /// <param name="sigma">Deviation σ of the noise in levels of 255, above 0.</param>
    /// <param name="cancellation">Stops the work within a fraction of a second.</param>
    /// <exception cref="ArgumentException">A shape is wrong, or a patch holds NaN or infinity.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; some rows of <paramref name="y"/> are then cleaned, some not.</exception>
    void Denoise(ReadOnlyMatrixView x, MatrixView y, float sigma, CancellationToken cancellation);

    /// <summary>
    /// Weight w of the noisy picture beside the patches: a pixel becomes (Σ patches over it + w · noisy) / (their number + w).
    /// </summary>
    /// <param name="sigma">Deviation σ of the noise in levels of 255, above 0.</param>
    /// <returns>The weight, 0 or more; 0 where patches alone make the picture.</returns>
    float NoisyWeight(float sigma);
}
