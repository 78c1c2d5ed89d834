using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Training;

/// <summary>Signals without a certified code are left out: as if they had not been there, for as long as any others are left.</summary>
public sealed class LeftOutTests
{
    private const float Lambda = 0.1f;

    private static readonly AtomDictionary Atoms = SmoothDictionaries.Exponentials(60, 32);

    private static readonly FistaSolver Target = new(Atoms, Lambda, new SolverOptions { MaxIterations = 30 });

    private static readonly TrainingOptions Options = TrainingProblem.Options with { Samples = 1920, Evaluations = 5 };

    private static ISignalSource Source => new MatrixSource(SmoothDictionaries.UnitSignals(1000, 32, seed: 1), seed: 4);

    private static Matrix HeldOut => SmoothDictionaries.UnitSignals(200, 32, seed: 2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_held_out_error_is_that_of_certified_codes()
    {
        Matrix z = new(200, 60);
        SolveReport solved = Target.Solve(HeldOut, z, cancellation: Cancellation);
        int[] certified = [.. Enumerable.Range(0, 200).Where(i => solved.Status[i] == SolveStatus.Converged)];
        Assert.InRange(certified.Length, 10, 100);
        TrainableEncoder all = Encoder(), some = Encoder();

        TrainingReport report = Train(all, Source, HeldOut), same = Train(some, Source, HeldOut.SelectRows(certified));

        Assert.Equal((200 - certified.Length, 0), (report.UncertifiedHeldOut, same.UncertifiedHeldOut));
        Assert.Equal(same.History.Select(p => p.HeldOutError), report.History.Select(p => p.HeldOutError));
        Assert.Equal(CodeEvaluator.CodeError(
            all.Encode(HeldOut.SelectRows(certified), cancellation: Cancellation), z.SelectRows(certified)), report.BestError, 1e-9);
        Assert.Equal(some.Parameters.Values.ToArray(), all.Parameters.Values.ToArray());
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        TrainableEncoder one = Encoder(), three = Encoder();

        TrainingReport first = Train(one, Source, HeldOut, Options with { Threads = 1 }),
            second = Train(three, Source, HeldOut, Options with { Threads = 3 });

        Assert.InRange(first.UncertifiedTargets, 1000, 1900);
        Assert.Equal(first.UncertifiedTargets, second.UncertifiedTargets);
        Assert.Equal(one.Parameters.Values.ToArray(), three.Parameters.Values.ToArray());
    }

    [Fact]
    public void Signals_coded_beforehand_are_counted_and_left_out_alike()
    {
        CodedSignals signals = CodedSignals.Encode(Source, Target, Options.Samples, cancellation: Cancellation);
        TrainableEncoder live = Encoder(), coded = Encoder();

        TrainingReport expected = Train(live, Source, HeldOut),
            report = EncoderTrainer.Train(coded, signals, HeldOut, Options, cancellation: Cancellation);

        Assert.Equal((expected.UncertifiedTargets, expected.UncertifiedTargets, expected.UncertifiedHeldOut),
            (signals.Uncertified, report.UncertifiedTargets, report.UncertifiedHeldOut));
        Assert.Equal(live.Parameters.Values.ToArray(), coded.Parameters.Values.ToArray());
    }

    [Fact]
    public void The_count_goes_on_from_a_checkpoint()
    {
        using var folder = new TempFolder();
        string path = folder.File("checkpoint");
        int checkpoints = 0;
        TrainingReport whole = EncoderTrainer.Train(Encoder(), Source, Target, HeldOut, Options, onCheckpoint: c =>
        {
            if (++checkpoints == 3)
                CheckpointFile.Save(path, c);
        }, cancellation: Cancellation);
        TrainingCheckpoint stored = CheckpointFile.LoadTraining(path);

        TrainingReport rest = EncoderTrainer.Train(Encoder(), Source, Target, HeldOut, Options, resume: stored, cancellation: Cancellation);

        Assert.InRange(stored.LeftOut, 1, whole.UncertifiedTargets - 1);
        Assert.Equal(whole.UncertifiedTargets, rest.UncertifiedTargets);
    }

    [Fact]
    public void A_training_with_nothing_left_to_learn_from_or_to_measure_on_says_so()
    {
        var hopeless = new FistaSolver(Atoms, 1e-4f, new SolverOptions { MaxIterations = 1, Tolerance = 1e-7 });
        Matrix small = HeldOut.Clone();
        foreach (ref float value in small.Values)
            value *= 1e-6f;         // their code is zero
        TrainableEncoder encoder = EncoderFactory.Create("lista", Atoms, 1e-4f, 2);
        float[] before = encoder.Parameters.Values.ToArray();

        Refused("none of the 1920 signals to train on has a certified code, and nothing was learned; take a larger sparsity weight or "
            + "tolerance.", small);
        Refused("none of the 200 held-out signals has a certified code, and there is nothing to measure the error on; take a larger "
            + "sparsity weight or tolerance.", HeldOut);

        Assert.Equal(before, encoder.Parameters.Values.ToArray());

        void Refused(string message, Matrix heldOut)
            => Assert.Equal(message,
                Assert.Throws<ArithmeticException>(
                () => EncoderTrainer.Train(encoder, Source, hopeless, heldOut, Options, cancellation: Cancellation)).Message);
    }

    [Fact]
    public void Codes_of_an_encoder_that_tells_no_status_are_all_learned_from()
    {
        TrainingReport report = EncoderTrainer.Train(
            Encoder(), Source, EncoderFactory.Create("lcod", Atoms, Lambda, 5), HeldOut, Options, cancellation: Cancellation);

        Assert.Equal((0, 0), (report.UncertifiedTargets, report.UncertifiedHeldOut));
    }

    [Fact]
    public async Task Cancelling_stops_the_solver_within_a_chunk_of_targets()
    {
        AtomDictionary dictionary = RandomData.Dictionary(800, 400, seed: 1);
        var target = new IstaSolver(dictionary, 1e-3f, new SolverOptions { Tolerance = 1e-7 });
        Matrix x = RandomData.Normal(512, 400, seed: 2);
        TrainableEncoder encoder = EncoderFactory.Create("shrink", dictionary, 1e-3f, 0);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        Task training = Task.Run(
            () => EncoderTrainer.Train(encoder, new MatrixSource(x, 1), target, new Matrix(1, 400), Options, cancellation: stop.Token),
            Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
    }

    private static TrainableEncoder Encoder() => EncoderFactory.Create("lista", Atoms, Lambda, 2);

    private static TrainingReport Train(TrainableEncoder encoder, ISignalSource source, Matrix heldOut, TrainingOptions? options = null)
        => EncoderTrainer.Train(encoder, source, Target, heldOut, options ?? Options, cancellation: Cancellation);
}
