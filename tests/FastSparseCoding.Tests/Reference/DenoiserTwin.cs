namespace FastSparseCoding.Tests.Reference;

/// <summary>A denoiser in double precision, patch by patch and loop by loop: the picture it makes of a square crop, plane after plane, the
/// loss Σ (ŷ − y)², and its gradient by the parameters A, D, W [m×n], a, b [(T+1)×m], which lie one after the other.</summary>
internal sealed class DenoiserTwin(int p, int m, int depth, int channels = 1)
{
    private readonly int _n = channels * p * p;

    /// <summary>Smallest distance of a pre-activation from its threshold in all forward passes so far.</summary>
    public double NearestKink { get; private set; } = double.PositiveInfinity;

    public double[] Denoise(double[] parameters, double[] noisy, int side, double sigma)
    {
        var sum = new double[noisy.Length];
        var count = new double[noisy.Length];
        foreach (int[] pixels in Patches(side))
        {
            double[] means = Means(pixels, noisy);
            double[] clean = Decode(parameters, Layers(parameters, Cut(pixels, noisy, means), sigma).Z[depth]);
            for (int k = 0; k < _n; k++)
            {
                sum[pixels[k]] += clean[k] + means[k];
                count[pixels[k]]++;
            }
        }
        return [.. sum.Zip(count, (s, c) => s / c)];
    }

    public double Loss(double[] parameters, double[] noisy, double[] clean, int side, double sigma)
    {
        double[] denoised = Denoise(parameters, noisy, side, sigma);
        int[] count = Count(noisy.Length, side);
        return Enumerable.Range(0, clean.Length).Sum(i => count[i] / (double)(p * p) * Math.Pow(denoised[i] - clean[i], 2));
    }

    public double[] Gradient(double[] parameters, double[] noisy, double[] clean, int side, double sigma)
    {
        double[] denoised = Denoise(parameters, noisy, side, sigma), gradient = new double[parameters.Length];
        int[] count = Count(noisy.Length, side);
        foreach (int[] pixels in Patches(side))
        {
            double[] x = Cut(pixels, noisy, Means(pixels, noisy));
            double[] dy = [.. pixels.Select(i => 2 * (count[i] / (double)(p * p)) * (denoised[i] - clean[i]) / count[i])];
            Backward(parameters, x, dy, sigma, gradient);
        }
        return gradient;
    }

    /// <summary>Patches over every pixel.</summary>
    private int[] Count(int length, int side)
    {
        int[] count = new int[length];
        foreach (int[] pixels in Patches(side))
            foreach (int i in pixels)
                count[i]++;
        return count;
    }

    private void Backward(double[] q, double[] x, double[] dy, double sigma, double[] gradient)
    {
        (double[][] z, double[][] r) = Layers(q, x, sigma);
        var dz = new double[m];
        for (int j = 0; j < m; j++)
            for (int k = 0; k < _n; k++)
            {
                dz[j] += dy[k] * q[W(j, k)];
                gradient[W(j, k)] += z[depth][j] * dy[k];
            }
        for (int t = depth; t >= 0; t--)
        {
            double[] dc = [.. dz.Select((d, j) => z[t][j] != 0 ? d : 0)], dr = new double[_n], before = [.. dc];
            for (int j = 0; j < m; j++)
            {
                gradient[Offset(t, j)] -= Math.Sign(z[t][j]) * dc[j];
                gradient[Slope(t, j)] -= sigma / 255 * Math.Sign(z[t][j]) * dc[j];
                for (int k = 0; k < _n; k++)
                {
                    gradient[A(j, k)] += dc[j] * (t == 0 ? x[k] : r[t][k]);
                    dr[k] += dc[j] * q[A(j, k)];
                }
            }
            for (int j = 0; t > 0 && j < m; j++)
                for (int k = 0; k < _n; k++)
                {
                    gradient[D(j, k)] -= z[t - 1][j] * dr[k];
                    before[j] -= dr[k] * q[D(j, k)];
                }
            dz = before;
        }
    }

    private (double[][] Z, double[][] R) Layers(double[] q, double[] x, double sigma)
    {
        double[][] z = new double[depth + 1][], r = new double[depth + 1][];
        for (int t = 0; t <= depth; t++)
        {
            r[t] = [.. x];
            for (int j = 0; t > 0 && j < m; j++)
                for (int k = 0; k < _n; k++)
                    r[t][k] -= z[t - 1][j] * q[D(j, k)];
            z[t] = new double[m];
            for (int j = 0; j < m; j++)
            {
                double c = t == 0 ? 0 : z[t - 1][j], theta = q[Offset(t, j)] + q[Slope(t, j)] * sigma / 255;
                for (int k = 0; k < _n; k++)
                    c += r[t][k] * q[A(j, k)];
                NearestKink = Math.Min(NearestKink, Math.Abs(Math.Abs(c) - theta));
                z[t][j] = Math.Sign(c) * Math.Max(Math.Abs(c) - theta, 0);
            }
        }
        return (z, r);
    }

    private double[] Decode(double[] q, double[] z)
        => [.. Enumerable.Range(0, _n).Select(k => Enumerable.Range(0, m).Sum(j => z[j] * q[W(j, k)]))];

    private IEnumerable<int[]> Patches(int side)
    {
        for (int y = 0; y <= side - p; y++)
            for (int x = 0; x <= side - p; x++)
                yield return [.. Enumerable.Range(0, _n).Select(k => (k / (p * p) * side + y + k / p % p) * side + x + k % p)];
    }

    /// <summary>For every value of a patch the mean of its channel.</summary>
    private double[] Means(int[] pixels, double[] noisy)
        => [.. pixels.Select((_, k) => pixels.Skip(k / (p * p) * p * p).Take(p * p).Average(i => noisy[i]))];

    private static double[] Cut(int[] pixels, double[] noisy, double[] means) => [.. pixels.Select((i, k) => noisy[i] - means[k])];

    private int A(int j, int k) => j * _n + k;

    private int D(int j, int k) => (m + j) * _n + k;

    private int W(int j, int k) => (2 * m + j) * _n + k;

    private int Offset(int t, int j) => 3 * m * _n + t * m + j;

    private int Slope(int t, int j) => 3 * m * _n + (depth + 1 + t) * m + j;
}
