namespace FastSparseCoding.Encoders;

/// <summary>What is true of all encoders of a kind, told by the kind itself: its name, its depths, what it can predict and how it is
/// made.</summary>
internal sealed class EncoderFamily
{
    /// <summary>Name in files and on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Largest depth; 0 for kinds without depth.</summary>
    public int MaxDepth { get; init; }

    /// <summary>The depth to take when nothing else is said.</summary>
    public int DefaultDepth { get; init; }

    /// <summary>Whether its codes have either sign whatever was learned, so that it can predict none that must not be negative.</summary>
    public bool HasEitherSign { get; init; }

    /// <summary>Whether it has a matrix [m×m], which decides what memory it takes.</summary>
    public bool HasSquareMatrix { get; init; }

    /// <summary>Whether it unrolls coordinate descent, with a coordinate's update for every unit of depth; else what it unrolls is a
    /// gradient method.</summary>
    public bool IsCoordinateDescent { get; init; }

    /// <summary>An encoder initialised from a dictionary, of a depth.</summary>
    public required Func<AtomDictionary, Penalty, int, TrainableEncoder> FromDictionary { get; init; }

    /// <summary>An encoder whose parameters are all zero: of n, m, the depth, the penalty and the dictionary, if any.</summary>
    public required Func<int, int, int, Penalty, AtomDictionary?, TrainableEncoder> Empty { get; init; }

    /// <summary>The windows of its parameters: of n, m and the depth.</summary>
    public required Func<int, int, int, IReadOnlyList<ParameterWindow>> Layout { get; init; }

    /// <summary>A kind whose encoders have no depth.</summary>
    public static EncoderFamily WithoutDepth(
        string name, Func<AtomDictionary, Penalty, TrainableEncoder> fromDictionary, Func<int, int, Penalty, AtomDictionary?,
        TrainableEncoder> empty,
        Func<int, int, IReadOnlyList<ParameterWindow>> layout, bool hasEitherSign) => new()
        {
            Name = name,
            HasEitherSign = hasEitherSign,
            FromDictionary = (dictionary, penalty, _) => fromDictionary(dictionary, penalty),
            Empty = (n, m, _, penalty, dictionary) => empty(n, m, penalty, dictionary),
            Layout = (n, m, _) => layout(n, m),
        };
}
