using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>The first atoms: distinct, non-zero signals, normalised.</summary>
internal static class FirstAtoms
{
    public static Matrix Draw(Matrix signals, int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, signals.Rows)];
        new Random(seed).Shuffle(order);
        var atoms = new Matrix(count, signals.Columns);
        int drawn = 0;
        foreach (int i in order)
        {
            if (drawn == count)
                break;
            ReadOnlySpan<float> signal = signals.Row(i);
            double norm = Math.Sqrt(Reduction.Dot(signal, signal));
            if (norm == 0)
                continue;
            Span<float> atom = atoms.Row(drawn);
            for (int j = 0; j < atom.Length; j++)
                atom[j] = (float)(signal[j] / norm);
            if (IsNew(atoms, drawn))
                drawn++;
        }
        if (drawn < count)
            Throw.Argument(nameof(signals), $"'signals' holds {drawn} directions; {count} atoms need at least {count} distinct, non-zero signals.");
        return atoms;
    }

    /// <summary>Whether no earlier atom points the same way, or the opposite way.</summary>
    private static bool IsNew(Matrix atoms, int candidate)
    {
        for (int k = 0; k < candidate; k++)
            if (Math.Abs(Reduction.Dot(atoms.Row(k), atoms.Row(candidate))) > 1 - 1e-5)
                return false;
        return true;
    }
}
