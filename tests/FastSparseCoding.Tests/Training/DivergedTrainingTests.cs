using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

/// <summary>What a training began with competes with what it came to.</summary>
public sealed class DivergedTrainingTests
{
    [Theory]
    [InlineData("lista", 1)]
    [InlineData("lcod", 1)]
    [InlineData("shrink", 3)]
    public void A_training_that_made_nothing_better_returns_the_start_and_says_so(string kind, float rate)
    {
        TrainableEncoder encoder = Encoder(kind);

        TrainingReport report = Train(encoder, Options with { LearningRate = rate });

        Assert.All(report.History, p => Assert.True(!(p.HeldOutError < report.StartError), $"{p.HeldOutError}, {report.StartError}"));
        Assert.Equal((false, report.StartError, 0), (report.Improved, report.BestError, report.BestAtSamples));
        Assert.Equal(Encoder(kind).Parameters.Values.ToArray(), encoder.Parameters.Values.ToArray());
        Assert.Equal(Encoder(kind).Encode(HeldOut, cancellation: TestContext.Current.CancellationToken).Values,
            encoder.Encode(HeldOut, cancellation: TestContext.Current.CancellationToken).Values);
    }

    [Fact]
    public void A_training_that_made_something_better_says_from_where()
    {
        TrainableEncoder encoder = Encoder();

        TrainingReport report = Train(encoder, Options);

        Assert.True(report.Improved);
        Assert.Equal(CodeEvaluator.CodeError(Encoder().Encode(HeldOut, cancellation: TestContext.Current.CancellationToken), HeldOutCodes),
            report.StartError);
        Assert.True(report.BestError < report.StartError);
    }

    [Fact]
    public void The_start_competes_when_a_training_goes_on_too()
    {
        TrainingOptions options = Options with { LearningRate = 1 };
        TrainingCheckpoint? middle = null;
        TrainingReport whole = Train(Encoder(), options, onCheckpoint: c => middle = c.Samples == 2400 ? c : middle);
        TrainableEncoder resumed = Encoder();

        TrainingReport rest = Train(resumed, options, resume: middle);

        Assert.Equal((whole.StartError, whole.BestError, false), (rest.StartError, rest.BestError, rest.Improved));
        Assert.Equal(Encoder().Parameters.Values.ToArray(), resumed.Parameters.Values.ToArray());
    }

    [Fact]
    public void Held_out_codes_that_are_all_zero_give_no_NaN()
    {
        Matrix small = HeldOut.Clone();
        foreach (ref float value in small.Values)
            value *= 1e-4f;
        ShrinkEncoder exact = ShrinkEncoder.FromDictionary(Dictionary, Lambda);

        // Its codes are zero too, before training and after: nothing can be better.
        TrainingReport report = EncoderTrainer.Train(
            exact, Source, Target, small, Options with { LearningRate = 1e-9f }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((0, 0, false), (report.BestError, report.BestRelativeError, report.Improved));
        Assert.All(report.History, p => Assert.Equal((0, 0), (p.HeldOutError, p.RelativeHeldOutError)));
    }

    [Fact]
    public void A_target_of_another_problem_is_refused()
    {
        AtomDictionary other = RandomData.Dictionary(CodeSize, SignalSize, seed: 9);
        Refused($"'target' gives codes of dictionary {other.Hash}; they must be of the encoder's, {Dictionary.Hash}.",
            new ActiveSetSolver(other, Lambda), new OmpEncoder(other, new OmpOptions { MaxAtoms = 3 }),
            new RelativeLassoEncoder(new ActiveSetSolver(other, 0.1f)));
        Refused("'target' gives codes of λ = 0.31; they must be of the encoder's, λ = 0.3.", new ActiveSetSolver(Dictionary, 0.31f));
        Refused("'target' gives codes of λ = 0.3, z ≥ 0; they must be of the encoder's, λ = 0.3.",
            new ActiveSetSolver(Dictionary, new Penalty(Lambda, nonNegative: true)));
        Refused("'target' gives codes of λ = 0.4; they must be of the encoder's, λ = 0.3.",
            EncoderFactory.Create("lcod", Dictionary, 0.4f, 4));

        static void Refused(string message, params ISparseEncoder[] targets) => Assert.All(targets, target => Assert.StartsWith(
            message, Assert.ThrowsAny<ArgumentException>(() => EncoderTrainer.Train(Encoder(), X, target)).Message,
                StringComparison.Ordinal));
    }
}
