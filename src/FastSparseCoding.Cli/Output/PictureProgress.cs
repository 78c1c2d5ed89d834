using FastSparseCoding.Learning;

namespace FastSparseCoding.Cli.Output;

/// <summary>How far one of several pictures is: its dictionary, and its denoising.</summary>
/// <param name="learning">Where dictionaries are told; null where none is learned.</param>
/// <param name="denoising">Where denoising is told.</param>
/// <param name="picture">Number of the picture, from 0 on.</param>
/// <param name="pictures">How many there are.</param>
internal sealed class PictureProgress(ProgressBoard.Piece? learning, ProgressBoard.Piece denoising, int picture, int pictures)
{
    /// <summary>Told after every batch of patches.</summary>
    public IProgress<LearningProgress>? Learning
        => learning is null ? null : new Relay<LearningProgress>(p => Report(learning, p.Samples / (double)p.TotalSamples));

    /// <summary>Told the part that is denoised.</summary>
    public IProgress<double> Denoising => new Relay<double>(done => Report(denoising, done));

    private void Report(ProgressBoard.Piece piece, double done)
        => piece.Report((int)(100 * (picture + done)), 100 * pictures, FormattableString.Invariant($"picture {picture + 1} of {pictures}"));
}
