using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class OmpNonNegativeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(60, 20, 1)]
    [InlineData(60, 20, 6)]
    [InlineData(60, 20, 12)]
    [InlineData(25, 40, 12)]
    public void Codes_of_at_most_k_atoms_equal_those_of_the_twin(int atoms, int size, int most)
    {
        foreach (AtomDictionary dictionary in (
            AtomDictionary[])[RandomData.Dictionary(atoms, size, seed: 1), Problems.Correlated(atoms, size, seed: 1)])
            CheckAgainstTwin(dictionary, new OmpOptions { MaxAtoms = most, NonNegative = true });
    }

    [Theory]
    [InlineData(0.7f)]
    [InlineData(0.4f)]
    [InlineData(0.2f)]
    public void Codes_with_a_bounded_error_equal_those_of_the_twin(float share)
        => CheckAgainstTwin(RandomData.Dictionary(60, 20, seed: 1), new OmpOptions { Error = share * MathF.Sqrt(20), NonNegative = true });

    [Fact]
    public void On_its_support_a_code_is_that_of_non_negative_least_squares()
    {
        AtomDictionary dictionary = Problems.Correlated(40, 20, seed: 2);
        var twin = new OmpTwin(dictionary);
        Matrix x = RandomData.Normal(40, 20, seed: 3),
            z = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 8, NonNegative = true }).Encode(x, cancellation: Cancellation);
        for (int i = 0; i < 40; i++)
        {
            double[] signal = LassoTwin.Widen(x.Row(i)),
            expected = twin.NonNegativeLeastSquares(signal, [.. Enumerable.Range(0, 40).Where(k => z[i, k] != 0)]);
            Tolerance.Check(expected, z.Row(i), 2, expected.Max());
        }
    }

    [Fact]
    public void Without_a_limit_that_bites_it_is_non_negative_least_squares_on_all_atoms()
    {
        AtomDictionary dictionary = Problems.Correlated(8, 20, seed: 4);
        var twin = new OmpTwin(dictionary);
        var encoder = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 8, NonNegative = true });
        Matrix x = RandomData.Normal(60, 20, seed: 5), z = new(60, 8);

        OmpReport report = encoder.Solve(x, z, cancellation: Cancellation);

        Assert.InRange(report.CountOf(OmpStatus.NoCorrelation), 50, 60);
        for (int i = 0; i < 60; i++)
        {
            double[] expected = twin.NonNegativeLeastSquares(LassoTwin.Widen(x.Row(i)), [.. Enumerable.Range(0, 8)]);
            Tolerance.Check(expected, z.Row(i), 2, Math.Max(expected.Max(), 1e-30));
        }
    }

    [Fact]
    public void A_signal_that_no_atom_agrees_with_has_no_atom()
    {
        AtomDictionary dictionary = AtomDictionary.Normalize(new Matrix(2, 2, [1, 0, 0, 1]));
        Matrix x = new(1, 2, [-1, -2]), z = new(1, 2);

        OmpReport report = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 2, NonNegative = true })
            .Solve(x, z, cancellation: Cancellation);

        Assert.Equal([OmpStatus.NoCorrelation], report.Status);
        Assert.Equal([0f, 0f], z.Values);
        Assert.Equal(Math.Sqrt(5), report.ResidualNorms[0], 1e-15);
    }

    [Fact]
    public void Where_no_coefficient_would_be_negative_the_code_is_the_free_one()
    {
        // Orthogonal atoms: coefficients are correlations, those that are above zero stay what they are.
        AtomDictionary dictionary = AtomDictionary.Normalize(new Matrix(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1]));
        Matrix x = new(1, 3, [3, 1, 2]);

        Assert.Equal(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 2 }).Encode(x, cancellation: Cancellation).Values,
            new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 2, NonNegative = true }).Encode(x, cancellation: Cancellation).Values);
    }

    private static void CheckAgainstTwin(AtomDictionary dictionary, OmpOptions options)
    {
        int most = Math.Min(dictionary.AtomCount, dictionary.SignalSize);
        Matrix x = RandomData.Normal(40, dictionary.SignalSize, seed: 2), z = new(40, dictionary.AtomCount);
        OmpReport report = new OmpEncoder(dictionary, options).Solve(x, z, threads: 1, cancellation: Cancellation);
        var twin = new OmpTwin(dictionary);
        for (int i = 0; i < 40; i++)
        {
            double[] signal = LassoTwin.Widen(x.Row(i)),
            expected = twin.PursueNonNegative(signal, options.MaxAtoms ?? most, options.Error ?? 0);
            Assert.Equal(expected.Select(Math.Sign), z.Row(i).ToArray().Select(value => Math.Sign(value)));
            Tolerance.Check(expected, z.Row(i), 2, Math.Max(expected.Max(), 1e-30));
            double norm = OmpTwin.Norm(twin.Residual(signal, LassoTwin.Widen(z.Row(i))));
            Assert.InRange(Math.Abs(norm - report.ResidualNorms[i]), 0, 1e-12 * OmpTwin.Norm(signal));
            Assert.Equal(options.Error is { } error && norm <= error, report.Status[i] == OmpStatus.ErrorReached);
            Assert.Equal(report.Atoms[i] == options.MaxAtoms && options.Error is null, report.Status[i] == OmpStatus.AtomLimit);
        }
    }
}
