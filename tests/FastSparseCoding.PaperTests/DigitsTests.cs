using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Codes for recognition, at reduced size: the first 20,000 digits of MNIST's training set, its test set, 400 atoms.</summary>
public sealed class DigitsTests
{
    private const float Lambda = 2;

    /// <summary>A linear classifier does better on codes than on pixels, and better still when the encoder is trained with it.</summary>
    [Fact]
    public void Codes_beat_pixels_and_an_encoder_trained_through_the_classifier_beats_the_predictor_at_equal_work()
    {
        Digits digits = Digits.Load();
        AtomDictionary dictionary =
            DictionaryLearner.Learn(
            digits.Train, new() { AtomCount = 400, Lambda = Lambda, Samples = 20_000 },
            cancellation: TestContext.Current.CancellationToken);
        Matrix codes = new ActiveSetSolver(dictionary, Lambda).Encode(digits.Train, cancellation: TestContext.Current.CancellationToken);

        double raw = digits.ErrorOnPixels();
        double optimal = digits.ErrorOnCodes(new ActiveSetSolver(dictionary, Lambda), out _);
        (double lista, double listaEndToEnd) = Train("lista", 1, 2e-3f);
        (double lcod, double lcodEndToEnd) = Train("lcod", 10, null);

        string errors = string.Join(", ", raw, optimal, lista, listaEndToEnd, lcod, lcodEndToEnd);
        Assert.True(optimal < 0.6 * raw && lcod < 0.65 * raw && lista < 0.75 * raw, errors);
        Assert.True(listaEndToEnd < 0.75 * lista && lcodEndToEnd < 0.92 * lcod, errors);

        (double Predictor, double EndToEnd) Train(string kind, int depth, float? rate)
        {
            TrainableEncoder encoder = EncoderFactory.Create(kind, dictionary, Lambda, depth);
            EncoderTrainer.Train(encoder, digits.Train, codes, new() { Samples = 30_000, LearningRate = rate },
                cancellation: TestContext.Current.CancellationToken);
            double predictor = digits.ErrorOnCodes(encoder, out LinearClassifier classifier);
            ClassifierTrainer.TrainEndToEnd(
                encoder, classifier, digits.Train, digits.TrainLabels, new() { Epochs = 5 },
                cancellation: TestContext.Current.CancellationToken);
            return (predictor, classifier.ErrorRate(encoder, digits.Test, digits.TestLabels));
        }
    }

    private sealed record Digits(Matrix Train, byte[] TrainLabels, Matrix Test, byte[] TestLabels)
    {
        public static Digits Load()
        {
            (LabelledImages train, LabelledImages test) = SharedData.Digits();
            return new Digits(First(train, 20_000), train.Labels[..20_000], First(test, 10_000), test.Labels[..10_000]);
        }

        public double ErrorOnPixels()
        {
            var classifier = new LinearClassifier(Train.Columns, 10);
            ClassifierTrainer.Train(classifier, Train, TrainLabels, cancellation: TestContext.Current.CancellationToken);
            return classifier.ErrorRate(Test, TestLabels);
        }

        public double ErrorOnCodes(ISparseEncoder encoder, out LinearClassifier classifier)
        {
            classifier = new LinearClassifier(encoder.CodeSize, 10);
            ClassifierTrainer.Train(
                classifier, encoder.EncodeSparse(Train, cancellation: TestContext.Current.CancellationToken), TrainLabels,
                cancellation: TestContext.Current.CancellationToken);
            return classifier.ErrorRate(encoder, Test, TestLabels);
        }

        private static Matrix First(LabelledImages images, int count)
        {
            var x = new Matrix(count, images.Images.Columns, images.Images.RowRange(0, count).Values.ToArray());
            WholeImages.Normalize(x, PatchPreprocessing.Default with { PatchSize = images.Side });
            return x;
        }
    }
}
