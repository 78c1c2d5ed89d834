using System.Globalization;

namespace FastSparseCoding.Learning;

/// <summary>How atoms follow the data.</summary>
public enum DictionaryMethod
{
    /// <summary>Online statistics and block-coordinate updates (Mairal, Bach, Ponce and Sapiro 2010).</summary>
    Online,

    /// <summary>The paper's stochastic gradient (Olshausen and Field 1996).</summary>
    Sgd,
}

/// <summary>How a dictionary is learned. Change a copy with <c>with</c>. Immutable and safe to share between threads.</summary>
public sealed record DictionaryLearningOptions
{
    private readonly int? _batchSize;

    /// <summary>The defaults.</summary>
    public static DictionaryLearningOptions Default { get; } = new();

    /// <summary>Number of atoms m, 1 or more. Default 100.</summary>
    public int AtomCount { get; init; } = 100;

    /// <summary>What codes pay for not being zero; a number λ stands for λ‖z‖₁. Default λ = 0.5, the paper's for patches of unit deviation.
    /// Weights need one for every atom.</summary>
    public Penalty Penalty { get; init; } = 0.5f;

    /// <summary>Sparsity weight λ of <see cref="Penalty"/>, finite and above 0; setting it leaves the rest of the penalty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    public float Lambda
    {
        get => Penalty.Lambda;
        init
        {
            Throw.IfNotPositive(value, nameof(Lambda));
            Penalty = Penalty.WithLambda(value);
        }
    }

    /// <summary>Whether atoms must not be negative, which with codes that must not makes of the learning a sparse non-negative
    /// factorisation. Default false.</summary>
    public bool NonNegativeAtoms { get; init; }

    /// <summary>Online statistics (default) or stochastic gradient.</summary>
    public DictionaryMethod Method { get; init; } = DictionaryMethod.Online;

    /// <summary>Signals to learn from, 1 or more. Default 200,000.</summary>
    public long Samples { get; init; } = 200_000;

    /// <summary>
    /// Signals between two updates of the atoms, from 1 to 1,048,576. Default half the number of atoms, but from 256 to 4096: an update
    /// costs as the square of the atoms does, and smaller batches move them sooner.
    /// </summary>
    public int BatchSize
    {
        get => _batchSize ?? Math.Clamp(AtomCount / 2, 256, 4096);
        init => _batchSize = value;
    }

    /// <summary>
    /// Online: how fast old statistics fade, from 0 (never). After batch t they weigh (1 − 1/t)^ρ of what they did; ρ is this, or where
    /// that is less 1 plus the number of signals that have used an average atom by 1.5 times its values: an atom always remembers about as
    /// many uses as it takes to fix it. Default 20.
    /// </summary>
    public double Forgetting { get; init; } = 20;

    /// <summary>SGD: step at the start, above 0, for gradients averaged over the batch. It falls as 1/(1 + t/100). Default 1.</summary>
    public float LearningRate { get; init; } = 1;

    /// <summary>An atom used by fewer than this part of the recent signals is re-seeded, from 0 to 1. Default 1e-4.</summary>
    public double DeadAtomUse { get; init; } = 1e-4;

    /// <summary>Seed of the first atoms and of the order of the signals. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads, 1 or more; 0 (default) for one per core. The result is the same for every number.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Processes that share the coding of every batch, each with its own threads: signals and codes go to all, every one makes the same
    /// update of the atoms, and the result is the same for every number. All must be given the same signals and options. Default one.
    /// </summary>
    public ICollective Ranks { get; init; } = Collective.Alone;

    /// <summary>Everything that decides the result, the same text in every culture: what a stored state must agree with.</summary>
    internal string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"{AtomCount} atoms, {Penalty.Settings}{(NonNegativeAtoms ? ", non-negative atoms" : "")}, {Method}, samples {Samples}, batch "
            + $"{BatchSize}, forgetting {Forgetting}, rate {LearningRate}, dead below {DeadAtomUse}, seed {Seed}");

    internal DictionaryLearningOptions Validated()
    {
        Throw.IfBelow(AtomCount, 1);
        ArgumentNullException.ThrowIfNull(Penalty);
        ArgumentNullException.ThrowIfNull(Ranks);
        if (!Penalty.Weights.IsEmpty)
            Throw.IfLengthNot(Penalty.Weights.Length, AtomCount, "Penalty.Weights");
        if (!Enum.IsDefined(Method))
            Throw.OutOfRange(nameof(Method), Method, "Online or Sgd");
        Throw.IfBelow(Samples, 1L);
        Throw.IfOutside(BatchSize, 1, 1_048_576);
        Throw.IfOutside(Forgetting, 0, 1000);
        Throw.IfNotPositive(LearningRate);
        Throw.IfOutside(DeadAtomUse, 0, 1);
        Throw.IfOutside(Threads, 0, 1024);
        return this;
    }
}
