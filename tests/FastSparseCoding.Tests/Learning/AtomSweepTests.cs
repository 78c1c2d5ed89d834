using FastSparseCoding.Learning;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>The sweep in blocks against one atom after the other, in double.</summary>
public sealed class AtomSweepTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(95, 17)]
    [InlineData(97, 17)]
    [InlineData(250, 33)]
    public void Every_atom_moves_with_all_before_it_already_moved(int atoms, int size)
    {
        (Matrix a, Matrix b, Matrix d) = Statistics(atoms, size);
        a.Row(atoms / 2).Clear();                                               // an atom that nothing used stays where it is
        double[,] expected = new double[atoms, size];
        for (int k = 0; k < atoms; k++)
            for (int j = 0; j < size; j++)
                expected[k, j] = d[k, j];
        for (int k = 0; k < atoms; k++)
        {
            if (a[k, k] == 0)
                continue;
            double[] step = [.. Enumerable.Range(0, size)
                .Select(j => (b[k, j] - Enumerable.Range(0, atoms).Sum(l => a[k, l] * expected[l, j])) / a[k, k])];
            for (int j = 0; j < size; j++)
                expected[k, j] += step[j];
            Normalize(expected, k, size);
        }

        new AtomSweep(atoms, size, threads: 1).Run(a, b, d, Normalize);

        // |a_k|₁/A_kk bounds how errors of earlier atoms count in a later one; the diagonal dominates here.
        Tolerance.Check([.. expected.Cast<double>()], d.Values, operations: 4 * atoms, magnitude: 4);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        (Matrix a, Matrix b, Matrix start) = Statistics(atoms: 320, size: 144);     // large enough for blocks to be shared by threads
        Matrix[] found = [.. new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            Matrix d = start.Clone();
            new AtomSweep(320, 144, threads).Run(a, b, d, Normalize);
            return d;
        })];

        Assert.NotEqual(start.Values.ToArray(), found[0].Values.ToArray());
        Assert.All(found, d => Assert.Equal(found[0].Values.ToArray(), d.Values.ToArray()));
    }

    /// <summary>A symmetric A whose diagonal dominates, B and unit atoms.</summary>
    private static (Matrix A, Matrix B, Matrix D) Statistics(int atoms, int size)
    {
        Matrix a = RandomData.Normal(atoms, atoms, seed: 1), b = RandomData.Normal(atoms, size, seed: 2);
        for (int k = 0; k < atoms; k++)
            for (int l = 0; l <= k; l++)
                a[k, l] = a[l, k] = l == k ? 2 + Math.Abs(a[k, k]) : a[k, l] / atoms;
        return (a, b, Copy(RandomData.Dictionary(atoms, size, seed: 3)));
    }

    private static Matrix Copy(AtomDictionary dictionary)
        => new(dictionary.AtomCount, dictionary.SignalSize, dictionary.Atoms.Values.ToArray());

    private static void Normalize(Span<float> atom, ReadOnlySpan<float> before)
    {
        double sum = 0;
        foreach (float value in atom)
            sum += (double)value * value;
        foreach (ref float value in atom)
            value = (float)(value / Math.Sqrt(sum));
    }

    private static void Normalize(double[,] d, int k, int size)
    {
        double norm = Math.Sqrt(Enumerable.Range(0, size).Sum(j => d[k, j] * d[k, j]));
        for (int j = 0; j < size; j++)
            d[k, j] /= norm;
    }
}
