using FastSparseCoding.Encoders;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

public sealed class ClassifierTrainerTests
{
    /// <summary>Three workers' parts in every batch.</summary>
    private static readonly ClassifierOptions Quick =
        new() { Epochs = 4, BatchSize = 300, LearningRate = 0.05f, EncoderLearningRate = 2e-3f, Threads = 2 };

    /// <summary>Which of three directions a signal points to most: linear in the signal, not in its code.</summary>
    private static readonly byte[] Labels = [.. Enumerable.Range(0, X.Rows).Select(i => Label(X.Row(i)))];

    private static readonly Matrix Codes = Target.Encode(X);

    [Fact]
    public void A_classifier_learns_and_the_best_epoch_is_kept()
    {
        var classifier = new LinearClassifier(CodeSize, 3);
        var seen = new List<ClassifierProgress>();

        ClassifierReport report =
            ClassifierTrainer.Train(
            classifier, Codes, Labels, Quick with { Epochs = 30 }, new DirectProgress<ClassifierProgress>(seen.Add),
            TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 31), seen.Select(p => p.Epoch));
        Assert.Equal(seen, report.History);
        Assert.Equal(Math.Log(3), seen[0].HeldOutLoss, 1e-6);       // all parameters are zero
        Assert.True(seen[^1].TrainingLoss < 0.5 * seen[1].TrainingLoss);
        Assert.InRange(report.BestError, 0, 0.2);
        Assert.Equal(seen.Min(p => p.HeldOutError), report.BestError);
        Assert.Equal(seen[report.BestEpoch].HeldOutError, report.BestError);
        Assert.Equal(report.BestError, classifier.ErrorRate(Rows(Codes, 900, 100), Labels[900..]));
    }

    [Fact]
    public void Compressed_codes_and_dense_ones_train_to_the_same_bits_on_any_number_of_threads()
    {
        LinearClassifier dense = new(CodeSize, 3);
        ClassifierTrainer.Train(dense, Codes, Labels, Quick with { Threads = 1 }, cancellation: TestContext.Current.CancellationToken);

        foreach (int threads in (int[])[1, 2, 3])
        {
            LinearClassifier sparse = new(CodeSize, 3);
            ClassifierTrainer.Train(
                sparse, SparseCodes.FromDense(Codes), Labels, Quick with { Threads = threads },
                cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(dense.Parameters.Values.ToArray(), sparse.Parameters.Values.ToArray());
        }
        Assert.NotEqual(0, dense.Parameters.Values[0]);
    }

    [Theory]
    [InlineData("lista")]
    [InlineData("lcod")]
    [InlineData("shrink")]
    public void End_to_end_beats_the_fixed_encoder_and_is_the_same_on_any_number_of_threads(string kind)
    {
        (TrainableEncoder first, LinearClassifier classifier) = Start(kind);
        double before = classifier.ErrorRate(first, Rows(X, 900, 100), Labels[900..], cancellation: TestContext.Current.CancellationToken);
        float[] start = first.Parameters.Values.ToArray();

        ClassifierReport report =
            ClassifierTrainer.TrainEndToEnd(
            first, classifier, X, Labels, Quick with { Epochs = 20, Threads = 1 }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(before, report.History[0].HeldOutError);
        Assert.True(report.BestError < before, $"{report.BestError}, {before}");
        Assert.Equal(report.BestError,
            classifier.ErrorRate(first, Rows(X, 900, 100), Labels[900..], cancellation: TestContext.Current.CancellationToken));
        Assert.NotEqual(start, first.Parameters.Values.ToArray());
        foreach (int threads in (int[])[2, 3])
        {
            (TrainableEncoder encoder, LinearClassifier other) = Start(kind);
            ClassifierTrainer.TrainEndToEnd(
                encoder, other, X, Labels, Quick with { Epochs = 20, Threads = threads },
                cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(first.Parameters.Values.ToArray(), encoder.Parameters.Values.ToArray());
            Assert.Equal(classifier.Parameters.Values.ToArray(), other.Parameters.Values.ToArray());
        }
    }

    [Fact]
    public void Thresholds_stay_at_zero_or_above()
    {
        // From θ = 0 the loss would carry some below.
        (TrainableEncoder encoder, LinearClassifier classifier) = Start("shrink");
        encoder.Parameters.View("theta").Values.Clear();
        encoder.Refresh();

        ClassifierReport report =
            ClassifierTrainer.TrainEndToEnd(encoder, classifier, X, Labels, Quick, cancellation: TestContext.Current.CancellationToken);

        float[] theta = encoder.Parameters.View("theta").Values.ToArray();
        Assert.NotEqual(0, report.BestEpoch);
        Assert.Contains(theta, t => t > 0);
        Assert.Contains(0, theta);
        Assert.All(theta, t => Assert.True(t >= 0));
    }

    [Fact]
    public void A_weight_penalty_makes_weights_smaller()
    {
        LinearClassifier free = new(CodeSize, 3), held = new(CodeSize, 3);

        ClassifierTrainer.Train(free, Codes, Labels, Quick with { Epochs = 20 }, cancellation: TestContext.Current.CancellationToken);
        ClassifierTrainer.Train(
            held, Codes, Labels, Quick with { Epochs = 20, WeightPenalty = 0.1f }, cancellation: TestContext.Current.CancellationToken);

        Assert.True(Squares(held) < 0.5 * Squares(free));
    }

    [Fact]
    public void A_step_without_a_finite_gradient_is_left_out_and_counted()
    {
        // One huge signal of a class that it does not look like: its code is finite but its gradient is not, which spoils one step of every
        // epoch.
        Matrix x = X.Clone();
        foreach (ref float value in x.Row(17))
            value *= 1e30f;
        (TrainableEncoder encoder, LinearClassifier classifier) = Start("lista");
        byte[] labels = [.. Labels];
        labels[17] = (byte)((classifier.Predict(encoder.Encode(Rows(x, 17, 1), cancellation: TestContext.Current.CancellationToken))[0]
            + 1) % 3);

        ClassifierReport report =
            ClassifierTrainer.TrainEndToEnd(encoder, classifier, x, labels, Quick, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Quick.Epochs, report.SkippedBatches);
        Assert.All(encoder.Parameters.Values.ToArray(), v => Assert.True(float.IsFinite(v)));
        Assert.True(report.History[^1].TrainingLoss < report.History[1].TrainingLoss);
    }

    [Fact]
    public void When_nothing_can_be_learned_the_start_is_kept_and_an_error_says_why()
    {
        Matrix huge = X.Clone();
        foreach (ref float value in huge.Values)
            value *= 1e30f;
        (TrainableEncoder encoder, LinearClassifier classifier) = Start("lista");
        float[] start = encoder.Parameters.Values.ToArray();

        string message = Assert.Throws<ArithmeticException>(
            () => ClassifierTrainer.TrainEndToEnd(
            encoder, classifier, huge, Labels, Quick, cancellation: TestContext.Current.CancellationToken)).Message;

        Assert.Equal(
            "12 of 12 steps had no finite gradient and were left out, and nothing was learned; lower the learning rate (0.05) or scale "
            + "the signals.", message);
        Assert.Equal(start, encoder.Parameters.Values.ToArray());
    }

    [Fact]
    public void Cancelling_keeps_the_best_so_far()
    {
        using var stop = new CancellationTokenSource();
        LinearClassifier classifier = new(CodeSize, 3);
        var seen = new List<ClassifierProgress>();
        var progress = new DirectProgress<ClassifierProgress>(p =>
        {
            seen.Add(p);
            if (p.Epoch == 3)
                stop.Cancel();
        });

        Assert.Throws<OperationCanceledException>(
            () => ClassifierTrainer.Train(classifier, Codes, Labels, Quick with { Epochs = 1000 }, progress, stop.Token));

        Assert.Equal(4, seen.Count);
        Assert.Equal(seen.Min(p => p.HeldOutError), classifier.ErrorRate(Rows(Codes, 900, 100), Labels[900..]));
    }

    [Fact]
    public void Bad_input_is_refused_with_a_clear_message()
    {
        LinearClassifier classifier = new(CodeSize, 3);
        TrainableEncoder encoder = Encoder();
        var spoilt = new Matrix(20, CodeSize);
        spoilt[3, 2] = float.NaN;
        byte[] four = [.. Labels.Select((l, i) => i == 7 ? (byte)3 : l)];

        Refused("'codes' has 10 columns; it must have 20.", () => ClassifierTrainer.Train(classifier, X, Labels));
        Refused("'codes' holds NaN at row 3, column 2; every value must be finite.",
            () => ClassifierTrainer.Train(classifier, spoilt, Labels[..20]));
        Refused("'codes' has 9 rows; it must have 10 or more to set some aside for choosing the best epoch.",
            () => ClassifierTrainer.Train(classifier, Rows(Codes, 0, 9), Labels[..9]));
        Refused("'labels' has 999 values; it must have 1000.", () => ClassifierTrainer.Train(classifier, Codes, Labels[1..]));
        Refused("'labels' holds 3 at 7; it must be from 0 to 2.",
            () => ClassifierTrainer.Train(classifier, SparseCodes.FromDense(Codes), four));
        Refused("'encoder.CodeSize' has 20 values; it must have 19.",
            () => ClassifierTrainer.TrainEndToEnd(encoder, new LinearClassifier(19, 3), X, Labels));
        Refused("'x' has 20 columns; it must have 10.", () => ClassifierTrainer.TrainEndToEnd(encoder, classifier, Codes, Labels));
        Refused("'classCount' is 1; it must be from 2 to 256.", () => _ = new LinearClassifier(5, 1));
        Refused("'codeSize' is 0; it must be 1 or more.", () => _ = new LinearClassifier(0, 2));
        Refused("'rows' is 0; it must be 1 or more.", () => classifier.ErrorRate(new Matrix(0, CodeSize), []));
        Refused("'codes' has 10 columns; it must have 20.", () => classifier.ErrorRate(X, Labels));
        Refused("'x' has 20 columns; it must have 10.", () => classifier.ErrorRate(encoder, Codes, Labels));
    }

    [Fact]
    public void Every_option_is_checked()
    {
        (string Message, ClassifierOptions Options)[] bad =
        [
            ("'Epochs' is 0; it must be from 1 to 10000.", Quick with { Epochs = 0 }),
            ("'BatchSize' is 65537; it must be from 1 to 65536.", Quick with { BatchSize = 65_537 }),
            ("'LearningRate' is NaN; it must be a finite number above 0.", Quick with { LearningRate = float.NaN }),
            ("'EncoderLearningRate' is 0; it must be a finite number above 0.", Quick with { EncoderLearningRate = 0 }),
            ("'FinalRateFraction' is 2; it must be from 0 to 1.", Quick with { FinalRateFraction = 2 }),
            ("'WeightPenalty' is -1; it must be from 0 to ", Quick with { WeightPenalty = -1 }),
            ("'HeldOut' is 0; it must be 1 or more.", Quick with { HeldOut = 0 }),
            ("'Threads' is 1025; it must be from 0 to 1024.", Quick with { Threads = 1025 }),
        ];

        Assert.Equal(typeof(ClassifierOptions).GetProperties().Count(p => p.CanWrite) - 1, bad.Length);     // any seed will do
        foreach ((string message, ClassifierOptions options) in bad)
            Refused(message, () => ClassifierTrainer.Train(new LinearClassifier(CodeSize, 3), Codes, Labels, options));
    }

    /// <summary>A short encoder and a classifier trained on its codes.</summary>
    private static (TrainableEncoder Encoder, LinearClassifier Classifier) Start(string kind)
    {
        TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, 1f, kind == "shrink" ? 0 : 1);
        LinearClassifier classifier = new(CodeSize, 3);
        ClassifierTrainer.Train(classifier, encoder.Encode(X), Labels, Quick with { Epochs = 10 });
        return (encoder, classifier);
    }

    private static byte Label(ReadOnlySpan<float> x) => (byte)(x[0] > x[1] && x[0] > x[2] ? 0 : x[1] > x[2] ? 1 : 2);

    private static double Squares(LinearClassifier classifier)
        => classifier.Parameters.View("weights").Values.ToArray().Sum(w => (double)w * w);

    private static Matrix Rows(Matrix x, int start, int count) => new(count, x.Columns, x.RowRange(start, count).Values.ToArray());

    private static void Refused(string message, Action train)
        => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(train).Message, StringComparison.Ordinal);
}
