using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>What the homotopy tells the certificate of atoms near their thresholds saves looking at the rest, and changes no gap.</summary>
public sealed class NearAtomTests
{
    /// <summary>
    /// Every atom has a second one beside it, off by some roundings of float32: where one is in the support the other is at its threshold,
    /// and which side of it float32 cannot tell. Few atoms in a code leave its own excess small, so that the other's counts.
    /// </summary>
    [Theory]
    [InlineData(16, 0.7f)]
    [InlineData(16, 0.3f)]
    [InlineData(64, 0.7f)]
    [InlineData(64, 0.3f)]
    public void Gaps_are_those_of_a_certificate_that_looks_at_all_atoms(int size, float lambda)
    {
        const int Pairs = 16, Rows = 256;
        Matrix one = RandomData.Normal(Pairs, size, seed: 1), noise = RandomData.Normal(Pairs, size, seed: 2), both = new(2 * Pairs, size);
        for (int k = 0; k < Pairs; k++)
            for (int j = 0; j < size; j++)
                (both[2 * k, j], both[2 * k + 1, j]) = (one[k, j], one[k, j] + 1e-7f * noise[k, j]);
        AtomDictionary dictionary = AtomDictionary.Normalize(both);
        Matrix x = RandomData.Normal(Rows, size, seed: 3), z = new(Rows, 2 * Pairs);
        for (int i = 0; i < Rows; i++)
        {
            double largest = Enumerable.Range(0, 2 * Pairs).Max(k => Math.Abs(Dot(x.Row(i), dictionary.Atoms.Row(k))));
            foreach (ref float value in x.Row(i))
                value = (float)(value / largest);       // λmax is 1
        }

        SolveReport report = new ActiveSetSolver(dictionary, lambda).Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        ReadOnlySpan<RowResult> all = new Certificate(dictionary, lambda, Rows).Certify(x, z);
        for (int i = 0; i < Rows; i++)
            Assert.Equal(all[i].RelativeGap, report.RelativeGap[i]);
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int j = 0; j < a.Length; j++)
            sum += (double)a[j] * b[j];
        return sum;
    }
}
