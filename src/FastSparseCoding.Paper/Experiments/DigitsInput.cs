using FastSparseCoding.Imaging;

namespace FastSparseCoding.Paper;

/// <summary>The digits of a reproduction.</summary>
internal sealed record DigitsInput(LabelledImages Train, LabelledImages Test, string Origin, DigitsPlan Plan)
{
    /// <summary>Reads a folder with MNIST's four files.</summary>
    public static DigitsInput Read(string folder, Plan plan)
    {
        (LabelledImages train, LabelledImages test) = LabelledImages.ReadFolder(folder);
        return new DigitsInput(train, test, folder, (plan.Scale == Paper.Plan.Full.Scale ? DigitsPlan.Full : DigitsPlan.Small)
            with
        { Seeds = plan.Seeds });
    }

    public string Description
        => $"{Origin}; pixels {Fingerprint.Of(Train.Images)} and {Fingerprint.Of(Test.Images)}, labels {Fingerprint.Of(Train.Labels)} "
        + $"and {Fingerprint.Of(Test.Labels)}; {Plan.Settings}";
}
