using FastSparseCoding.Encoders;

namespace FastSparseCoding.Training;

/// <summary>
/// What one training differs from another in: the samples that come in, what is lost on them, and the parameters that follow. The loop asks
/// in this order: load some samples; of every batch of them, begin a pass over rows of it, run the rows, sum the gradient by parts. Rows
/// are run, and parts summed, by several threads at once.
/// </summary>
internal interface IObjective
{
    /// <summary>Everything but the options that decides the result, the same text in every culture.</summary>
    string Settings { get; }

    /// <summary>The slabs that are trained, and how.</summary>
    IReadOnlyList<TrainedSlab> Trained { get; }

    /// <summary>Multiply-adds of a sample's forward pass, about: whether threads are worth their meeting.</summary>
    long MultiplyAdds { get; }

    /// <summary>Rows of a pass, but for the last of a batch: a leaf of the tree that gradients are summed in. What the tape takes is
    /// bounded.</summary>
    int PassRows { get; }

    /// <summary>Most rows of a piece of work for a thread. What a row computes does not depend on it.</summary>
    int PieceRows { get; }

    /// <summary>Makes samples <paramref name="first"/>, <paramref name="first"/> + 1, … ready, on up to so many threads.</summary>
    void Load(long first, int count, int threads, CancellationToken cancellation);

    /// <summary>Where those of the loaded samples stand that can be learned from, among rows <paramref name="row"/> to
    /// <paramref name="row"/> + <paramref name="count"/> − 1.</summary>
    (int First, int Count) Usable(int row, int count);

    /// <summary>Begins a pass over <paramref name="count"/> rows of the samples.</summary>
    void Begin(int first, int count);

    /// <summary>Forward, loss and backward of some of the pass's rows, up to what the gradient is a sum of.</summary>
    void Run(int first, Span<double> losses);

    /// <summary>Adds a part of the gradient of the pass to <see cref="TrainedSlab.Gradient"/>, which is zero before.</summary>
    void AddGradient(Part part);

    /// <summary>Measures on held-out samples.</summary>
    Score Measure(int threads, CancellationToken cancellation);
}

/// <summary>How good parameters are: the lower the better, of equal errors the one with the lower second measure.</summary>
/// <param name="Error">What is to be small.</param>
/// <param name="Loss">What decides between equals.</param>
internal readonly record struct Score(double Error, double Loss)
{
    /// <summary>Worse than any.</summary>
    public static Score Worst { get; } = new(double.PositiveInfinity, double.PositiveInfinity);

    public bool IsBetterThan(Score other)
        => double.IsFinite(Error) && double.IsFinite(Loss) && (Error, Loss).CompareTo((other.Error, other.Loss)) < 0;
}
