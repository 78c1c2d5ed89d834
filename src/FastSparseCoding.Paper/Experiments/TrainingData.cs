using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Paper;

/// <summary>Patches to learn from, to choose checkpoints by and to test on: of other pictures than those learned from.</summary>
internal sealed class TrainingData
{
    /// <summary>Signals on which the best of a training's checkpoints is chosen.</summary>
    private const int HeldOutSignals = 1000;

    private readonly ImageStore _images;
    private readonly int _seed;

    public TrainingData(ImageStore images, PatchPreprocessing preprocessing, int testSignals, int seed)
    {
        (_images, ImageStore measure) = images.HoldOut();
        _seed = seed;
        Preprocessing = preprocessing;
        HeldOut = Patches.Sample(_images, preprocessing, HeldOutSignals, Seed(-1));
        Test = Patches.Sample(measure, preprocessing, testSignals, Seed(0));
    }

    public PatchPreprocessing Preprocessing { get; }

    public Matrix HeldOut { get; }

    public Matrix Test { get; }

    /// <summary>The endless patches of a seed counted from 1.</summary>
    public ISignalSource Source(int seed) => new PatchSource(_images, Preprocessing, Seed(seed));

    // A thousand apart, so that neighbouring seeds of two runs share no patches.
    private int Seed(int number) => unchecked(1000 * _seed + number);
}
