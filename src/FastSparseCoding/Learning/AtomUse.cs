using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>How large a share of the recent signals uses each atom.</summary>
internal sealed class AtomUse
{
    /// <summary>Begins with every atom used by every signal.</summary>
    public AtomUse(int atoms)
    {
        Shares = new float[atoms];
        Array.Fill(Shares, 1f);
    }

    /// <summary>The shares [m], faded.</summary>
    public float[] Shares { get; }

    /// <summary>Counts the codes of a batch in.</summary>
    public void Count(CodeLists codes)
    {
        // Fades over about twenty batches, so that one batch without an atom does not kill it.
        for (int k = 0; k < Shares.Length; k++)
            Shares[k] += ((float)codes.UsesOf(k) / codes.Signals - Shares[k]) / 20;
    }
}
