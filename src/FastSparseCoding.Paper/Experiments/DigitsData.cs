using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Paper;

/// <summary>The digits of the experiment as signals, with their labels.</summary>
internal sealed record DigitsData(Matrix Train, byte[] TrainLabels, Matrix Test, byte[] TestLabels, PatchPreprocessing Preprocessing)
{
    /// <summary>Digits to train on that no encoder is trained on: its best checkpoint is chosen by them.</summary>
    public int HeldOut => Math.Min(2000, Train.Rows / 10);

    public int Classes => 1 + Math.Max((byte)1, TrainLabels.Concat(TestLabels).Max());

    /// <summary>Takes the first digits of each set, as many as the plan wants, and normalises them.</summary>
    public static DigitsData Of(LabelledImages train, LabelledImages test, DigitsPlan plan)
    {
        PatchPreprocessing preprocessing = DigitsPlan.Preprocessing(train.Side);
        (Matrix trainX, byte[] trainLabels) = First(train, plan.TrainingDigits, preprocessing);
        (Matrix testX, byte[] testLabels) = First(test, plan.TestDigits, preprocessing);
        return new DigitsData(trainX, trainLabels, testX, testLabels, preprocessing);
    }

    /// <summary>Only some of the digits to train on.</summary>
    public DigitsData Select(IReadOnlyList<int> rows)
        => this with { Train = Train.SelectRows(rows), TrainLabels = [.. rows.Select(i => TrainLabels[i])] };

    private static (Matrix X, byte[] Labels) First(LabelledImages images, int most, PatchPreprocessing preprocessing)
    {
        int count = Math.Min(most, images.Labels.Length);
        var x = new Matrix(count, images.Images.Columns, images.Images.RowRange(0, count).Values.ToArray());
        WholeImages.Normalize(x, preprocessing);
        return (x, images.Labels[..count]);
    }
}
