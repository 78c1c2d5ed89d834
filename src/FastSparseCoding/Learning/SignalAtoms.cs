using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>Signals as atoms: the first ones, distinct, and those that take the place of others.</summary>
internal static class SignalAtoms
{
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
            Throw.Argument(nameof(signals), $"'signals' holds {drawn} directions; {atoms.Rows} atoms need at least {atoms.Rows} distinct, non-zero signals{counts}.");
        }
        return atoms;
    }

    /// <summary>
    /// Makes an atom of a signal, or of what of it is positive where atoms must not be negative; false, and the atom is left alone, where that is zero.
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
        for (int k = 0; k < candidate; k++)
        {
            double cosine = Reduction.Dot(atoms.Row(k), atoms.Row(candidate));
            if ((penalty.NonNegative ? cosine : Math.Abs(cosine)) > 1 - 1e-5)
                return false;
        }
        return true;
    }
}
