using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class OmpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Dictionaries { get; } = ["wide", "square", "tall", "correlated", "odd", "one value"];

    [Theory]
    [MemberData(nameof(Dictionaries))]
    public void Codes_of_at_most_k_atoms_equal_those_of_the_twin(string name)
    {
        AtomDictionary dictionary = Dictionary(name);
        Matrix x = RandomData.Normal(20, dictionary.SignalSize, seed: 2);
        int most = Math.Min(dictionary.SignalSize, dictionary.AtomCount);
        foreach (int k in new[] { 1, (most + 3) / 4, (most + 1) / 2 }.Distinct())
        {
            OmpReport report = OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = k }), x);
            Assert.Equal(20, report.CountOf(OmpStatus.AtomLimit));
        }
    }

    [Theory]
    [MemberData(nameof(Dictionaries))]
    public void Codes_with_a_bounded_error_equal_those_of_the_twin(string name)
    {
        AtomDictionary dictionary = Dictionary(name);
        int n = dictionary.SignalSize;
        Matrix x = RandomData.Normal(20, n, seed: 3);
        foreach (float share in (float[])[0.8f, 0.5f, 0.3f, 0.1f])
        {
            OmpReport report = OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { Error = share * MathF.Sqrt(n) }), x);
            Assert.Equal(20, report.CountOf(OmpStatus.ErrorReached) + report.CountOf(OmpStatus.Dependent));
        }
    }

    [Theory]
    [MemberData(nameof(Dictionaries))]
    public void As_many_atoms_as_are_independent_leave_nothing_or_nothing_that_correlates(string name)
    {
        AtomDictionary dictionary = Dictionary(name);
        Matrix x = RandomData.Normal(20, dictionary.SignalSize, seed: 4);
        int most = Math.Min(dictionary.SignalSize, dictionary.AtomCount);

        OmpReport report = OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = most }), x);
        Assert.Equal(20, report.CountOf(OmpStatus.AtomLimit) + report.CountOf(OmpStatus.NoCorrelation));
        OmpReport small = OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { Error = 1e-30f }), x);
        Assert.Equal(name == "one value" ? 20 : 0, small.CountOf(OmpStatus.ErrorReached));
    }

    [Fact]
    public void Whichever_comes_first_ends_a_row()
    {
        AtomDictionary dictionary = Dictionary("wide");
        Matrix x = RandomData.Normal(50, dictionary.SignalSize, seed: 5);

        OmpReport report = OmpAudit.Check(
            new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 5, Error = 0.5f * MathF.Sqrt(dictionary.SignalSize) }), x);

        Assert.InRange(report.CountOf(OmpStatus.ErrorReached), 5, 45);
        Assert.Equal(50, report.CountOf(OmpStatus.ErrorReached) + report.CountOf(OmpStatus.AtomLimit));
    }

    [Fact]
    public void Every_row_may_have_its_own_error()
    {
        AtomDictionary dictionary = Dictionary("wide");
        var encoder = new OmpEncoder(dictionary, new OmpOptions { Error = 2 });
        Matrix x = RandomData.Normal(30, dictionary.SignalSize, seed: 6), z = new(30, dictionary.AtomCount),
            one = new(1, dictionary.AtomCount), all = new(30, dictionary.AtomCount);
        float[] errors = [.. Enumerable.Range(0, 30).Select(i => 0.2f + 0.1f * i)];

        OmpReport report = OmpAudit.Check(encoder, x, errors);

        Assert.Equal(30, report.CountOf(OmpStatus.ErrorReached));
        encoder.Solve(x, z, errors, threads: 1, cancellation: Cancellation);
        for (int i = 0; i < 30; i++)
        {
            new OmpEncoder(dictionary, new OmpOptions { Error = errors[i] }).Encode(x.RowRange(i, 1), one.View, Cancellation);
            Assert.Equal(one.Row(0), z.Row(i));
        }
        encoder.Solve(x, z, [2f], cancellation: Cancellation);
        encoder.Encode(x.View, all.View, Cancellation);
        Assert.Equal(all.Values, z.Values);
    }

    [Fact]
    public void A_signal_of_nothing_and_one_within_the_error_have_no_atom()
    {
        AtomDictionary dictionary = Dictionary("wide");
        Matrix x = RandomData.Normal(2, dictionary.SignalSize, seed: 7), z = new(2, dictionary.AtomCount);
        x.Row(0).Clear();

        OmpReport atoms = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 3 }).Solve(x, z, cancellation: Cancellation);
        Assert.Equal([OmpStatus.NoCorrelation, OmpStatus.AtomLimit], atoms.Status);
        Assert.Equal([0, 3], atoms.Atoms);
        Assert.Equal(0, atoms.ResidualNorms[0]);
        Assert.Equal(dictionary.AtomCount, z.Row(0).Count(0f));

        OmpReport error = new OmpEncoder(dictionary, new OmpOptions { Error = 1000 }).Solve(x, z, cancellation: Cancellation);
        Assert.Equal([OmpStatus.ErrorReached, OmpStatus.ErrorReached], error.Status);
        Assert.Equal([0, 0], error.Atoms);
        Assert.Equal(2 * dictionary.AtomCount, z.Values.Count(0f));
    }

    [Fact]
    public void Duplicate_atoms_are_chosen_once_and_a_row_of_their_span_ends()
    {
        Matrix atoms = RandomData.Normal(8, 20, seed: 8);
        for (int k = 4; k < 8; k++)
            atoms.Row(k - 4).CopyTo(atoms.Row(k));
        AtomDictionary dictionary = AtomDictionary.Normalize(atoms);
        Matrix x = RandomData.Normal(10, 20, seed: 9);

        OmpReport report = OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 8 }), x);

        Assert.All(report.Atoms, count => Assert.Equal(4, count));
        Assert.All(report.Status, status => Assert.True(status is OmpStatus.NoCorrelation or OmpStatus.Dependent));
        Matrix z = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 8 }).Encode(x, cancellation: Cancellation);
        for (int i = 0; i < 10; i++)
            Assert.Equal(4, z.Row(i)[4..].Count(0f));       // of two alike the first
    }

    [Fact]
    public void Signals_made_of_few_atoms_are_found_again()
    {
        AtomDictionary dictionary = Dictionary("wide");
        var planted = new Matrix(40, dictionary.AtomCount);
        for (int i = 0; i < 40; i++)
            for (int s = 0; s < 3; s++)
                planted[i, (i * 7 + s * 23) % dictionary.AtomCount] = (s + 1) * (i % 2 == 0 ? 1 : -1);
        Matrix x = dictionary.Reconstruct(planted);

        OmpReport report = OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { Error = 1e-5f }), x);

        Assert.Equal(40, report.CountOf(OmpStatus.ErrorReached));
        Assert.InRange(report.Atoms.Count(k => k == 3), 30, 40);
        // An error of the order of the code's own rounding is claimed only where the rounded code keeps it.
        foreach (float error in (float[])[1e-6f, 3e-7f, 1e-7f, 3e-8f])
            OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { Error = error }), x);
    }

    private static AtomDictionary Dictionary(string name) => name switch
    {
        "square" => RandomData.Dictionary(32, 32, seed: 1),
        "tall" => RandomData.Dictionary(12, 40, seed: 1),
        "correlated" => Problems.Correlated(70, 25, seed: 1),
        "odd" => RandomData.Dictionary(53, 17, seed: 1),
        "one value" => RandomData.Dictionary(3, 1, seed: 1),
        _ => RandomData.Dictionary(100, 30, seed: 1),
    };
}
