using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

public sealed class EncoderTrainerTests
{
    [Theory]
    [InlineData("lista")]
    [InlineData("lcod")]
    [InlineData("shrink")]
    [InlineData("tanh")]
    [InlineData("tanh2")]
    [InlineData("lista-layers")]
    [InlineData("lista-coupled")]
    public void The_error_falls_and_the_report_tells_that_of_the_returned_encoder(string kind)
    {
        TrainableEncoder encoder = Encoder(kind);
        double before = Quality(encoder).RelativeCodeError;

        TrainingReport report = Train(encoder, Options);

        CodeQuality after = Quality(encoder);
        Assert.True(after.RelativeCodeError < 0.8 * before, $"{kind}: {before} before, {after.RelativeCodeError} after");
        Assert.Equal(after.CodeError, report.BestError);
        Assert.Equal(after.RelativeCodeError, report.BestRelativeError, 1e-12 * after.RelativeCodeError);
        Assert.Equal(0, report.SkippedBatches);
    }

    [Fact]
    public void The_history_is_evenly_spaced_and_the_best_is_its_lowest()
    {
        var told = new List<TrainingProgress>();

        TrainingReport report = EncoderTrainer.Train(
            Encoder(), Source, Target, HeldOut, Options with { Samples = 4810 }, new DirectProgress<TrainingProgress>(told.Add),
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(told, report.History);
        Assert.Equal(Options.Evaluations, report.History.Count);
        Assert.Equal(4810, report.History[^1].Samples);
        Assert.All(report.History, (p, i) => Assert.InRange(p.Samples, 481 * (i + 1), 481 * (i + 1) + 95));
        TrainingProgress best = report.History.MinBy(p => p.HeldOutError)!;
        Assert.Equal((best.HeldOutError, best.RelativeHeldOutError, best.Samples),
            (report.BestError, report.BestRelativeError, report.BestAtSamples));
        Assert.True(report.History[^1].TrainingError < report.History[0].TrainingError);
        Assert.Equal(TimeSpan.Zero, report.History[^1].Remaining);
    }

    [Fact]
    public void Parameters_spoilt_late_give_way_to_the_best_ones()
    {
        TrainableEncoder encoder = Encoder();
        var spoilt = new ScaledSource(Source, i => i < 2400 ? 1 : 30);

        TrainingReport report = Train(encoder, Options with { Optimizer = OptimizerKind.Sgd }, spoilt);

        Assert.InRange(report.BestAtSamples, 480, 2400);
        double last = report.History[^1].HeldOutError;
        Assert.False(last < 1.5 * report.BestError, $"the last error {last} should be far above the best {report.BestError}");
        Assert.Equal(report.BestError, Quality(encoder).CodeError);
    }

    [Theory]
    [InlineData("lista", 300)]
    [InlineData("lista", 64)]
    [InlineData("lista", 1300)]
    [InlineData("lista-layers", 64)]
    [InlineData("lcod", 300)]
    [InlineData("lcod", 64)]
    [InlineData("tanh", 300)]
    [InlineData("tanh2", 64)]
    [InlineData("shrink", 64)]
    public void Any_number_of_threads_gives_the_same_bits(string kind, int batch)
    {
        TrainingOptions options = Options with { BatchSize = batch, Samples = 10 * batch };
        float[][] parameters = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            TrainableEncoder encoder = Encoder(kind);
            Train(encoder, options with { Threads = threads });
            return encoder.Parameters.Values.ToArray();
        })];

        Assert.All(parameters[1..], p => Assert.Equal(parameters[0], p));
    }

    [Fact]
    public void Cancelling_throws_and_leaves_the_best_parameters()
    {
        using var stop = new CancellationTokenSource();
        TrainableEncoder encoder = Encoder();
        TrainingCheckpoint? last = null;
        int evaluations = 0;

        Assert.ThrowsAny<OperationCanceledException>(
            () => EncoderTrainer.Train(encoder, Source, Target, HeldOut, Options, onCheckpoint: c =>
        {
            last = c;
            if (++evaluations == 3)
                stop.Cancel();
        }, cancellation: stop.Token));

        // the last one is of the stop; it comes while the training goes on, which may have measured once more
        Assert.InRange(evaluations, 4, 5);
        Assert.Equal(last!.Slabs[0].Best, encoder.Parameters.Values.ToArray());
        Assert.Equal(last.BestError, Quality(encoder).CodeError);
    }

    [Fact]
    public void Cancelled_beforehand_nothing_changes()
    {
        TrainableEncoder encoder = Encoder();

        Assert.ThrowsAny<OperationCanceledException>(
            () => EncoderTrainer.Train(encoder, Source, Target, HeldOut, Options, cancellation: new CancellationToken(canceled: true)));

        Assert.Equal(Encoder().Parameters.Values.ToArray(), encoder.Parameters.Values.ToArray());
    }

    [Fact]
    public void Without_held_out_signals_the_last_tenth_of_the_rows_is_set_aside()
    {
        TrainableEncoder ofMatrix = Encoder(), ofParts = Encoder();
        Matrix first = Rows(X, 0, 900), last = Rows(X, 900, 100);

        TrainingReport whole = EncoderTrainer.Train(ofMatrix, X, Target, Options, cancellation: TestContext.Current.CancellationToken);
        TrainingReport parts = EncoderTrainer.Train(
            ofParts, new MatrixSource(first, Options.Seed), Target, last, Options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(parts.BestError, whole.BestError);
        Assert.Equal(ofParts.Parameters.Values.ToArray(), ofMatrix.Parameters.Values.ToArray());
    }

    [Fact]
    public void No_more_than_HeldOut_rows_are_set_aside()
    {
        TrainableEncoder encoder = Encoder();

        TrainingReport report = EncoderTrainer.Train(
            encoder, X, Target, Options with { HeldOut = 7 }, cancellation: TestContext.Current.CancellationToken);

        Matrix last = Rows(X, 993, 7);
        Assert.Equal(Error(encoder, last), report.BestError);
    }

    [Fact]
    public void Known_codes_train_to_the_same_bits_as_computed_ones()
    {
        TrainableEncoder computed = Encoder(), known = Encoder();
        TrainingOptions options = Options with { HeldOut = 60 };

        EncoderTrainer.Train(computed, X, Target, options, cancellation: TestContext.Current.CancellationToken);
        EncoderTrainer.Train(known, X, Target.Encode(X, cancellation: TestContext.Current.CancellationToken), options,
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(computed.Parameters.Values.ToArray(), known.Parameters.Values.ToArray());
        Assert.StartsWith("'codes' is [7×20]; it must be [1000×20].",
            Assert.ThrowsAny<ArgumentException>(
            () => EncoderTrainer.Train(known, X, new Matrix(7, 20), options, cancellation: TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4800)]
    [InlineData(4811)]
    public void Signals_coded_beforehand_train_to_the_same_bits(long count)
    {
        TrainableEncoder straight = Encoder("lcod"), coded = Encoder("lcod");
        var progress = new List<long>();

        CodedSignals signals = CodedSignals.Encode(
            Source, Target, count, threads: 1, new DirectProgress<long>(progress.Add), TestContext.Current.CancellationToken);
        TrainingReport expected = Train(straight, Options),
            actual = EncoderTrainer.Train(coded, signals, HeldOut, Options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(straight.Parameters.Values.ToArray(), coded.Parameters.Values.ToArray());
        Assert.Equal(expected.BestError, actual.BestError);
        Assert.Equal([1024, 2048, 3072, 4096, count], progress);
    }

    [Fact]
    public void Too_few_coded_signals_are_refused()
    {
        CodedSignals signals = CodedSignals.Encode(Source, Target, 4799, cancellation: TestContext.Current.CancellationToken);

        Refused("'signals' holds 4799 signals; it must hold the 4800 to train on.",
            () => EncoderTrainer.Train(Encoder(), signals, HeldOut, Options));
        Refused("'source.SignalSize' has 11 values; it must have 10.",
            () => CodedSignals.Encode(new MatrixSource(new Matrix(5, SignalSize + 1), 1), Target, 5));
        Refused("'count' is 0; it must be from 1 to 2199023254528.", () => CodedSignals.Encode(Source, Target, 0));
    }

    [Fact]
    public void Codes_from_a_source_train_to_the_same_bits_as_computed_ones()
    {
        TrainableEncoder computed = Encoder(), known = Encoder();
        SparseCodes codes = Target.EncodeSparse(X, cancellation: TestContext.Current.CancellationToken);

        EncoderTrainer.Train(computed, X, Target, Options with { HeldOut = 60 }, cancellation: TestContext.Current.CancellationToken);
        EncoderTrainer.Train(
            known, new MatrixSource(X, Options.Seed, 940), new SparseCodesSource(codes, Options.Seed, 940), Rows(X, 940, 60),
            Rows(codes.ToDense(), 940, 60), Options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(computed.Parameters.Values.ToArray(), known.Parameters.Values.ToArray());
        Refused("'codes.SignalSize' has 10 values; it must have 20.",
            () => EncoderTrainer.Train(known, Source, Source, HeldOut, HeldOutCodes));
        Refused("'heldOutCodes' is [200×10]; it must be [200×20].",
            () => EncoderTrainer.Train(known, Source, new SparseCodesSource(codes, 1), HeldOut, HeldOut));
    }

    [Fact]
    public void Bad_input_is_refused_with_a_clear_message()
    {
        var wide = new Matrix(5, SignalSize + 1);
        var spoilt = new Matrix(20, SignalSize);
        spoilt[3, 2] = float.NaN;

        Refused("'x' has 9 rows; it must have 10 or more to set some aside for measuring the error.",
            () => EncoderTrainer.Train(Encoder(), Rows(X, 0, 9), Target));
        Refused("'x' holds NaN at row 3, column 2; every value must be finite.", () => EncoderTrainer.Train(Encoder(), spoilt, Target));
        Refused("'HeldOut' is 0; it must be 1 or more.",
            () => EncoderTrainer.Train(Encoder(), X, Target, new TrainingOptions { HeldOut = 0 }));
        Refused("'source.SignalSize' has 11 values; it must have 10.",
            () => EncoderTrainer.Train(Encoder(), wide, Target, heldOut: HeldOut));
        Refused("'heldOut' has 11 columns; it must have 10.", () => EncoderTrainer.Train(Encoder(), X, Target, heldOut: wide));
        Refused("'heldOut' holds NaN at row 3, column 2; every value must be finite.",
            () => EncoderTrainer.Train(Encoder(), X, Target, heldOut: spoilt));
        Refused("'heldOut.Rows' is 0; it must be 1 or more.",
            () => EncoderTrainer.Train(Encoder(), X, Target, heldOut: new Matrix(0, SignalSize)));
        var other = new FastSparseCoding.Solvers.ActiveSetSolver(RandomData.Dictionary(CodeSize + 1, SignalSize, 1), Lambda);
        Refused("'target.CodeSize' has 21 values; it must have 20.", () => EncoderTrainer.Train(Encoder(), X, other));
    }

    private static void Refused(string message, Action train)
        => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(train).Message, StringComparison.Ordinal);

    private static CodeQuality Quality(TrainableEncoder encoder)
        => CodeEvaluator.Compare(HeldOut, Dictionary, Lambda, encoder.Encode(HeldOut), HeldOutCodes);

    private static double Error(TrainableEncoder encoder, Matrix x) => CodeEvaluator.CodeError(encoder.Encode(x), Target.Encode(x));

    private static Matrix Rows(Matrix x, int start, int count) => new(count, x.Columns, x.RowRange(start, count).Values.ToArray());
}
