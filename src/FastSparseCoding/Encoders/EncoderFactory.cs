namespace FastSparseCoding.Encoders;

/// <summary>Encoders by the name of their kind.</summary>
public static class EncoderFactory
{
    /// <summary>The kinds: lista, lcod, shrink, tanh, tanh2, and the variants lista-layers, lista-coupled and slista.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["lista", "lcod", "shrink", "tanh", "tanh2", "lista-layers", "lista-coupled", "slista"];

    /// <summary>An encoder initialised from a dictionary.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="dictionary">Dictionary D [m×n] whose codes it will predict.</param>
    /// <param name="penalty">What those codes pay for not being zero; a number λ stands for λ‖z‖₁. The tanh kinds refuse one that forbids negative codes.</param>
    /// <param name="depth">Layers after the first (lista and its variants), coordinate updates (lcod); 0 for the others.</param>
    /// <returns>The encoder, ready to be trained.</returns>
    /// <exception cref="ArgumentException">There is no such kind, the kind cannot predict its codes, or the depth is out of range.</exception>
    public static TrainableEncoder Create(string kind, AtomDictionary dictionary, Penalty penalty, int depth)
    {
        Check(kind, depth);
        return kind switch
        {
            "lista" => ListaEncoder.FromDictionary(dictionary, penalty, depth),
            "lcod" => LcodEncoder.FromDictionary(dictionary, penalty, depth),
            "lista-layers" => LayeredListaEncoder.FromDictionary(dictionary, penalty, depth),
            "lista-coupled" => CoupledListaEncoder.FromDictionary(dictionary, penalty, depth),
            "slista" => StepListaEncoder.FromDictionary(dictionary, penalty, depth),
            "shrink" => ShrinkEncoder.FromDictionary(dictionary, penalty),
            "tanh" => TanhEncoder.FromDictionary(dictionary, penalty),
            _ => DoubleTanhEncoder.FromDictionary(dictionary, penalty),
        };
    }

    /// <summary>An encoder whose parameters are all zero, to be filled; call <see cref="TrainableEncoder.Refresh"/> afterwards.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="depth">Layers after the first (lista and its variants), coordinate updates (lcod); 0 for the others.</param>
    /// <param name="penalty">What the codes it predicts pay for not being zero; a number λ stands for λ‖z‖₁. The tanh kinds refuse one that forbids negative codes.</param>
    /// <param name="dictionary">The dictionary whose codes it predicts, or null; slista needs it.</param>
    /// <returns>The encoder.</returns>
    /// <exception cref="ArgumentException">There is no such kind, the kind cannot predict codes of the penalty, or a size or the depth is out of range.</exception>
    public static TrainableEncoder CreateEmpty(string kind, int signalSize, int codeSize, int depth, Penalty penalty, AtomDictionary? dictionary)
    {
        Check(kind, depth);
        return kind switch
        {
            "lista" => new ListaEncoder(signalSize, codeSize, depth, penalty, dictionary),
            "lcod" => new LcodEncoder(signalSize, codeSize, depth, penalty, dictionary),
            "lista-layers" => new LayeredListaEncoder(signalSize, codeSize, depth, penalty, dictionary),
            "lista-coupled" => new CoupledListaEncoder(signalSize, codeSize, depth, penalty, dictionary),
            "slista" => new StepListaEncoder(signalSize, codeSize, depth, penalty, dictionary),
            "shrink" => new ShrinkEncoder(signalSize, codeSize, penalty, dictionary),
            "tanh" => new TanhEncoder(signalSize, codeSize, penalty, dictionary),
            _ => new DoubleTanhEncoder(signalSize, codeSize, penalty, dictionary),
        };
    }

    /// <summary>The parameters of an encoder that is not made yet.</summary>
    /// <exception cref="ArgumentException">There is no such kind, the depth is out of range, or the parameters are more than one buffer holds.</exception>
    internal static IReadOnlyList<ParameterWindow> Layout(string kind, int signalSize, int codeSize, int depth)
    {
        Check(kind, depth);
        return kind switch
        {
            "lista" => ListaEncoder.Layout(signalSize, codeSize, depth),
            "lcod" => LcodEncoder.Layout(signalSize, codeSize, depth),
            "lista-layers" => LayeredListaEncoder.Layout(signalSize, codeSize, depth),
            "lista-coupled" => CoupledListaEncoder.Layout(signalSize, codeSize, depth),
            "slista" => StepListaEncoder.Layout(depth),
            "shrink" => ShrinkEncoder.Layout(signalSize, codeSize),
            "tanh" => TanhEncoder.Layout(signalSize, codeSize),
            _ => DoubleTanhEncoder.Layout(signalSize, codeSize),
        };
    }

    private static void Check(string kind, int depth)
    {
        if (!Kinds.Contains(kind))
            Throw.Argument(nameof(kind), $"'kind' is '{kind}'; it must be one of {string.Join(", ", Kinds)}.");
        if (kind is not ("lista" or "lcod" or "lista-layers" or "lista-coupled" or "slista") && depth != 0)
            Throw.OutOfRange(nameof(depth), depth, $"0 for '{kind}', which has no depth");
    }
}
