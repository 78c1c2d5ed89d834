using FastSparseCoding.Learning;
using FastSparseCoding.Training;

namespace FastSparseCoding.Storage;

/// <summary>Where a training or a learning stands, on disk, so that an interrupted one goes on and ends with the same bits.</summary>
public static class CheckpointFile
{
    private const string SettingsKey = "settings";
    private const string SamplesKey = "samples";
    private const string SkippedKey = "skipped_batches";
    private const string UncertifiedKey = "uncertified";
    private const string BestErrorKey = "best_error";
    private const string BestAtKey = "best_at_samples";
    private const string MomentsKey = "moments";
    private const string BatchesKey = "batches";
    private const string ReseededKey = "reseeded_atoms";
    private const string MomentTensor = "moment.";

    /// <summary>Where the checkpoint of what ends in a file lies: beside it.</summary>
    internal static string PathFor(string output) => output + ".checkpoint";

    /// <summary>Writes the state of a training.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="checkpoint">The state.</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(string path, TrainingCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var writer = new ModelWriter(ModelFormat.CheckpointKind);
        writer.Set(SettingsKey, checkpoint.Settings);
        writer.Set(SamplesKey, checkpoint.Samples);
        writer.Set(SkippedKey, checkpoint.SkippedBatches);
        writer.Set(UncertifiedKey, checkpoint.UncertifiedTargets);
        writer.Set(BestErrorKey, checkpoint.BestError);
        writer.Set(BestAtKey, checkpoint.BestAtSamples);
        writer.Set(MomentsKey, checkpoint.Moments.Length);
        writer.Add<float>("parameters", checkpoint.Parameters);
        writer.Add<float>("best_parameters", checkpoint.BestParameters);
        for (int i = 0; i < checkpoint.Moments.Length; i++)
            writer.Add<float>(MomentTensor + i, checkpoint.Moments[i]);
        writer.Save(path);
    }

    /// <summary>Reads the state of a training.</summary>
    /// <param name="path">A file written by <see cref="Save(string, TrainingCheckpoint)"/>.</param>
    /// <returns>The state.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else, or is damaged.</exception>
    public static TrainingCheckpoint LoadTraining(string path)
    {
        using ModelReader reader = ModelReader.Open(path);
        reader.RequireKind("the state of a training", ModelFormat.CheckpointKind);
        var moments = new float[reader.Number(MomentsKey, 0, 16)][];
        for (int i = 0; i < moments.Length; i++)
            moments[i] = reader.Values<float>(MomentTensor + i);
        var checkpoint = new TrainingCheckpoint(
            reader.Text(SettingsKey),
            reader.Number(SamplesKey, 0, long.MaxValue),
            reader.Number(SkippedKey, 0, int.MaxValue),
            Uncertified(reader),
            reader.Number(BestErrorKey, 0, double.PositiveInfinity),
            reader.Number(BestAtKey, 0, long.MaxValue),
            reader.Values<float>("parameters"),
            reader.Values<float>("best_parameters"),
            moments);
        return reader.Build("state", checkpoint.Validated);
    }

    /// <summary>Writes the state of the learning of a dictionary.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="state">The state.</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(string path, LearnerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var writer = new ModelWriter(ModelFormat.LearnerKind);
        writer.Set(SettingsKey, state.Settings);
        writer.Set(SamplesKey, state.Samples);
        writer.Set(BatchesKey, state.Batches);
        writer.Set(ReseededKey, state.ReseededAtoms);
        writer.Set(UncertifiedKey, state.Uncertified);
        writer.Add("atoms", state.Atoms);
        writer.Add("a", state.A);
        writer.Add("b", state.B);
        writer.Add<float>("use", state.Use);
        writer.Add<float>("filled", state.Filled);
        writer.Save(path);
    }

    /// <summary>Reads the state of the learning of a dictionary.</summary>
    /// <param name="path">A file written by <see cref="Save(string, LearnerState)"/>.</param>
    /// <returns>The state.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else, or is damaged.</exception>
    public static LearnerState LoadLearner(string path)
    {
        using ModelReader reader = ModelReader.Open(path);
        reader.RequireKind("the state of a dictionary's learning", ModelFormat.LearnerKind);
        Matrix atoms = reader.Matrix("atoms");
        int m = atoms.Rows, n = atoms.Columns;
        float[] use = reader.Values<float>("use");
        // Files written before there were masks do not tell of filled values.
        float[] filled = reader.HasTensor("filled") ? reader.Values<float>("filled") : new float[n];
        var state = new LearnerState(
            reader.Text(SettingsKey),
            reader.Number(SamplesKey, 0, long.MaxValue),
            reader.Number(BatchesKey, 0, long.MaxValue),
            reader.Number(ReseededKey, 0, int.MaxValue),
            Uncertified(reader),
            atoms,
            reader.Matrix("a", m, m),
            reader.Matrix("b", m, n),
            reader.Build("'use'", () => { Throw.IfLengthNot(use.Length, m, "use"); return use; }),
            reader.Build("'filled'", () => { Throw.IfLengthNot(filled.Length, n, "filled"); return filled; }));
        return reader.Build("state", state.Validated);
    }

    // Files written before codes that are not certified were left out do not count them.
    private static long Uncertified(ModelReader reader) => reader.Has(UncertifiedKey) ? reader.Number(UncertifiedKey, 0, long.MaxValue) : 0;
}
