namespace FastSparseCoding.Learning;

/// <summary>How large a share of the recent signals uses each atom.</summary>
internal sealed class AtomUse
{
    private readonly int[] _used;

    /// <summary>Begins with every atom used by every signal.</summary>
    public AtomUse(int atoms)
    {
        _used = new int[atoms];
        Shares = new float[atoms];
        Array.Fill(Shares, 1f);
    }

    /// <summary>The shares [m], faded.</summary>
    public float[] Shares { get; }

    /// <summary>Counts the codes z [N×m] of a batch in; returns how many non-zeros they have.</summary>
    public long Count(Matrix z)
    {
        Array.Clear(_used);
        for (int i = 0; i < z.Rows; i++)
        {
            ReadOnlySpan<float> row = z.Row(i);
            for (int k = 0; k < _used.Length; k++)
                _used[k] += row[k] != 0 ? 1 : 0;
        }
        // Fades over about twenty batches, so that one batch without an atom does not kill it.
        long sum = 0;
        for (int k = 0; k < _used.Length; k++)
        {
            Shares[k] += ((float)_used[k] / z.Rows - Shares[k]) / 20;
            sum += _used[k];
        }
        return sum;
    }
}
