using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class OmpEquivalenceTests
{
    private const int Atoms = 90;
    private const int Size = 30;

    private static readonly Matrix Rows = RandomData.Normal(Atoms, Size, seed: 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int?, float?, bool> Rules { get; } = new()
    {
        { 8, null, false }, { null, 2.5f, false }, { 10, 2.5f, false }, { 25, null, false }, { 8, null, true }, { null, 2.5f, true },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_batch_is_its_rows_whatever_the_number_of_threads(int? atoms, float? error, bool nonNegative)
    {
        OmpEncoder encoder = Encoder(Rows, atoms, error, nonNegative);
        Matrix x = RandomData.Normal(600, Size, seed: 2), one = encoder.Encode(x, threads: 1, Cancellation), row = new(1, Atoms),
            z = new(600, Atoms);

        Assert.Equal(one.Values, encoder.Encode(x, threads: 3, Cancellation).Values);
        encoder.Encode(x.View, z.View, Cancellation);
        Assert.Equal(one.Values, z.Values);
        encoder.Solve(x, z, threads: 2, cancellation: Cancellation);
        Assert.Equal(one.Values, z.Values);
        foreach (int i in (int[])[0, 17, 299, 599])
        {
            encoder.Encode(x.RowRange(i, 1), row.View, Cancellation);
            Assert.Equal(one.Row(i), row.Row(0));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Permuted_atoms_permute_the_code(int? atoms, float? error, bool nonNegative)
    {
        int[] order = [.. Enumerable.Range(0, Atoms).Select(k => k * 37 % Atoms)];
        Matrix x = RandomData.Normal(50, Size, seed: 3), z = Encoder(Rows, atoms, error, nonNegative).Encode(x, cancellation: Cancellation);

        Matrix permuted = Encoder(Rows.SelectRows(order), atoms, error, nonNegative).Encode(x, cancellation: Cancellation);

        for (int i = 0; i < 50; i++)
            Assert.Equal(order.Select(k => z[i, k]), permuted.Row(i).ToArray());
    }

    [Theory]
    [InlineData(8, null)]
    [InlineData(null, 2.5f)]
    public void Negated_atoms_negate_their_coefficients(int? atoms, float? error)
    {
        Matrix x = RandomData.Normal(50, Size, seed: 4), z = Encoder(Rows, atoms, error).Encode(x, cancellation: Cancellation),
            negated = Rows.Clone();
        for (int k = 0; k < Atoms; k += 3)
            System.Numerics.Tensors.TensorPrimitives.Negate(negated.Row(k), negated.Row(k));

        Matrix other = Encoder(negated, atoms, error).Encode(x, cancellation: Cancellation);

        for (int i = 0; i < 50; i++)
            Assert.Equal(Enumerable.Range(0, Atoms).Select(k => k % 3 == 0 ? -z[i, k] : z[i, k]), other.Row(i).ToArray());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_scaled_signal_has_a_scaled_code(int? atoms, float? error, bool nonNegative)
    {
        Matrix x = RandomData.Normal(50, Size, seed: 5), z = Encoder(Rows, atoms, error, nonNegative).Encode(x, cancellation: Cancellation);
        foreach (int exponent in (int[])[-12, 12])
            Assert.Equal(Scaled(z, exponent).Values,
                Encoder(Rows, atoms, Scaled(error, exponent), nonNegative).Encode(Scaled(x, exponent), cancellation: Cancellation).Values);
        // So far from 1 float32 computes nothing on the way: the code is the other one's up to its last rounding.
        foreach (int exponent in (int[])[-100, 100])
        {
            Matrix far = Encoder(Rows, atoms, Scaled(error, exponent), nonNegative).Encode(Scaled(x, exponent), cancellation: Cancellation),
                near = Scaled(far, -exponent);
            for (int i = 0; i < 50; i++)
                Tolerance.Check(LassoTwin.Widen(z.Row(i)), near.Row(i), 4, z.Row(i).ToArray().Max(Math.Abs));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Encoding_into_the_callers_buffer_allocates_nothing(int? atoms, float? error, bool nonNegative)
    {
        OmpEncoder encoder = Encoder(Rows, atoms, error, nonNegative);
        Matrix x = RandomData.Normal(5, Size, seed: 6), z = new(5, Atoms), mask = new(5, Size);
        for (int i = 0; i < mask.Values.Length; i++)
            mask.Values[i] = i % 4 == 0 ? 0 : 1;
        Allocation.CheckNone(() => encoder.Encode(x.View, z.View));
        Allocation.CheckNone(() => encoder.EncodeRows(x.View, mask.View, z.View));
        Assert.Contains(z.Values.ToArray(), value => value != 0);
    }

    [Fact]
    public void What_double_finds_alone_is_what_float32_finds_first()
    {
        AtomDictionary dictionary = AtomDictionary.Normalize(Rows);
        Matrix x = RandomData.Normal(200, Size, seed: 7),
            z = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 12 }).Encode(x, cancellation: Cancellation);
        var precise = new PrecisePursuit(dictionary, nonNegative: false);
        var code = new float[Atoms];
        for (int i = 0; i < 200; i++)
        {
            precise.Begin(x.Row(i));
            OmpRow row = precise.Run(code, 12, OmpWorkspace.NoError, Cancellation);
            Assert.Equal((OmpStatus.AtomLimit, 12), (row.Status, row.Atoms));
            Tolerance.Check(LassoTwin.Widen(code), z.Row(i), 2, code.Max(Math.Abs));
        }
    }

    [Fact]
    public async Task One_block_of_large_rows_stops()
    {
        var encoder = new OmpEncoder(RandomData.Dictionary(1200, 600, seed: 1), new OmpOptions { MaxAtoms = 600 });
        Matrix x = RandomData.Normal(256, 600, seed: 2), z = new(256, 1200);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Task solving = Task.Run(() => encoder.Solve(x, z, cancellation: stop.Token), Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => solving.WaitAsync(TimeSpan.FromSeconds(5), Cancellation));
    }

    private static OmpEncoder Encoder(Matrix rows, int? atoms, float? error, bool nonNegative = false)
        => new(AtomDictionary.Normalize(rows), new OmpOptions { MaxAtoms = atoms, Error = error, NonNegative = nonNegative });

    private static Matrix Scaled(Matrix x, int exponent)
        => new(x.Rows, x.Columns, Array.ConvertAll(x.Values.ToArray(), v => MathF.ScaleB(v, exponent)));

    private static float? Scaled(float? error, int exponent) => error is { } value ? MathF.ScaleB(value, exponent) : null;
}
