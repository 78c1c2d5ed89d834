namespace FastSparseCoding.Tests.Reference;

/// <summary>Mairal et al. 2010, Algorithm 2, with the whole set as its batch: naive, in double.</summary>
internal static class StatisticsTwin
{
    /// <summary>A = Σ zᵀz and B = Σ zᵀx.</summary>
    public static (double[,] A, double[,] B) Sums(Matrix x, Matrix z)
    {
        (double[,] a, double[,] b) = (new double[z.Columns, z.Columns], new double[z.Columns, x.Columns]);
        for (int i = 0; i < x.Rows; i++)
            for (int k = 0; k < z.Columns; k++)
            {
                for (int l = 0; l < z.Columns; l++)
                    a[k, l] += (double)z[i, k] * z[i, l];
                for (int j = 0; j < x.Columns; j++)
                    b[k, j] += (double)z[i, k] * x[i, j];
            }
        return (a, b);
    }

    /// <summary>Every atom in turn to its minimiser and back to unit norm, so many times.</summary>
    public static double[,] Move(double[] a, double[] b, ReadOnlyMatrixView start, int sweeps, bool nonNegative)
    {
        (int atoms, int size) = (start.Rows, start.Columns);
        var d = new double[atoms, size];
        for (int k = 0; k < atoms; k++)
            for (int j = 0; j < size; j++)
                d[k, j] = start.Row(k)[j];
        for (int sweep = 0; sweep < sweeps; sweep++)
            for (int k = 0; k < atoms; k++)
            {
                double[] moved = [.. Enumerable.Range(0, size).Select(j => d[k, j]
                    + (b[k * size + j] - Enumerable.Range(0, atoms).Sum(l => a[k * atoms + l] * d[l, j])) / a[k * atoms + k])];
                if (nonNegative)
                    moved = [.. moved.Select(v => Math.Max(0, v))];
                double norm = Math.Sqrt(moved.Sum(v => v * v));
                for (int j = 0; j < size; j++)
                    d[k, j] = moved[j] / norm;
            }
        return d;
    }

    /// <summary>The largest |a_k|₁/A_kk: how errors of other atoms count in one.</summary>
    public static double Spread(double[] a, int atoms)
        => Enumerable.Range(0, atoms).Max(k => Enumerable.Range(0, atoms).Sum(l => Math.Abs(a[k * atoms + l])) / a[k * atoms + k]);
}
