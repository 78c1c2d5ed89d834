namespace FastSparseCoding.Solvers;

/// <summary>When orthogonal matching pursuit stops: at a number of atoms, at an error, or at whichever comes first. Change a copy with
/// <c>with</c>. Immutable and safe to share between threads.</summary>
public sealed record OmpOptions
{
    /// <summary>Most atoms k in a code, from 1 to min(n, m). Default null: as many as are linearly independent; then <see cref="Error"/>
    /// must be given.</summary>
    public int? MaxAtoms { get; init; }

    /// <summary>
    /// Error ε that ends a row, ‖x − zD‖ ≤ ε: a norm, not its square, above 0. With a mask it is that of a signal known as a whole: a row
    /// of which p of n values are known ends at ε·√(p/n). Default null: none; then <see cref="MaxAtoms"/> must be given.
    /// </summary>
    public float? Error { get; init; }

    /// <summary>Whether codes must not be negative: atoms enter by their largest positive correlation and leave where their coefficient
    /// would be negative. Default false.</summary>
    public bool NonNegative { get; init; }

    internal OmpOptions ValidatedFor(AtomDictionary dictionary)
    {
        if (MaxAtoms is null && Error is null)
            Throw.Argument("options", "'options' has neither MaxAtoms nor Error; it must have one of them or both.");
        if (MaxAtoms is { } atoms)
            Throw.IfOutside(atoms, 1, Math.Min(dictionary.SignalSize, dictionary.AtomCount), nameof(MaxAtoms));
        if (Error is { } error)
            Throw.IfNotPositive(error, nameof(Error));
        return this;
    }
}
