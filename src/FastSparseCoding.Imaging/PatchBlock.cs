namespace FastSparseCoding.Imaging;

/// <summary>Some patches of a picture, and the places that they come from. Safe to read from several threads at once; whoever changes it
/// must be alone.</summary>
public sealed class PatchBlock
{
    internal PatchBlock(Matrix x, IReadOnlyList<PatchPlace> places, IReadOnlyList<PatchPlace> flat)
        => (X, Places, Flat) = (x, places, flat);

    /// <summary>Signals [count×n], count 0 or more.</summary>
    public Matrix X { get; }

    /// <summary>Where each of the signals was cut.</summary>
    public IReadOnlyList<PatchPlace> Places { get; }

    /// <summary>Places met on the way that were left out, being flatter than the preprocessing allows.</summary>
    public IReadOnlyList<PatchPlace> Flat { get; }
}
