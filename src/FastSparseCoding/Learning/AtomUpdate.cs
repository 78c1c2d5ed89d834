using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>How the atoms move after a batch was encoded.</summary>
internal abstract class AtomUpdate(DictionaryLearningOptions options, int size)
{
    /// <summary>Rows that a thread takes at a time.</summary>
    protected const int RowsAtATime = 32;

    private readonly AtomProjection _projection = new(options.NonNegativeAtoms);

    /// <summary>Σ zᵀz, faded [m×m].</summary>
    public Matrix A { get; } = new(options.AtomCount, options.AtomCount);

    /// <summary>Σ zᵀx, faded [m×n].</summary>
    public Matrix B { get; } = new(options.AtomCount, size);

    /// <summary>Share of the signals in A and B whose value at a place is not known but filled [n].</summary>
    public float[] Filled { get; } = new float[size];

    public static AtomUpdate Create(DictionaryLearningOptions options, int size)
        => options.Method == DictionaryMethod.Online ? new OnlineUpdate(options, size) : new GradientUpdate(options, size);

    /// <summary>
    /// Updates D [m×n] after batch number <paramref name="t"/>, counted from 1, of signals x [N×n], where they are not known filled with
    /// zD, and their codes; the mask tells of the batch which values are known, or is null where all are.
    /// </summary>
    public abstract void Apply(Matrix d, Matrix x, Matrix? mask, CodeLists codes, long t);

    /// <summary>Atom k is a new one: what was known of the old is forgotten.</summary>
    public void Forget(int k)
    {
        A.Row(k).Clear();
        B.Row(k).Clear();
        for (int j = 0; j < A.Rows; j++)
            A.Row(j)[k] = 0;
    }

    /// <summary>Back to the atoms that are allowed.</summary>
    protected void Project(Span<float> atom, ReadOnlySpan<float> before) => _projection.Apply(atom, before);
}
