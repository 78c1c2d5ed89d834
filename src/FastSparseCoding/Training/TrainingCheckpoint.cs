namespace FastSparseCoding.Training;

/// <summary>Everything needed to go on with a training and end with the same bits. It does not change while the training goes on. Safe to
/// read from several threads at once; whoever changes it must be alone.</summary>
public sealed record TrainingCheckpoint
{
    /// <summary>The place of Adam's means of squares among its moments.</summary>
    private const int SecondMoment = 1;

    internal TrainingCheckpoint()
    {
    }

    /// <summary>What is trained and how; a training with other settings refuses the checkpoint.</summary>
    public string Settings { get; internal init; } = "";

    /// <summary>
    /// Whether a training that goes on from it on this machine ends with the bits that the machine it was taken on would have reached: see
    /// <see cref="Machine.FusedMultiplyAdd"/>.
    /// </summary>
    internal bool HasBitsOfThisMachine => FusedMultiplyAdd == Machine.FusedMultiplyAdd;

    /// <summary>Samples seen.</summary>
    public long Samples { get; internal init; }

    /// <summary>Samples that the training is to see; 0 in checkpoints that do not tell.</summary>
    public long TotalSamples { get; internal init; }

    /// <summary>Steps left out so far.</summary>
    public int SkippedBatches { get; internal init; }

    /// <summary>How many times the training went back to the best so far, each time with half the rate.</summary>
    public int Setbacks { get; internal init; }

    /// <summary>Samples left out so far because their target was not certified.</summary>
    public long LeftOut { get; internal init; }

    /// <summary>Lowest held-out error so far, that of the start among them.</summary>
    public double BestError => Best.Error;

    /// <summary>Samples seen when the best so far was measured; 0 for the start.</summary>
    public long BestAtSamples { get; internal init; }

    /// <summary>The arithmetic of the machine it was taken on.</summary>
    internal bool FusedMultiplyAdd { get; init; }

    /// <summary>Number of the last measurement.</summary>
    internal int Evaluations { get; init; }

    /// <summary>Sum of losses since then, and of how many samples.</summary>
    internal double Loss { get; init; }

    internal long LossSamples { get; init; }

    /// <summary>What was measured before the first step, the worst possible if nothing was; and the best measured.</summary>
    internal Score Start { get; init; }

    internal Score Best { get; init; }

    /// <summary>What is trained.</summary>
    internal IReadOnlyList<SlabState> Slabs { get; init; } = [];

    /// <summary>Refuses what no training leaves: a training that went on from it would learn nothing and say nothing.</summary>
    /// <exception cref="ArgumentException">A value is not finite or out of its range.</exception>
    internal TrainingCheckpoint Validated()
    {
        Throw.IfBelow(Samples, 0, "resume.Samples");
        Throw.IfBelow(TotalSamples, 0, "resume.TotalSamples");
        Throw.IfOutside(Setbacks, 0, Evaluations, "resume.Setbacks");
        Throw.IfBelow(Evaluations, 0, "resume.Evaluations");
        Throw.IfOutside(SkippedBatches, 0, Samples, "resume.SkippedBatches");
        Throw.IfOutside(LeftOut, 0, Samples, "resume.LeftOut");
        Throw.IfOutside(LossSamples, 0, Samples, "resume.LossSamples");
        Throw.IfOutside(Loss, 0, double.MaxValue, "resume.Loss");
        Throw.IfOutside(BestAtSamples, 0, Samples, "resume.BestAtSamples");
        foreach ((double value, string name) in new[] { (Start.Error, "StartError"), (Start.Loss, "StartLoss"), (Best.Error, "BestError"),
            (Best.Loss, "BestLoss") })
            if (double.IsNaN(value))
                Throw.OutOfRange($"resume.{name}", value, "a number");
        foreach (SlabState slab in Slabs)
        {
            Throw.IfOutside(slab.Parameters, float.MinValue, float.MaxValue, "resume.Parameters");
            Throw.IfOutside(slab.Best, float.MinValue, float.MaxValue, "resume.BestParameters");
            for (int i = 0; i < slab.Moments.Length; i++)
                Throw.IfOutside(slab.Moments[i], i == SecondMoment ? 0 : float.MinValue, float.MaxValue, "resume.Moments");
        }
        return this;
    }
}
