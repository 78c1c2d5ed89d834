using FastSparseCoding.Kernels;

namespace FastSparseCoding.Encoders;

/// <summary>
/// A learned predictor of sparse codes with hand-written gradients. Immutable while encoding and safe to share between threads; whoever
/// changes <see cref="Parameters"/> calls <see cref="Refresh"/> before the next use.
/// </summary>
public abstract class TrainableEncoder : ISparseEncoder
{
    /// <summary>Rows encoded together: their codes and one panel of weights stay in the second-level cache.</summary>
    private const int BlockRows = 64;

    /// <summary>Rows of a pass for training, and the floats that they may take: 64 MB.</summary>
    private const int FewestPassRows = 16, MostPassRows = 512, PassFloats = 1 << 24;

    private readonly WorkspacePool<EncoderPass> _passes;

    private protected TrainableEncoder(
        int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary, ParameterSlab parameters)
    {
        Throw.IfBelow(signalSize, 1);
        Throw.IfBelow(codeSize, 1);
        ArgumentNullException.ThrowIfNull(penalty);
        if (dictionary is not null)
            Throw.IfShapeNot(dictionary.AtomCount, dictionary.SignalSize, codeSize, signalSize, nameof(dictionary));
        SignalSize = signalSize;
        CodeSize = codeSize;
        Depth = depth;
        Penalty = penalty.For(codeSize);
        Dictionary = dictionary;
        Parameters = parameters;
        _passes = new WorkspacePool<EncoderPass>(() => CreatePass(BlockRows, keepTape: false));
    }

    /// <summary>Name of the architecture, as in files and on the command line: lista, lcod, shrink, tanh, tanh2.</summary>
    public string Kind => Family.Name;

    /// <summary>What is true of all encoders of its kind.</summary>
    internal abstract EncoderFamily Family { get; }

    /// <inheritdoc/>
    public int SignalSize { get; }

    /// <inheritdoc/>
    public int CodeSize { get; }

    /// <summary>LISTA: products by S; LCoD: coordinate updates; 0 for the others.</summary>
    public int Depth { get; }

    /// <summary>What the codes it predicts pay for not being zero.</summary>
    public Penalty Penalty { get; }

    /// <summary>The sparsity weight λ of the codes it predicts.</summary>
    public float Lambda => Penalty.Lambda;

    /// <summary>The dictionary whose codes it predicts, or null when it was made without one.</summary>
    public AtomDictionary? Dictionary { get; }

    /// <summary>The parameters.</summary>
    public ParameterSlab Parameters { get; }

    /// <summary>Multiply-adds for one signal, counting the dense products and the coordinate updates.</summary>
    public abstract long MultiplyAdds { get; }

    /// <summary>Takes changed parameters into use: packs the weights again. Not to be called while another thread encodes.</summary>
    public void Refresh() => RefreshRows(0, CodeSize);

    /// <summary>
    /// The same for the rows <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1 of every window,
    /// <paramref name="first"/> a multiple of 4. Threads may take different rows at once.
    /// </summary>
    internal void RefreshRows(int first, int count)
    {
        count = Math.Min(count, CodeSize - first);
        if (count > 0)
            PackRows(first, count);
    }

    private protected abstract void PackRows(int first, int count);

    /// <summary>Memory for forward and backward passes over up to <paramref name="maxRows"/> signals; one for each thread that
    /// trains.</summary>
    /// <param name="maxRows">Most signals in a pass, 1 or more.</param>
    /// <returns>A pass over this encoder's current parameters.</returns>
    public EncoderPass CreatePass(int maxRows)
    {
        Throw.IfBelow(maxRows, 1);
        return CreatePass(maxRows, keepTape: true);
    }

    /// <inheritdoc/>
    public void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
        => EncodeBlocks(x, z, firstRow: null, cancellation);

    /// <inheritdoc/>
    void ISparseEncoder.EncodeFinite(ReadOnlyMatrixView x, MatrixView z, long firstRow, CancellationToken cancellation)
        => EncodeBlocks(x, z, firstRow, cancellation);

    /// <summary>Encodes block by block, and refuses codes that are not finite when rows are counted.</summary>
    private void EncodeBlocks(ReadOnlyMatrixView x, MatrixView z, long? firstRow, CancellationToken cancellation)
    {
        Batches.Check(this, x, z);
        EncoderPass pass = _passes.Rent();
        for (int start = 0; start < x.Rows; start += BlockRows)
        {
            cancellation.ThrowIfCancellationRequested();
            MatrixView codes = z.RowRange(start, Math.Min(BlockRows, x.Rows - start));
            bool finite = FiniteCopy.Run(pass.Forward(x.RowRange(start, codes.Rows)).Values, codes.Values);
            if (!finite && firstRow is { } first)
                Throw.CodesAreNotFinite(codes, first + start, nameof(x));
        }
        _passes.Return(pass);
    }

    /// <summary>Most rows of a pass in a training: it decides the order of sums, and so depends on nothing but the encoder's
    /// size.</summary>
    internal int PassRows => (int)Math.Clamp(PassFloats / TapeFloats, FewestPassRows, MostPassRows);

    /// <summary>Floats that a pass for training keeps for a signal.</summary>
    internal abstract long TapeFloats { get; }

    private protected abstract EncoderPass CreatePass(int maxRows, bool keepTape);
}
