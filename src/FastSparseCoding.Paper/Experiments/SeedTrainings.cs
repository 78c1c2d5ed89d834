using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Paper;

/// <summary>All trainings of one seed. They see the same patches, whose exact codes are worked out once.</summary>
internal sealed class SeedTrainings(RunFolder folder, long samples, int seed, ActiveSetSolver exact, TrainingData data, RunContext context)
{
    private AtomDictionary Dictionary => exact.Dictionary;

    private int Threads => context.Threads == 0 ? Environment.ProcessorCount : context.Threads;

    /// <summary>The encoders, in the order of <see cref="Plan.Candidates"/>; trained only where the folder has none.</summary>
    public TrainableEncoder[] Run(IProgressBoard board)
    {
        if (!Plan.Candidates.All(c => folder.Contains(FileName(c))))
            TrainMissing(Encode(board), board);
        return [.. Plan.Candidates.Select(c => ModelFile.LoadEncoder(folder[FileName(c)], Dictionary))];
    }

    // Several trainings side by side use the cores better than one training on all of them; the bits are the same.
    private void TrainMissing(CodedSignals signals, IProgressBoard board)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = context.Cancellation };
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Plan.LongestFirst, EnumerablePartitionerOptions.NoBuffering), options,
                candidate => folder.Stage(FileName(candidate), (path, checkpoint) => Train(candidate, signals, path, checkpoint, board)));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(
                e.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? e.InnerExceptions[0]);
        }
    }

    private void Train(Candidate candidate, CodedSignals signals, string path, string checkpoint, IProgressBoard board)
    {
        TrainableEncoder encoder = EncoderFactory.Create(candidate.Kind, Dictionary, Plan.Lambda, candidate.Depth);
        var options = new TrainingOptions
        {
            Samples = samples,
            Seed = seed,
            LearningRate = candidate.LearningRate,
            Threads = Math.Max(1, Threads / Plan.Candidates.Count)
        };
        IProgressPiece piece = board.Start($"{candidate.Name}, {Dictionary.AtomCount} atoms, seed {seed}");
        (string error, string scale) = candidate.LearnsEnergy ? ("energy", "½‖x‖²") : ("error", "‖Z*‖²");
        var progress = new Relay<TrainingProgress>(p => piece.Report(
            p.Samples, p.TotalSamples, p.SamplesPerSecond, p.Remaining,
            FormattableString.Invariant($"held-out {error} {p.RelativeHeldOutError:P2} of {scale}")));
        TrainingCheckpoint? resume = File.Exists(checkpoint) ? CheckpointFile.LoadTraining(checkpoint) : null;
        if (candidate.LearnsEnergy)
        {
            EncoderTrainer.TrainOnEnergy(encoder, signals.Source, data.HeldOut, options, progress, resume, c
                => CheckpointFile.Save(checkpoint, c), context.Cancellation);
        }
        else
        {
            TrainingReport report = EncoderTrainer.Train(encoder, signals, data.HeldOut, options, progress, resume, c
                => CheckpointFile.Save(checkpoint, c), context.Cancellation);
            folder.Uncertified.Set($"held-out signals of {Dictionary.AtomCount} atoms", report.UncertifiedHeldOut, data.HeldOut.Rows);
        }
        ModelFile.Save(path, encoder, data.Preprocessing);
    }

    private CodedSignals Encode(IProgressBoard board)
    {
        IProgressPiece piece = board.Start($"exact codes, {Dictionary.AtomCount} atoms, seed {seed}");
        long start = Stopwatch.GetTimestamp();
        var progress = new Relay<long>(done =>
        {
            double rate = done / Stopwatch.GetElapsedTime(start).TotalSeconds;
            piece.Report(done, samples, rate, TimeSpan.FromSeconds((samples - done) / rate), "");
        });
        CodedSignals signals = CodedSignals.Encode(data.Source(seed), exact, samples, context.Threads, progress, context.Cancellation);
        folder.Uncertified.Set($"signals to train on of {Dictionary.AtomCount} atoms, seed {seed}", signals.Uncertified, signals.Count);
        return signals;
    }

    private string FileName(Candidate candidate) => candidate.FileName(Dictionary.AtomCount, seed);
}
