using System.Globalization;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Paper;

/// <summary>How large the experiment on digits is.</summary>
/// <param name="TrainingDigits">Most digits to learn, train and choose on.</param>
/// <param name="TestDigits">Most digits to test on.</param>
/// <param name="Atoms">Size of the dictionary m.</param>
/// <param name="LearningSamples">Digits for the dictionary.</param>
/// <param name="EncoderSamples">Digits for the training of an encoder.</param>
/// <param name="EndToEndEpochs">How often an encoder and its classifier together see every digit.</param>
/// <param name="Seeds">Trainings of everything that is trained; the dictionary and the exact codes are shared.</param>
internal sealed record DigitsPlan(
    int TrainingDigits, int TestDigits, int Atoms, long LearningSamples, long EncoderSamples, int EndToEndEpochs, int Seeds)
{
    /// <summary>Sparsity weight, for digits of zero mean and unit deviation: of norm 28.</summary>
    public const float Lambda = 2;

    /// <summary>
    /// Rate of LISTA's trainings at the start. Digits are alike, L is large (about 130), and one step of ISTA, as which LISTA begins,
    /// leaves it far from the codes. LCoD, which begins near them, has the library's default.
    /// </summary>
    public const float ListaRate = 2e-3f;

    /// <summary>All of MNIST, with as many atoms as pixels.</summary>
    public static readonly DigitsPlan Full = new(60_000, 10_000, 784, 60_000, 180_000, 5, 3);

    /// <summary>Few digits and atoms, for tests: the same claims in seconds.</summary>
    public static readonly DigitsPlan Small = new(4000, 1000, 100, 4000, 16_000, 3, 1);

    /// <summary>LISTA at T = 0, 1, 3 and LCoD at 1, 5, 10, 20, 50 updates; the longest to train first, so that no core waits at the
    /// end.</summary>
    public static IReadOnlyList<Candidate> Candidates { get; } =
        [new("lista", 3), new("lista", 1), new("lcod", 50), new("lcod", 20), new("lcod", 10), new("lcod", 5), new("lcod", 1),
            new("shrink", 0)];

    /// <summary>Those that are also trained through the classifier.</summary>
    public static IReadOnlyList<Candidate> EndToEnd { get; } = [new("lista", 1), new("lcod", 10)];

    /// <summary>Updates of CoD to compare with.</summary>
    public static IReadOnlyList<int> CodUpdates { get; } = [1, 5, 10, 20, 50];

    /// <summary>What is done to a digit of a given side.</summary>
    public static PatchPreprocessing Preprocessing(int side) => PatchPreprocessing.Default with { PatchSize = side };

    /// <summary>Everything that decides the result of a seed but the digits themselves, for a run's settings.</summary>
    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"{TrainingDigits:N0} digits to train on, {TestDigits:N0} to test on, zero mean, unit deviation; {Atoms} atoms, λ = {Lambda}, "
            + $"learned from {LearningSamples:N0}; encoders trained on {EncoderSamples:N0}, end to end in {EndToEndEpochs} epochs");
}
