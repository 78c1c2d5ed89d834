using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>
/// A proven upper bound of the largest eigenvalue of DDᵀ. The Lanczos iteration guesses the eigenvalue, from below; a Cholesky
/// factorisation then proves that a number just above the guess is above all eigenvalues, or gives the vector that the guess has missed.
/// </summary>
/// <remarks>
/// A Ritz value alone proves nothing: the start may have no part in the leading eigenvector. The proof is Rump's (Verification of positive
/// definiteness, BIT 46, 2006). Let A be the smaller of DDᵀ and DᵀD, k×k with sums of p products, Ã what is computed of it, and let the
/// factorisation of M = fl(σI − Ã) run to its end in double, u = 2⁻⁵³. Then RᵀR = M + ΔM is positive semidefinite, hence λmax(A) ≤ σ + ‖ΔM‖
/// + ‖Ã − A‖ + the rounding of σ − Ã_ii, where
/// <list type="bullet">
/// <item>‖ΔM‖ ≤ γ/(1 − γ)·tr M with γ = γ_{k+1}, since |ΔM| ≤ γ|Rᵀ||R| and ‖|Rᵀ||R|‖ ≤ ‖R‖_F² = tr(M + ΔM) (Demmel; Higham 2002,
/// Theorem 10.3),</item>
/// <item>‖Ã − A‖ ≤ γ_p·tr A (<see cref="PreciseGram"/>), and the rounding of the differences is at most uσ,</item>
/// <item>tr M ≤ kσ and tr Ã ≤ kσ, because no diagonal element of Ã is negative or, after a success, above σ.</item>
/// </list>
/// Together u·(k(k + 1) + kp + 1)·σ to first order. <see cref="Rounding"/> takes twice that, which covers the higher orders, and underflow
/// in the factorisation: σ is above the mean of the atoms' squared norms, which is near 1. The zeros that fill up A stand apart from it and
/// change nothing.
/// </remarks>
internal static class SpectralBound
{
    /// <summary>L is above λmax by at most this in ordinary cases: more than the rounding of a float32 Gram matrix, too little to slow a
    /// step.</summary>
    private const double Margin = 1e-5;

    /// <summary>L ≥ λmax(DDᵀ) for every dictionary, by half of one part in 10⁵ or more.</summary>
    public static float OfGram(Matrix atoms)
    {
        var start = new double[Math.Min(atoms.Rows, atoms.Columns)];
        for (int i = 0; i < start.Length; i++)
            start[i] = (double)(long)CounterRandom.Mix((ulong)i);
        return OfGram(atoms, start);
    }

    /// <summary>The same from a start of Lanczos's iteration of one's own [min(m, n)], not zero; L is proven from any.</summary>
    public static float OfGram(Matrix atoms, ReadOnlySpan<double> start)
    {
        var a = new PreciseGram(atoms);
        var proof = new CholeskyProof(a);
        var q = new double[a.Order];
        start.CopyTo(q);
        // λmax is between this and k times this, so that the loop ends whatever Lanczos finds.
        double theta = a.LargestDiagonal;
        for (double margin = Margin / 2; ; margin *= 2)
        {
            double ritz = Lanczos.LargestRitzValue(a, q, Margin / 100);
            if (ritz > theta)   // not if it is NaN
                theta = ritz;
            double sigma = theta * (1 + margin);
            if (proof.Succeeds(sigma))
                return RoundedUp(sigma * (1 + Margin / 2 + Rounding(a)));
            q = proof.Witness();
        }
    }

    /// <summary>The part of σ by which λmax may exceed a σ that the factorisation in double proved.</summary>
    private static double Rounding(PreciseGram a) => Math.ScaleB(2, -53) * a.Size * (a.Size + 1.0 + a.Products + 1.0);

    private static float RoundedUp(double value)
    {
        float nearest = (float)value;
        return nearest >= value ? nearest : MathF.BitIncrement(nearest);
    }
}
