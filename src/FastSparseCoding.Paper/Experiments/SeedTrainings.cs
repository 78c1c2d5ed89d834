using System.Diagnostics;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Paper;

/// <summary>All trainings of one seed. They see the same patches, whose exact codes are worked out once.</summary>
internal sealed class SeedTrainings(RunFolder folder, long samples, int seed, ActiveSetSolver exact, TrainingData data, RunContext context)
{
    private AtomDictionary Dictionary => exact.Dictionary;

    /// <summary>What a training is called.</summary>
    public static string Title(Candidate candidate, int atoms, int seed) => $"{candidate.Name}, {atoms} atoms, seed {seed}";

    /// <summary>What the coding before the trainings is called.</summary>
    public static string CodesTitle(int atoms, int seed) => $"exact codes, {atoms} atoms, seed {seed}";

    /// <summary>The encoders, in the order of <see cref="Plan.Candidates"/>; trained only where the folder has none.</summary>
    public TrainableEncoder[] Run(IProgressBoard board)
    {
        if (!Plan.Candidates.All(c => folder.Contains(FileName(c))))
            TrainMissing(Encode(board), board);
        return [.. Plan.Candidates.Select(c => ModelFile.LoadEncoder(folder[FileName(c)], Dictionary))];
    }

    private void TrainMissing(CodedSignals signals, IProgressBoard board) => SideBySide.Run(
        Plan.LongestFirst, context,
        candidate => folder.Stage(FileName(candidate), (path, checkpoint) => Train(candidate, signals, path, checkpoint, board)));

    private void Train(Candidate candidate, CodedSignals signals, string path, string checkpoint, IProgressBoard board)
    {
        TrainableEncoder encoder = EncoderFactory.Create(candidate.Kind, Dictionary, Plan.Lambda, candidate.Depth);
        var options = new TrainingOptions
        {
            Samples = samples,
            Seed = seed,
            LearningRate = candidate.LearningRate,
            Threads = Math.Max(1, RowBlocks.Threads(context.Threads) / Plan.Candidates.Count)
        };
        string title = Title(candidate, Dictionary.AtomCount, seed);
        var stages = new Stages(folder, board, context);
        if (candidate.LearnsEnergy)
        {
            stages.Train(title, "energy", "½‖x‖²", checkpoint, (progress, resume, keep) => EncoderTrainer.TrainOnEnergy(
                encoder, signals.Source, data.HeldOut, options, progress, resume, keep, context.Cancellation));
        }
        else
        {
            TrainingReport report = stages.Train(title, "error", "‖Z*‖²", checkpoint, (progress, resume, keep) => EncoderTrainer.Train(
                encoder, signals, data.HeldOut, options, progress, resume, keep, context.Cancellation));
            folder.Uncertified.Set($"held-out signals of {Dictionary.AtomCount} atoms", report.UncertifiedHeldOut, data.HeldOut.Rows);
        }
        ModelFile.Save(path, encoder, data.Preprocessing);
    }

    private CodedSignals Encode(IProgressBoard board)
    {
        IProgressPiece piece = board.Start(CodesTitle(Dictionary.AtomCount, seed));
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
