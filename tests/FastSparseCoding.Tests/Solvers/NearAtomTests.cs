using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>What the homotopy tells the certificate of atoms near their thresholds saves looking at the rest, and changes no gap.</summary>
public sealed class NearAtomTests
{
    /// <summary>
    /// Every atom has a second one beside it, off by some roundings of float32: where one is in the support the other is at its threshold, and which side
    /// of it float32 cannot tell.
    /// </summary>
    [Theory]
    [InlineData(0.05f)]
    [InlineData(0.3f)]
    public void Gaps_are_those_of_a_certificate_that_looks_at_all_atoms(float lambda)
    {
        const int Pairs = 48, Size = 64, Rows = 256;
        Matrix one = RandomData.Normal(Pairs, Size, seed: 1), noise = RandomData.Normal(Pairs, Size, seed: 2), both = new(2 * Pairs, Size);
        for (int k = 0; k < Pairs; k++)
            for (int j = 0; j < Size; j++)
                (both[2 * k, j], both[2 * k + 1, j]) = (one[k, j], one[k, j] + 3e-7f * noise[k, j]);
        AtomDictionary dictionary = AtomDictionary.Normalize(both);
        Matrix x = RandomData.Normal(Rows, Size, seed: 3), z = new(Rows, 2 * Pairs);

        SolveReport report = new ActiveSetSolver(dictionary, lambda).Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        ReadOnlySpan<RowResult> all = new Certificate(dictionary, lambda, Rows).Certify(x, z);
        for (int i = 0; i < Rows; i++)
            Assert.Equal(all[i].RelativeGap, report.RelativeGap[i]);
    }
}
