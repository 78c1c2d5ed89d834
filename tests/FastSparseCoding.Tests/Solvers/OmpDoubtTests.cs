using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Where float32 might choose otherwise, or has no room: atoms that are nearly sums of others, residuals of next to nothing, many
/// atoms.</summary>
public sealed class OmpDoubtTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Families { get; } = [.. SmoothDictionaries.Families];

    [Theory]
    [MemberData(nameof(Families))]
    public void Smooth_atoms_are_chosen_as_the_twin_does(string family)
    {
        AtomDictionary dictionary = SmoothDictionaries.Of(family, 20);
        Matrix x = SmoothDictionaries.UnitSignals(20, 20, seed: 2);
        int most = Math.Min(20, dictionary.AtomCount);

        OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 4 }), x);
        OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { Error = 0.5f }), x);
        OmpReport report = OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = most }), x);
        Assert.InRange(report.Atoms.Max(), 3, most);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Non_negative_codes_of_smooth_atoms_are_least_squares_on_their_support(string family)
    {
        AtomDictionary dictionary = SmoothDictionaries.Of(family, 20);
        Matrix x = SmoothDictionaries.UnitSignals(20, 20, seed: 3);
        foreach (ref float value in x.Values)
            value = Math.Abs(value);
        var twin = new OmpTwin(dictionary);
        Matrix z = new(20, dictionary.AtomCount);

        OmpReport report = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 8, NonNegative = true })
            .Solve(x, z, cancellation: Cancellation);

        for (int i = 0; i < 20; i++)
        {
            int[] support = [.. Enumerable.Range(0, dictionary.AtomCount).Where(k => z[i, k] != 0)];
            Assert.Equal(report.Atoms[i], support.Length);
            double[] signal = LassoTwin.Widen(x.Row(i)), expected = twin.LeastSquares(signal, support);
            Assert.True(Array.TrueForAll(z.Row(i).ToArray(), value => value >= 0));
            Tolerance.Check(expected, z.Row(i), 2, expected.Max(Math.Abs));
            if (report.Status[i] == OmpStatus.NoCorrelation)
                Assert.InRange(twin.Correlations(twin.Residual(signal, expected)).Max(), -1, 1e-6);
        }
    }

    [Fact]
    public void Few_atoms_in_double_take_the_memory_of_few()
    {
        const int size = 1000;
        for (int i = 0; i < 40; i++)
            Encode(20, RandomData.Normal(1, 20, seed: 23));      // code that is not yet optimised allocates some too
        var encoder = new OmpEncoder(RandomData.Dictionary(size, size, seed: 21), new OmpOptions { MaxAtoms = 3 });
        Matrix x = RandomData.Normal(1, size, seed: 22), z = new(1, size), small = Small(x);
        encoder.Encode(x, z, TestContext.Current.CancellationToken);

        long before = GC.GetAllocatedBytesForCurrentThread();
        encoder.Encode(small, z, TestContext.Current.CancellationToken);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(3, z.Values.ToArray().Count(v => v != 0));
        Assert.InRange(allocated, 0, 8 * size);     // not even a row of a factor of all atoms

        static void Encode(int size, Matrix x)
            => new OmpEncoder(RandomData.Dictionary(size, size, seed: 21), new OmpOptions { MaxAtoms = 3 })
                .Encode(Small(x), new Matrix(1, size), TestContext.Current.CancellationToken);

        // ‖x‖² is too small for float32.
        static Matrix Small(Matrix x) => new(1, x.Columns, [.. x.Values.ToArray().Select(v => 1e-20f * v)]);
    }

    [Fact]
    public void What_a_large_coefficient_leaves_is_coded_by_its_own_size()
    {
        AtomDictionary dictionary = RandomData.Dictionary(100, 30, seed: 8);
        Matrix x = RandomData.Normal(60, 30, seed: 9);
        for (int i = 0; i < 60; i++)
            for (int j = 0; j < 30; j++)
                x[i, j] = 1e4f * dictionary.Atoms.Row(i)[j] + 0.02f * x[i, j];

        Assert.Equal(60, OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 5 }), x).CountOf(OmpStatus.AtomLimit));
    }

    [Fact]
    public void An_atom_that_is_another_one_but_for_rounding_is_dependent()
    {
        AtomDictionary dictionary = AtomDictionary.Normalize(new Matrix(2, 2, [1, 0, 1, 1.2e-6f]));
        Matrix x = new(1, 2, [0, 1]), z = new(1, 2);
        foreach (bool nonNegative in (bool[])[false, true])
        {
            OmpReport report = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 2, NonNegative = nonNegative })
                .Solve(x, z, cancellation: Cancellation);

            Assert.Equal([nonNegative ? OmpStatus.NoCorrelation : OmpStatus.Dependent], report.Status);
            Assert.Equal([0, 1.2e-6f], z.Values);
        }
    }

    [Fact]
    public void Patches_of_pictures_are_coded_in_patches_of_others()
    {
        IReadOnlyList<GrayImage> pictures = DeadLeaves.GenerateMany(4, 64, seed: 1);
        var preprocessing = new PatchPreprocessing { PatchSize = 8 };
        AtomDictionary dictionary = AtomDictionary.Normalize(Patches.Sample([.. pictures.Take(2)], preprocessing, 200, seed: 2));
        Matrix x = Patches.Sample([.. pictures.Skip(2)], preprocessing, 30, seed: 3);

        Assert.Equal(30, OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 10 }), x).CountOf(OmpStatus.AtomLimit));
        OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { Error = 2 }), x);
    }

    [Fact]
    public void More_atoms_than_float32_has_room_for_go_on_in_double()
    {
        AtomDictionary dictionary = RandomData.Dictionary(320, 300, seed: 4);
        Matrix x = RandomData.Normal(3, 300, seed: 5), z = new(3, 320);

        OmpReport report = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 270 }).Solve(x, z, cancellation: Cancellation);

        Assert.Equal([270, 270, 270], report.Atoms);
        Assert.Equal(3, report.CountOf(OmpStatus.AtomLimit));
        var precise = new PrecisePursuit(dictionary, nonNegative: false);
        var code = new float[320];
        for (int i = 0; i < 3; i++)
        {
            precise.Begin(x.Row(i));
            precise.Run(code, 270, OmpWorkspace.NoError, Cancellation);
            Tolerance.Check(LassoTwin.Widen(code), z.Row(i), 2, code.Max(Math.Abs));
        }
    }

    [Fact]
    public void Dictionaries_too_large_for_a_Gram_matrix_form_the_rows_they_need()
    {
        AtomDictionary dictionary = RandomData.Dictionary(4200, 20, seed: 6);
        Matrix x = RandomData.Normal(4, 20, seed: 7);

        Assert.Equal(4, OmpAudit.Check(new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 4 }), x).CountOf(OmpStatus.AtomLimit));
    }
}
