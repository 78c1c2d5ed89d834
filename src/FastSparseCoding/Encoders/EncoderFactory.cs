namespace FastSparseCoding.Encoders;

/// <summary>Encoders by the name of their kind. Safe to call from several threads at once.</summary>
public static class EncoderFactory
{
    private static readonly EncoderFamily[] Families =
    [
        ListaEncoder.OfKind, LcodEncoder.OfKind, ShrinkEncoder.OfKind, TanhEncoder.OfKind, DoubleTanhEncoder.OfKind,
        LayeredListaEncoder.OfKind, CoupledListaEncoder.OfKind, StepListaEncoder.OfKind,
    ];

    /// <summary>The kinds: lista, lcod, shrink, tanh, tanh2, and the variants lista-layers, lista-coupled and slista.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Families.Select(f => f.Name)];

    /// <summary>An encoder initialised from a dictionary.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero; a number λ stands for λ‖z‖₁. The tanh kinds refuse one that forbids
    /// negative codes.</param>
    /// <param name="depth">Layers after the first (lista and its variants), coordinate updates (lcod); 0 for the others.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">There is no such kind, the kind cannot predict its codes, or the depth is out of
    /// range.</exception>
    /// <example><code>
    /// TrainableEncoder encoderOfKind = EncoderFactory.Create("lista-coupled", dictionary, 0.5f, depth: 3);
    /// </code></example>
    public static TrainableEncoder Create(string kind, AtomDictionary dictionary, Penalty penalty, int depth)
        => Find(kind, depth).FromDictionary(dictionary, penalty, depth);

    /// <summary>An encoder whose parameters are all zero, to be filled; call <see cref="TrainableEncoder.Refresh"/> afterwards.</summary>
    /// <exception cref="ArgumentException">There is no such kind, the kind cannot predict codes of the penalty, or a size or the depth is
    /// out of range.</exception>
    internal static TrainableEncoder CreateEmpty(
        string kind, int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
        => Find(kind, depth).Empty(signalSize, codeSize, depth, penalty, dictionary);

    /// <summary>The parameters of an encoder that is not made yet.</summary>
    /// <exception cref="ArgumentException">There is no such kind, the depth is out of range, or the parameters are more than one buffer
    /// holds.</exception>
    internal static IReadOnlyList<ParameterWindow> Layout(string kind, int signalSize, int codeSize, int depth)
        => Find(kind, depth).Layout(signalSize, codeSize, depth);

    /// <summary>What is true of all encoders of a kind.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    internal static EncoderFamily Find(string kind)
        => Array.Find(Families, f => f.Name == kind)
            ?? Throw.Argument<EncoderFamily>(nameof(kind), $"'kind' is '{kind}'; it must be one of {string.Join(", ", Kinds)}.");

    private static EncoderFamily Find(string kind, int depth)
    {
        EncoderFamily family = Find(kind);
        if (family.MaxDepth == 0 && depth != 0)
            Throw.OutOfRange(nameof(depth), depth, $"0 for '{kind}', which has no depth");
        return family;
    }
}
