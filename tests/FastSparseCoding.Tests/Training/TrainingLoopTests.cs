using System.Collections.Concurrent;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

/// <summary>The loop that every training goes through.</summary>
public sealed class TrainingLoopTests
{
    [Theory]
    [InlineData(96)]
    [InlineData(2400)]
    public void A_stop_before_the_first_evaluation_leaves_a_checkpoint_that_ends_with_the_same_bits(long samples)
    {
        TrainingOptions options = Options with { Evaluations = 1 };
        TrainableEncoder straight = Encoder(), resumed = Encoder();
        TrainingReport whole = Train(straight, options);
        using var stop = new CancellationTokenSource();
        // The last chunk of signals asks for the stop: batches of one chunk each.
        var source = new ScaledSource(Source, i =>
        {
            if (i == samples)
                stop.Cancel();
            return 1;
        });
        TrainingCheckpoint? last = null;
        TrainingLoop Loop(TrainableEncoder encoder, ISignalSource signals)
            => new(Objective(encoder, signals, options), options.Loop(CodeSize) with { ChunkSamples = 96 });

        Assert.ThrowsAny<OperationCanceledException>(() => Loop(Encoder(), source).Execute(_ => { }, null, c => last = c, stop.Token));
        LoopReport rest = Loop(resumed, Source).Execute(_ => { }, last, null, TestContext.Current.CancellationToken);

        Assert.Equal((samples, 0), (last!.Samples, last.Evaluations));
        Assert.Equal((whole.StartError, whole.BestError, whole.BestAtSamples), (rest.Start.Error, rest.Best.Error, rest.BestAtSamples));
        Assert.Equal(straight.Parameters.Values.ToArray(), resumed.Parameters.Values.ToArray());
    }

    [Fact]
    public void A_stop_between_a_step_and_its_evaluation_loses_neither()
    {
        TrainableEncoder straight = Encoder(), resumed = Encoder();
        TrainingReport whole = Train(straight, Options);
        TrainingCheckpoint? before = null;
        Train(Encoder(), Options, onCheckpoint: c => before ??= c);

        // As if the stop had come while the first evaluation was made.
        TrainingReport rest = Train(resumed, Options, resume: before! with { Evaluations = 0 });

        Assert.Equal(whole.History.Select(p => p.HeldOutError), rest.History.Select(p => p.HeldOutError));
        Assert.Equal(straight.Parameters.Values.ToArray(), resumed.Parameters.Values.ToArray());
    }

    [Fact]
    public void Checkpoints_come_between_evaluations_too_when_it_is_time()
    {
        var checkpoints = new ConcurrentQueue<TrainingCheckpoint>();
        TrainingOptions options = Options with { Evaluations = 1 };

        new TrainingLoop(Objective(Encoder(), Source, options), options.Loop(CodeSize) with { CheckpointInterval = TimeSpan.Zero })
            .Execute(_ => { }, null, checkpoints.Enqueue, TestContext.Current.CancellationToken);

        Assert.InRange(checkpoints.Count, 2, 51);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Loop(CodeSize).CheckpointInterval);
        Assert.Equal(checkpoints.OrderBy(c => c.Samples).Select(c => c.Samples), checkpoints.Select(c => c.Samples));
    }

    [Fact]
    public void What_a_checkpoint_cannot_be_stored_for_ends_the_training()
    {
        Assert.Equal("full", Assert.Throws<IOException>(() => Train(Encoder(), Options, onCheckpoint: _ => throw new IOException("full")))
            .Message);
    }

    [Fact]
    public void One_thread_is_the_callers()
    {
        var threads = new ConcurrentDictionary<int, bool>();
        var source = new ScaledSource(Source, _ =>
        {
            threads[Environment.CurrentManagedThreadId] = true;
            return 1;
        });

        Train(Encoder(), Options with { Threads = 1, Samples = 20_000 }, source);

        Assert.Equal([Environment.CurrentManagedThreadId], threads.Keys);
    }

    [Fact]
    public void The_memory_of_a_training_does_not_grow_with_the_parameters_times_the_batch()
    {
        const int Atoms = 128, Signal = 16, Parameters = Atoms * (Atoms + Signal + 1);
        AtomDictionary dictionary = Support.RandomData.Dictionary(Atoms, Signal, seed: 1);
        Allocated(16_384);      // a thread's scratch memory grows once
        long small = Allocated(1024), large = Allocated(16_384);

        // Signals and codes of a batch, dense, and a list of which are certified; a slab for every 64 rows would be 240 of them, eighteen
        // megabytes.
        long batch = (16_384 - 4096) * (Atoms + Signal + 16) * 4L;
        Assert.True(large - small < batch + 40L * Parameters * 4, $"{large} bytes, {small} with the smaller batch");

        long Allocated(int batch)
        {
            var signals = new MatrixSource(Support.RandomData.Normal(300, Signal, seed: 2), seed: 1);
            var codes = new SparseCodesSource(SparseCodes.FromDense(new Matrix(300, Atoms)), seed: 1);
            var options = new TrainingOptions { Samples = 2L * batch, BatchSize = batch, Evaluations = 1, Threads = 1 };
            TrainableEncoder encoder = ListaEncoder.FromDictionary(dictionary, 0.5f, 2);
            long before = GC.GetAllocatedBytesForCurrentThread();
            EncoderTrainer.Train(encoder, signals, codes, new Matrix(10, Signal), new Matrix(10, Atoms), options);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static CodeRegression Objective(TrainableEncoder encoder, ISignalSource source, TrainingOptions options)
        => new(encoder, source, new SolvedCodes(Target), _ => CertifiedCodes.All(HeldOut, HeldOutCodes), options);
}
