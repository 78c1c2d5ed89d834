namespace FastSparseCoding.Kernels;

/// <summary>
/// Whether M = σI − A has a Cholesky factorisation RᵀR = M in double. If it has, M is positive definite but for rounding (bounded in
/// <see cref="SpectralBound"/>) and σ is above every eigenvalue of A; if not, the pivot that failed gives a vector v with vᵀAv ≥ σ vᵀv.
/// </summary>
/// <remarks>
/// By blocks of rows, the rest of M updated after each (right-looking); the sums are in a fixed order and divisions are true ones, so that
/// Demmel's bound of the backward error holds for it (Higham 2002, Lemma 8.4 and Theorem 10.3).
/// </remarks>
internal sealed unsafe class CholeskyProof(PreciseGram a)
{
    private const int Block = 64;

    private readonly int _order = a.Order;
    private readonly double[] _m = new double[a.Order * a.Order];
    private readonly double[] _panels = new double[Block * a.Order];
    private int _failed = -1;

    /// <summary>Factors σI − A.</summary>
    /// <returns>Whether every pivot was above zero.</returns>
    public bool Succeeds(double sigma)
    {
        Shift(sigma);
        _failed = -1;
        for (int first = 0; first < _order; first += Block)
        {
            int next = Math.Min(first + Block, _order);
            for (int i = first; i < next; i++)
            {
                if (!FinishRow(i, first))
                {
                    _failed = i;
                    return false;
                }
            }
            UpdateRest(first, next);
        }
        return true;
    }

    /// <summary>After a failure at pivot p, with R finished above it: v = [−R₁₁⁻¹ r_p; 1; 0], for which vᵀMv is that pivot, zero or
    /// less.</summary>
    public double[] Witness()
    {
        var v = new double[_order];
        v[_failed] = 1;
        for (int i = _failed - 1; i >= 0; i--)
        {
            int right = i + 1, count = _failed - i;
            v[i] = -PreciseVectors.Dot(Row(i).Slice(right, count), v.AsSpan(right, count)) / Row(i)[i];
        }
        return v;
    }

    private void Shift(double sigma)
    {
        for (int i = 0; i < _m.Length; i++)
            _m[i] = -a.Values[i];
        for (int i = 0; i < _order; i++)
            _m[i * _order + i] += sigma;
    }

    /// <summary>r_ij = (m_ij − Σ_p r_pi r_pj) / r_ii with r_ii² = m_ii − Σ_p r_pi², over the rows p of this block.</summary>
    private bool FinishRow(int i, int first)
    {
        Span<double> row = Row(i)[i..];
        for (int p = first; p < i; p++)
            PreciseVectors.AddScaled(-Row(p)[i], Row(p)[i..], row);
        // Written so that NaN fails.
        if (!(row[0] > 0))
            return false;
        double pivot = Math.Sqrt(row[0]);
        for (int j = 0; j < row.Length; j++)
            row[j] /= pivot;
        return true;
    }

    /// <summary>M₂₂ ← M₂₂ − R₁₂ᵀR₁₂.</summary>
    private void UpdateRest(int first, int next)
    {
        fixed (double* m = _m, panels = _panels)
            SymmetricProduct.Add(m + (nint)first * _order + next, next - first, _order - next, _order, -1, m + (nint)next * _order + next,
                panels);
    }

    private Span<double> Row(int i) => _m.AsSpan(i * _order, _order);
}
