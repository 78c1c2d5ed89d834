using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>Signals as atoms: the first ones, distinct, and those that take the place of others.</summary>
internal static class SignalAtoms
{
    /// <summary>Cosine above which two directions are one.</summary>
    private const double Alike = 1 - 1e-5;

    /// <summary>Squared distance of unit vectors that no rounding makes of one that is alike, 2 − 2cos.</summary>
    private const float FarApart = 1e-4f;

    /// <summary>The atoms of a dictionary, which must be as many as the options say and of their signs.</summary>
    public static Matrix Of(AtomDictionary start, DictionaryLearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (start.AtomCount != options.AtomCount)
            Throw.Argument(nameof(start),
                $"'start' has {start.AtomCount} atoms; it must have {options.AtomCount}, the AtomCount of the options.");
        int place = options.NonNegativeAtoms ? start.Atoms.Values.IndexOfAnyInRange(float.NegativeInfinity, -float.Epsilon) : -1;
        if (place >= 0)
        {
            string value = FormattableString.Invariant(
                $"{start.Atoms.Values[place]} in atom {place / start.SignalSize}, value {place % start.SignalSize}");
            Throw.Argument(nameof(start), $"'start' holds {value}; where atoms must not be negative, it must not either.");
        }
        return new Matrix(start.AtomCount, start.SignalSize, start.Atoms.Values.ToArray());
    }

    /// <summary>Draws distinct, non-zero signals as atoms.</summary>
    public static Matrix Draw(Matrix signals, DictionaryLearningOptions options)
    {
        int[] order = [.. Enumerable.Range(0, signals.Rows)];
        new Random(options.Seed).Shuffle(order);
        var atoms = new Matrix(options.AtomCount, signals.Columns);
        int drawn = 0;
        foreach (int i in order)
        {
            if (drawn == atoms.Rows)
                break;
            if (TryMake(signals.Row(i), atoms.Row(drawn), options) && IsNew(atoms, drawn, options.Penalty))
                drawn++;
        }
        if (drawn < atoms.Rows)
        {
            string counts = options.NonNegativeAtoms ? ", of which only what is positive counts" : "";
            Throw.Argument(nameof(signals),
                $"'signals' holds {drawn} directions; {atoms.Rows} atoms need at least {atoms.Rows} distinct, non-zero signals{counts}.");
        }
        return atoms;
    }

    /// <summary>
    /// Makes an atom of a signal, or of what of it is positive where atoms must not be negative; false, and the atom is left alone, where
    /// that is zero.
    /// </summary>
    public static bool TryMake(ReadOnlySpan<float> signal, Span<float> atom, DictionaryLearningOptions options)
    {
        Span<float> allowed = new float[signal.Length];
        if (options.NonNegativeAtoms)
            TensorPrimitives.Max(signal, 0, allowed);
        else
            signal.CopyTo(allowed);
        double norm = Math.Sqrt(Reduction.Dot(allowed, allowed));
        if (norm == 0)
            return false;
        for (int j = 0; j < atom.Length; j++)
            atom[j] = (float)(allowed[j] / norm);
        return true;
    }

    /// <summary>Whether no earlier atom points the same way, or the opposite way where codes may have either sign.</summary>
    private static bool IsNew(Matrix atoms, int candidate, Penalty penalty)
    {
        ReadOnlySpan<float> b = atoms.Row(candidate);
        for (int k = 0; k < candidate; k++)
        {
            ReadOnlySpan<float> a = atoms.Row(k);
            if (!MayBeAlike(a, b) && (penalty.NonNegative || !MayBeOpposite(a, b)))
                continue;
            double cosine = Reduction.Dot(a, b);
            if ((penalty.NonNegative ? cosine : Math.Abs(cosine)) > Alike)
                return false;
        }
        return true;
    }

    /// <summary>False where the first values already tell that ‖a − b‖² = 2 − 2cos is larger than of directions that are alike.</summary>
    private static bool MayBeAlike(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float distance = 0;
        for (int i = 0; i < a.Length && distance < FarApart; i++)
            distance += (a[i] - b[i]) * (a[i] - b[i]);
        return distance < FarApart;
    }

    /// <summary>The same of a and −b.</summary>
    private static bool MayBeOpposite(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float distance = 0;
        for (int i = 0; i < a.Length && distance < FarApart; i++)
            distance += (a[i] + b[i]) * (a[i] + b[i]);
        return distance < FarApart;
    }
}
