using System.Globalization;
using FastSparseCoding.Learning;
using FastSparseCoding.Training;

namespace FastSparseCoding.Storage;

/// <summary>Where a training or a learning stands, on disk, so that an interrupted one goes on and ends with the same bits. Safe to call
/// from several threads at once.</summary>
public static class CheckpointFile
{
    private static int _saving;

    private const string SettingsKey = "settings";
    private const string SamplesKey = "samples";
    private const string TotalKey = "total_samples";
    private const string SetbacksKey = "setbacks";
    private const string SkippedKey = "skipped_batches";
    private const string UncertifiedKey = "uncertified";
    private const string BestErrorKey = "best_error";
    private const string BestAtKey = "best_at_samples";
    private const string MomentsKey = "moments";
    private const string BatchesKey = "batches";
    private const string ReseededKey = "reseeded_atoms";
    private const string VersionKey = "training_version";
    private const string FusedKey = "fused_multiply_add";
    private const string EvaluationsKey = "evaluations";
    private const string LossKey = "loss";
    private const string LossSamplesKey = "loss_samples";
    private const string StartErrorKey = "start_error";
    private const string StartLossKey = "start_loss";
    private const string BestLossKey = "best_loss";
    private const string SlabsKey = "slabs";
    private const string ParametersTensor = "parameters.";
    private const string BestTensor = "best_parameters.";

    /// <summary>What a training's state holds; 1, without a number, was before every training had one loop.</summary>
    private const int TrainingVersion = 2;

    /// <summary>Where the checkpoint of what ends in a file lies: beside it.</summary>
    internal static string PathFor(string output) => output + ".checkpoint";

    /// <summary>Whether this process is saving one: it should not end before it has.</summary>
    internal static bool IsSaving => Volatile.Read(ref _saving) > 0;

    /// <summary>Writes the state of a training.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="checkpoint">The state.</param>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(string path, TrainingCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var writer = new ModelWriter(ModelFormat.CheckpointKind);
        writer.Set(VersionKey, TrainingVersion);
        writer.Set(SettingsKey, checkpoint.Settings);
        writer.Set(FusedKey, checkpoint.FusedMultiplyAdd ? 1 : 0);
        writer.Set(SamplesKey, checkpoint.Samples);
        writer.Set(TotalKey, checkpoint.TotalSamples);
        writer.Set(SetbacksKey, checkpoint.Setbacks);
        writer.Set(EvaluationsKey, checkpoint.Evaluations);
        writer.Set(SkippedKey, checkpoint.SkippedBatches);
        writer.Set(UncertifiedKey, checkpoint.LeftOut);
        writer.Set(LossKey, checkpoint.Loss);
        writer.Set(LossSamplesKey, checkpoint.LossSamples);
        writer.Set(StartErrorKey, checkpoint.Start.Error);
        writer.Set(StartLossKey, checkpoint.Start.Loss);
        writer.Set(BestErrorKey, checkpoint.Best.Error);
        writer.Set(BestLossKey, checkpoint.Best.Loss);
        writer.Set(BestAtKey, checkpoint.BestAtSamples);
        writer.Set(SlabsKey, checkpoint.Slabs.Count);
        writer.Set(MomentsKey, checkpoint.Slabs[0].Moments.Length);
        for (int slab = 0; slab < checkpoint.Slabs.Count; slab++)
        {
            writer.Add<float>(ParametersTensor + slab, checkpoint.Slabs[slab].Parameters);
            writer.Add<float>(BestTensor + slab, checkpoint.Slabs[slab].Best);
            for (int i = 0; i < checkpoint.Slabs[slab].Moments.Length; i++)
                writer.Add<float>(Moment(slab, i), checkpoint.Slabs[slab].Moments[i]);
        }
        Save(path, writer);
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
        if (!reader.Has(VersionKey))
            Throw.InvalidFile(
                path, "holds the state of a training by an earlier version, which this one cannot go on with; train anew, without the "
                + "checkpoint.");
        reader.Number(VersionKey, TrainingVersion, TrainingVersion);
        int moments = reader.Number(MomentsKey, 0, 16);
        var slabs = new SlabState[reader.Number(SlabsKey, 1, 16)];
        for (int slab = 0; slab < slabs.Length; slab++)
        {
            var ofSlab = new float[moments][];
            for (int i = 0; i < moments; i++)
                ofSlab[i] = reader.Values<float>(Moment(slab, i));
            slabs[slab] = new SlabState(reader.Values<float>(ParametersTensor + slab), reader.Values<float>(BestTensor + slab), ofSlab);
        }
        var checkpoint = new TrainingCheckpoint
        {
            Settings = reader.Text(SettingsKey),
            FusedMultiplyAdd = reader.Number(FusedKey, 0, 1) == 1,
            Samples = reader.Number(SamplesKey, 0, long.MaxValue),
            Setbacks = reader.Has(SetbacksKey) ? reader.Number(SetbacksKey, 0, int.MaxValue) : 0,
            TotalSamples = reader.Has(TotalKey) ? reader.Number(TotalKey, 0, long.MaxValue) : 0,
            Evaluations = reader.Number(EvaluationsKey, 0, int.MaxValue),
            SkippedBatches = reader.Number(SkippedKey, 0, int.MaxValue),
            LeftOut = reader.Number(UncertifiedKey, 0, long.MaxValue),
            Loss = reader.Number(LossKey, 0, double.MaxValue),
            LossSamples = reader.Number(LossSamplesKey, 0, long.MaxValue),
            Start = new Score(AnyNumber(reader, StartErrorKey), AnyNumber(reader, StartLossKey)),
            Best = new Score(AnyNumber(reader, BestErrorKey), AnyNumber(reader, BestLossKey)),
            BestAtSamples = reader.Number(BestAtKey, 0, long.MaxValue),
            Slabs = slabs,
        };
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
        Save(path, writer);
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

    private static double AnyNumber(ModelReader reader, string key) => reader.Number(key, double.NegativeInfinity, double.PositiveInfinity);

    private static string Moment(int slab, int moment) => string.Create(CultureInfo.InvariantCulture, $"moment.{slab}.{moment}");

    private static void Save(string path, ModelWriter writer)
    {
        Interlocked.Increment(ref _saving);
        try
        {
            writer.Save(path);
        }
        finally
        {
            Interlocked.Decrement(ref _saving);
        }
    }
}
