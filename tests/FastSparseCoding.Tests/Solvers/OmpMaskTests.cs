using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class OmpMaskTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(70, 24, seed: 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int?, float?> Rules { get; } = new() { { 1, null }, { 5, null }, { null, 2f }, { null, 0.5f }, { 6, 2f } };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Codes_equal_those_of_the_twin_on_what_is_known(int? atoms, float? error)
    {
        Matrix x = RandomData.Normal(40, 24, seed: 2), mask = Random(40, 24, share: 0.6);

        OmpReport report = OmpAudit.Check(new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = atoms, Error = error }), x, mask: mask);

        Assert.Equal(error is not null, report.CountOf(OmpStatus.ErrorReached) > 0);
        Assert.InRange(report.Atoms.Sum(), 40, 1000);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void What_is_not_known_is_not_read(int? atoms, float? error)
    {
        foreach (bool nonNegative in (bool[])[false, true])
        {
            var encoder = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = atoms, Error = error, NonNegative = nonNegative });
            Matrix x = RandomData.Normal(40, 24, seed: 3), mask = Random(40, 24, share: 0.5), other = x.Clone();
            for (int i = 0; i < x.Values.Length; i++)
                if (mask.Values[i] == 0)
                    other.Values[i] = (i % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => 1e30f };

            Assert.Equal(encoder.EncodeMasked(x, mask, threads: 1, Cancellation).Values,
                encoder.EncodeMasked(other, mask, threads: 2, Cancellation).Values);
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_mask_without_zeros_changes_nothing_but_the_last_rounding(int? atoms, float? error)
    {
        foreach (bool nonNegative in (bool[])[false, true])
        {
            var encoder = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = atoms, Error = error, NonNegative = nonNegative });
            Matrix x = RandomData.Normal(40, 24, seed: 4), mask = new(40, 24), z = encoder.Encode(x, cancellation: Cancellation);
            mask.Values.Fill(1);

            Matrix masked = encoder.EncodeMasked(x, mask, cancellation: Cancellation);

            for (int i = 0; i < 40; i++)
                Tolerance.Check(LassoTwin.Widen(z.Row(i)), masked.Row(i), 2, z.Row(i).ToArray().Max(Math.Abs));
        }
    }

    [Fact]
    public void Non_negative_codes_are_least_squares_on_what_is_known()
    {
        Matrix x = RandomData.Normal(40, 24, seed: 5), mask = Random(40, 24, share: 0.6), z = new(40, 70);

        OmpReport report = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = 6, NonNegative = true })
            .Solve(x, mask, z, cancellation: Cancellation);

        for (int i = 0; i < 40; i++)
        {
            var twin = new OmpTwin(Dictionary, [.. mask.Row(i).ToArray().Select(v => v == 1)]);
            double[] signal = twin.Known(x.Row(i)),
                expected = twin.NonNegativeLeastSquares(signal, [.. Enumerable.Range(0, 70).Where(k => z[i, k] != 0)]);
            Tolerance.Check(expected, z.Row(i), 2, expected.Max());
            Assert.Equal(OmpTwin.Norm(twin.Residual(signal, LassoTwin.Widen(z.Row(i)))), report.ResidualNorms[i], 1e-11);
        }
    }

    [Fact]
    public void An_atom_of_which_nothing_is_known_is_never_chosen()
    {
        Matrix atoms = RandomData.Normal(20, 10, seed: 6);
        atoms.Row(3).Clear();
        atoms[3, 9] = 1;
        atoms.Row(7).Clear();
        atoms[7, 9] = 1;
        atoms[7, 0] = 1e-4f;
        AtomDictionary dictionary = AtomDictionary.Normalize(atoms);
        Matrix x = RandomData.Normal(30, 10, seed: 7), mask = new(30, 10), z = new(30, 20);
        mask.Values.Fill(1);
        for (int i = 0; i < 30; i++)
        {
            mask[i, 9] = 0;
            x[i, 0] += 5;
        }

        OmpReport report = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 10 }).Solve(x, mask, z, cancellation: Cancellation);

        Assert.All(report.Atoms, count => Assert.Equal(9, count));
        Assert.All(report.Status, status => Assert.True(status is OmpStatus.Dependent or OmpStatus.NoCorrelation));
        for (int i = 0; i < 30; i++)
            Assert.Equal((0f, 0f), (z[i, 3], z[i, 7]));
    }

    [Fact]
    public void One_known_value_is_enough()
    {
        Matrix x = RandomData.Normal(24, 24, seed: 8), mask = new(24, 24);
        for (int i = 0; i < 24; i++)
            mask[i, i] = 1;

        OmpReport report = OmpAudit.Check(new OmpEncoder(Dictionary, new OmpOptions { Error = 1e-3f }), x, mask: mask);

        Assert.All(report.Atoms, count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_row_has_the_same_code_whatever_stands_beside_it()
    {
        var encoder = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = 5 });
        Matrix x = RandomData.Normal(300, 24, seed: 9), mask = Random(300, 24, share: 0.7),
            all = encoder.EncodeMasked(x, mask, cancellation: Cancellation), row = new(1, 70);
        foreach (int i in (int[])[0, 100, 299])
        {
            encoder.EncodeRows(x.RowRange(i, 1), mask.RowRange(i, 1), row.View, Cancellation);
            Assert.Equal(all.Row(i), row.Row(0));
        }
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        var encoder = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = 5 });
        Matrix x = RandomData.Normal(3, 24, seed: 10), mask = Random(3, 24, share: 0.7), z = new(3, 70);

        mask.Row(1).Clear();
        Assert.Equal("'mask' has no known value at row 1; every row must have at least one. (Parameter 'mask')",
            Message(() => encoder.EncodeRows(x.View, mask.View, z.View)));
        Assert.Equal("'mask' has no known value at row 1; every row must have at least one. (Parameter 'mask')",
            Message(() => encoder.Solve(x, mask, z)));
        mask[1, 4] = 0.5f;
        Assert.Equal("'mask' holds 0.5 at row 1, column 4; it must hold 1 where a value is known and 0 where it is not. (Parameter 'mask')",
            Message(() => encoder.EncodeMasked(x, mask)));
        (mask[1, 4], x[1, 4]) = (1, float.NaN);
        Assert.Equal("'x' holds NaN at row 1, column 4; every known value must be finite. (Parameter 'x')",
            Message(() => encoder.EncodeMasked(x, mask)));
        Assert.Equal("'mask' is [2×24]; it must be [3×24]. (Parameter 'mask')",
            Message(() => encoder.EncodeRows(x.View, mask.RowRange(0, 2), z.View)));
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static Matrix Random(int rows, int columns, double share)
    {
        var random = new Random(11);
        var mask = new Matrix(rows, columns);
        foreach (ref float value in mask.Values)
            value = random.NextDouble() < share ? 1 : 0;
        for (int i = 0; i < rows; i++)
            mask[i, i % columns] = 1;
        return mask;
    }
}
