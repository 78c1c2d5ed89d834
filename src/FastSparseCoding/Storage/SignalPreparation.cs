namespace FastSparseCoding.Storage;

/// <summary>
/// How whatever was measured became signals, as it travels in a model file with what was learned from them, so that new data are treated
/// alike. For patches of images it is the imaging package's PatchPreprocessing, which also reads it back. Immutable and safe to share
/// between threads.
/// </summary>
public abstract record SignalPreparation
{
    private protected SignalPreparation()
    {
    }

    /// <summary>Values in a signal n.</summary>
    public abstract int SignalSize { get; }

    /// <summary>What the signals are, in words.</summary>
    internal abstract string Description { get; }

    /// <summary>Refuses properties that are out of their ranges.</summary>
    internal abstract void Check();

    /// <summary>Adds its metadata and tensors to a model.</summary>
    internal abstract void WriteTo(ModelWriter writer);

    /// <summary>Adds its metadata and tensors to a model of signals of a size, after checking both.</summary>
    internal void WriteTo(ModelWriter writer, int signalSize)
    {
        Check();
        Throw.IfLengthNot(SignalSize, signalSize, "preprocessing");
        WriteTo(writer);
    }
}
