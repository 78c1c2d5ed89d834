namespace FastSparseCoding.Storage;

/// <summary>What a model file says about itself. Immutable and safe to share between threads.</summary>
/// <param name="Kind">"dictionary", or the kind of an encoder: one of <see cref="Encoders.EncoderFactory.Kinds"/>.</param>
/// <param name="FormatVersion">Version of the model format, from 1.</param>
/// <param name="Penalty">What codes pay for not being zero: those of the learning for a dictionary, the predicted ones for an
/// encoder.</param>
/// <param name="Depth">Depth of an encoder; 0 for those without one and for a dictionary.</param>
/// <param name="SignalSize">Values in a signal n.</param>
/// <param name="CodeSize">Values in a code m.</param>
/// <param name="DictionaryHash">Fingerprint of the dictionary, or null for an encoder made without one.</param>
public sealed record ModelInfo(
    string Kind, int FormatVersion, Penalty Penalty, int Depth, int SignalSize, int CodeSize, string? DictionaryHash)
{
    /// <summary>The sparsity weight λ.</summary>
    public float Lambda => Penalty.Lambda;

    /// <summary>Whether the file holds a dictionary and no encoder.</summary>
    public bool IsDictionary => Kind == ModelFormat.DictionaryKind;
}
