namespace FastSparseCoding;

/// <summary>One of several parts that a piece of work is cut into.</summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Count">Of how many.</param>
internal readonly record struct Part(int Index, int Count)
{
    /// <summary>Boundaries are multiples of it, so that what is laid out in vectors is mostly cut between them.</summary>
    private const int Grain = 4;

    /// <summary>Work that is not cut.</summary>
    public static Part Whole { get; } = new(0, 1);

    /// <summary>Its share of a number of rows, which may be none.</summary>
    public (int First, int Count) Of(int rows)
    {
        int first = Boundary(rows, Index);
        return (first, Boundary(rows, Index + 1) - first);
    }

    private int Boundary(int rows, int part) => (int)Math.Min(rows, ((long)rows * part / Count + Grain - 1) / Grain * Grain);
}
