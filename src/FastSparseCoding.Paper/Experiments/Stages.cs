using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Paper;

/// <summary>Stages that every experiment has: what they make is a file of the folder, and they go on from a checkpoint.</summary>
internal sealed class Stages(RunFolder folder, IProgressBoard board, RunContext context)
{
    /// <summary>Learns a dictionary.</summary>
    /// <param name="source">What from.</param>
    /// <param name="options">How.</param>
    /// <param name="preprocessing">How pictures became signals.</param>
    /// <param name="title">What it is, and <paramref name="signals"/> it is learned from, in words.</param>
    /// <param name="signals">See <paramref name="title"/>.</param>
    /// <param name="path">The file to make.</param>
    /// <param name="checkpoint">Where it may go on from.</param>
    public void Learn(
        ISignalSource source, DictionaryLearningOptions options, PatchPreprocessing preprocessing, string title, string signals,
            string path,
        string checkpoint)
    {
        IProgressPiece piece = board.Start(title);
        LearnerState? state = File.Exists(checkpoint) ? CheckpointFile.LoadLearner(checkpoint) : null;
        long uncertified = state?.Uncertified ?? 0;
        var progress = new Relay<LearningProgress>(p =>
        {
            uncertified = p.Uncertified;
            piece.Report(
                p.Samples, p.TotalSamples, p.SamplesPerSecond, p.Remaining, FormattableString.Invariant($"objective {p.Objective:F3}"));
        });
        AtomDictionary learned = DictionaryLearner.Learn(
            source, options, progress, state, s => CheckpointFile.Save(checkpoint, s), cancellation: context.Cancellation);
        folder.Uncertified.Set(signals, uncertified, options.Samples);
        ModelFile.Save(path, learned, options.Penalty, preprocessing);
    }

    /// <summary>Trains an encoder, by <paramref name="train"/>.</summary>
    /// <param name="title">What it is, in words.</param>
    /// <param name="error">What is measured, and <paramref name="scale"/> it is told relative to, in words.</param>
    /// <param name="scale">See <paramref name="error"/>.</param>
    /// <param name="checkpoint">Where it may go on from.</param>
    /// <param name="train">Is given whom to tell, what to go on from, and what to do with a checkpoint.</param>
    public TrainingReport Train(
        string title, string error, string scale, string checkpoint,
        Func<IProgress<TrainingProgress>, TrainingCheckpoint?, Action<TrainingCheckpoint>, TrainingReport> train)
    {
        IProgressPiece piece = board.Start(title);
        var progress = new Relay<TrainingProgress>(p => piece.Report(
            p.Samples, p.TotalSamples, p.SamplesPerSecond, p.Remaining,
            FormattableString.Invariant($"held-out {error} {p.RelativeHeldOutError:P2} of {scale}")));
        TrainingCheckpoint? resume = File.Exists(checkpoint) ? CheckpointFile.LoadTraining(checkpoint) : null;
        return train(progress, resume, c => CheckpointFile.Save(checkpoint, c));
    }
}
