using System.Globalization;
using FastSparseCoding.Encoders;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

public sealed class ResumeTests
{
    [Theory]
    [InlineData(OptimizerKind.Adam, 0)]
    [InlineData(OptimizerKind.Adam, 4)]
    [InlineData(OptimizerKind.Sgd, 4)]
    [InlineData(OptimizerKind.Adam, 9)]
    public void Going_on_from_a_checkpoint_ends_with_the_same_bits(OptimizerKind optimizer, int at)
    {
        TrainingOptions options = Options with { Optimizer = optimizer };
        var checkpoints = new List<TrainingCheckpoint>();
        TrainableEncoder straight = Encoder(), resumed = Encoder();
        TrainingReport whole = Train(straight, options, onCheckpoint: c => checkpoints.Add(c));
        TrainingCheckpoint? end = null;
        Assert.Equal(10, checkpoints.Count);

        TrainingReport rest = Train(resumed, options with { Threads = 1 }, onCheckpoint: c => end = c, resume: checkpoints[at]);

        Assert.Equal(straight.Parameters.Values.ToArray(), resumed.Parameters.Values.ToArray());
        Assert.Equal((whole.BestError, whole.BestAtSamples, whole.SkippedBatches),
            (rest.BestError, rest.BestAtSamples, rest.SkippedBatches));
        Assert.Equal(whole.History.Skip(at + 1).Select(p => (p.Samples, p.HeldOutError)),
            rest.History.Select(p => (p.Samples, p.HeldOutError)));
        if (at < 9)
            Assert.Equal(checkpoints[^1].Slabs[0].Moments, end!.Slabs[0].Moments);
    }

    [Fact]
    public void A_checkpoint_is_at_an_evaluation_and_holds_both_parameters()
    {
        var checkpoints = new List<TrainingCheckpoint>();
        Train(Encoder(), Options, new ScaledSource(Source, i => i < 2400 ? 1 : 30), c => checkpoints.Add(c));

        Assert.Equal(Enumerable.Range(1, 10).Select(i => 480L * i), checkpoints.Select(c => c.Samples));
        TrainingCheckpoint last = checkpoints[^1];
        Assert.Equal(checkpoints.Single(c => c.Samples == last.BestAtSamples).Slabs[0].Parameters, last.Slabs[0].Best);
        Assert.NotEqual(last.Slabs[0].Parameters, last.Slabs[0].Best);
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused()
    {
        TrainingCheckpoint checkpoint = OneCheckpoint(Options);

        string message = Assert.Throws<ArgumentException>(
            () => Train(Encoder("shrink"), Options with { BatchSize = 32 }, resume: checkpoint)).Message;

        Assert.StartsWith(
            "'resume' is of a training with lista [20×10], depth 2, batch 96; it must be of one with shrink [20×10], depth 0, batch 32.",
            message, StringComparison.Ordinal);
        Assert.Equal(
            $"lista [20×10], depth 2, lambda 0.3, dictionary {Dictionary.Hash}, samples 4800, batch 96, Adam, rate 0.005, threshold rate "
            + "3, final fraction 0.002, delay 2000, evaluations 10, held out 2000, seed 1", checkpoint.Settings);
    }

    [Fact]
    public void Every_option_but_threads_and_ranks_is_part_of_the_settings()
    {
        TrainingOptions[] others =
        [
            Options with { Samples = 4801 }, Options with { BatchSize = 97 }, Options with { Optimizer = OptimizerKind.Sgd }, Options
                with { LearningRate = 6e-3f },
            Options with { FinalRateFraction = 0.1f }, Options with { DecayDelay = 7 }, Options with { ThresholdRate = 2 }, Options
                with { Evaluations = 11 }, Options with { HeldOut = 3 }, Options with { Seed = 2 },
        ];

        Assert.Equal(typeof(TrainingOptions).GetProperties().Count(p => p.CanWrite) - 2, others.Length);
        Assert.Equal(others.Length + 1, others.Append(Options).Select(o => o.Settings(20)).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Options.Settings(20), (Options with { Threads = 7 }).Settings(20));
    }

    [Fact]
    public void A_checkpoint_fits_in_every_culture()
    {
        TrainingCheckpoint checkpoint = OneCheckpoint(Options);
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(9, Train(Encoder(), Options, resume: checkpoint).History.Count);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_checkpoint_with_missing_values_is_refused_and_changes_nothing()
    {
        TrainingCheckpoint good = OneCheckpoint(Options);
        TrainableEncoder encoder = Encoder();
        int length = encoder.Parameters.Values.Length;

        Refused($"'resume.Parameters' has 3 values; it must have {length}.", With(s => s with { Parameters = new float[3] }));
        Refused($"'resume.BestParameters' has 3 values; it must have {length}.", With(s => s with { Best = new float[3] }));
        Refused("'resume.Moments' has 1 values; it must have 2.", With(s => s with { Moments = [s.Moments[0]] }));
        Refused($"'resume.Moments' has 5 values; it must have {length}.", With(s => s with { Moments = [s.Moments[0], new float[5]] }));
        Refused("'resume.Samples' is 4801; it must be from 0 to 4800.", good with { Samples = 4801 });
        Refused("'resume.Samples' is -96; it must be 0 or more.", good with { Samples = -96 });
        Refused("'resume.Samples' is 100; it must be a multiple of the batch, 96.", good
            with
        { Samples = 100, BestAtSamples = 0, LossSamples = 0, Evaluations = 0 });
        Refused("'resume.SkippedBatches' is 6; it must be from 0 to 5.", good with { SkippedBatches = 6 });
        Refused("'resume.LeftOut' is 481; it must be from 0 to 480.", good with { LeftOut = 481 });
        Refused("'resume.BestAtSamples' is 481; it must be from 0 to 480.", good with { BestAtSamples = 481 });
        Refused("'resume.BestError' is NaN; it must be a number.", good with { Best = new Score(double.NaN, 0) });
        Refused("'resume.Parameters' holds NaN at place 7; it must be finite.",
            With(s => s with { Parameters = Spoilt(s.Parameters, float.NaN) }));
        Refused("'resume.BestParameters' holds Infinity at place 7; it must be finite.",
            With(s => s with { Best = Spoilt(s.Best, float.PositiveInfinity) }));
        Refused("'resume.Moments' holds NaN at place 7; it must be finite.",
            With(s => s with { Moments = [Spoilt(s.Moments[0], float.NaN), s.Moments[1]] }));
        Refused("'resume.Slabs' has 2 values; it must have 1.", good with { Slabs = [good.Slabs[0], good.Slabs[0]] });
        Refused("'resume.Evaluations' is 2; it must be from 0 to 1.", good with { Evaluations = 2 });
        Refused("'resume.LossSamples' is 481; it must be from 0 to 480.", good with { LossSamples = 481 });
        Refused("'resume.Moments' holds -1E-09 at place 7; it must be from 0 to 3.4028235E+38.",
            With(s => s with { Moments = [s.Moments[0], Spoilt(s.Moments[1], -1e-9f)] }));

        Assert.Equal(Encoder().Parameters.Values.ToArray(), encoder.Parameters.Values.ToArray());

        TrainingCheckpoint With(Func<SlabState, SlabState> change) => good with { Slabs = [change(good.Slabs[0])] };

        void Refused(string message, TrainingCheckpoint bad)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => Train(encoder, Options, resume: bad)).Message,
                StringComparison.Ordinal);

        static float[] Spoilt(float[] values, float value) => [.. values[..7], value, .. values[8..]];
    }

    private static TrainingCheckpoint OneCheckpoint(TrainingOptions options)
    {
        TrainingCheckpoint? first = null;
        Train(Encoder(), options, onCheckpoint: c => first ??= c);
        return first!;
    }

    /// <summary>More evaluations than samples are one after every step; what is due then is more than there are samples.</summary>
    [Fact]
    public void A_checkpoint_of_more_evaluations_than_samples_is_read_back()
    {
        using var folder = new TempFolder();
        string path = folder.File("c.checkpoint");
        var checkpoints = new List<TrainingCheckpoint>();
        TrainingOptions options = Options with { Samples = 64, BatchSize = 16, Evaluations = 1000 };
        TrainableEncoder straight = Encoder(), resumed = Encoder();
        Train(straight, options, onCheckpoint: checkpoints.Add);
        CheckpointFile.Save(path, checkpoints[1]);

        Train(resumed, options, resume: CheckpointFile.LoadTraining(path));

        Assert.Equal(straight.Parameters.Values.ToArray(), resumed.Parameters.Values.ToArray());
    }
}
