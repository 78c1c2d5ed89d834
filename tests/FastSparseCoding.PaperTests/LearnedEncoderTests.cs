using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>The paper's claims at reduced size: on photographs where they are at hand, and on generated pictures always.</summary>
public sealed class LearnedEncoderTests
{
    private const float Lambda = 0.5f;

    /// <summary>Section 4.1, Figure 3: one layer of LISTA is worth many iterations of FISTA, and more layers more.</summary>
    [Fact]
    public void Lista_is_worth_many_iterations_of_FISTA_on_photographs()
    {
        Problem problem = Problem.OfPhotographs();

        double[] worth = [.. new[] { 1, 3, 7 }.Select(depth => problem.FistaIterations(problem.Train("lista", depth, 150_000)))];

        Assert.True(worth[0] > 13 && worth[1] > 17 && worth[2] > 20, string.Join(", ", worth));
    }

    /// <summary>Section 4.2, Figure 4: LCoD needs a tenth of the updates of CoD.</summary>
    [Fact]
    public void Lcod_saves_most_of_the_updates_of_CoD_on_photographs()
    {
        Problem problem = Problem.OfPhotographs();

        double[] factor = [.. new[] { 5, 20 }.Select(updates => problem.CodUpdates(problem.Train("lcod", updates, 150_000)) / updates)];

        Assert.True(factor[0] >= 8 && factor[1] >= 4, string.Join(", ", factor));
    }

    [Fact]
    public void Lista_is_worth_many_iterations_of_FISTA_on_generated_pictures()
    {
        Problem problem = Problem.OfGeneratedPictures();

        double[] worth = [.. new[] { 0, 1, 3 }.Select(depth => problem.FistaIterations(problem.Train("lista", depth, 60_000)))];

        Assert.True(worth[0] > 5 && worth[1] > 1.3 * worth[0] && worth[2] > 1.1 * worth[1], string.Join(", ", worth));
    }

    [Fact]
    public void Lcod_saves_most_of_the_updates_of_CoD_on_generated_pictures()
    {
        Problem problem = Problem.OfGeneratedPictures();

        double updates = problem.CodUpdates(problem.Train("lcod", 5, 60_000));

        Assert.True(updates >= 8 * 5, FormattableString.Invariant($"{updates}"));
    }

    /// <summary>Section 4.1, Table 1: the feed-forward baselines stay behind LISTA, tanh farthest.</summary>
    [Fact]
    public void The_baselines_stay_behind_Lista_on_generated_pictures()
    {
        Problem problem = Problem.OfGeneratedPictures();

        double[] errors = [.. new[] { "tanh", "tanh2", "shrink" }.Select(kind => problem.Error(problem.Train(kind, 0, 60_000))), problem.Error(problem.Train("lista", 1, 60_000))];

        Assert.True(errors[0] > 1.5 * errors[1] && errors[1] > 1.2 * errors[3] && errors[2] > 1.2 * errors[3], string.Join(", ", errors));
    }

    /// <summary>A dictionary, fresh patches to train on, and others with their exact codes to measure on.</summary>
    private sealed record Problem(AtomDictionary Dictionary, ISignalSource Source, Matrix X, Matrix Codes)
    {
        private PredictionCurve Fista => PredictionCurve.Measure(new FistaSolver(Dictionary, Lambda), X, Codes, PredictionCurve.Spaced(100), cancellation: TestContext.Current.CancellationToken);

        private PredictionCurve Cod => PredictionCurve.Measure(new GreedyCoordinateDescentSolver(Dictionary, Lambda), X, Codes, PredictionCurve.Spaced(400), cancellation: TestContext.Current.CancellationToken);

        public static Problem OfPhotographs()
        {
            AtomDictionary dictionary = SharedData.Dictionary(100);
            return new Problem(dictionary, SharedData.TrainingPatches(seed: 1), SharedData.X, Exact(dictionary, SharedData.X));
        }

        public static Problem OfGeneratedPictures()
        {
            IReadOnlyList<GrayImage> pictures = DeadLeaves.GenerateMany(12, 128, seed: 1);
            var source = new PatchSource([.. pictures.Take(10)], PatchPreprocessing.Default, seed: 1);
            AtomDictionary dictionary = DictionaryLearner.Learn(source, new() { AtomCount = 64, Lambda = Lambda, Samples = 20_000 }, cancellation: TestContext.Current.CancellationToken);
            Matrix x = Patches.Sample([.. pictures.Skip(10)], PatchPreprocessing.Default, 1000, seed: 2);
            return new Problem(dictionary, source, x, Exact(dictionary, x));
        }

        public TrainableEncoder Train(string kind, int depth, long samples)
        {
            TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, Lambda, depth);
            var heldOut = new Matrix(500, Dictionary.SignalSize);
            Source.Read(samples, heldOut);
            EncoderTrainer.Train(encoder, Source, new ActiveSetSolver(Dictionary, Lambda), heldOut, new() { Samples = samples }, cancellation: TestContext.Current.CancellationToken);
            return encoder;
        }

        public double Error(TrainableEncoder encoder) => CodeEvaluator.CodeError(encoder.Encode(X, cancellation: TestContext.Current.CancellationToken), Codes);

        public double FistaIterations(TrainableEncoder encoder) => Fista.IterationsFor(Error(encoder));

        public double CodUpdates(TrainableEncoder encoder) => Cod.IterationsFor(Error(encoder));

        private static Matrix Exact(AtomDictionary dictionary, Matrix x) => new ActiveSetSolver(dictionary, Lambda).Encode(x, cancellation: TestContext.Current.CancellationToken);
    }
}
