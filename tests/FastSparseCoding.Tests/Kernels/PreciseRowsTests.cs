using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

/// <summary>Against plain loops in double. Either side rounds a product and a sum a term at most, so that they differ by 4 roundings a
/// term.</summary>
public sealed class PreciseRowsTests
{
    private const int MostLength = 70;
    private const int Rows = 45;

    [Fact]
    public void Residuals_agree_with_plain_loops_at_every_length_and_support()
    {
        var random = new Random(1);
        for (int length = 1; length <= MostLength; length++)
        {
            Matrix d = RandomData.Normal(Rows, length, seed: length);
            var rows = new AlignedRows(d);
            for (int count = 0; count <= 40; count++)
            {
                (int[] atoms, double[] z, double[] x) = (Atoms(random, count), Values(random, count), Padded(Values(random, length)));
                var r = new double[x.Length];
                Array.Fill(r, double.NaN);

                PreciseRows.Residual(x, rows, atoms, z, r);

                var expected = new double[x.Length];
                double magnitude = 0;
                for (int i = 0; i < length; i++)
                {
                    (double sum, double size) = (x[i], Math.Abs(x[i]));
                    for (int s = 0; s < count; s++)
                    {
                        sum -= z[s] * d[atoms[s], i];
                        size += Math.Abs(z[s] * d[atoms[s], i]);
                    }
                    (expected[i], magnitude) = (sum, Math.Max(magnitude, size));
                }
                Tolerance.Check(expected, r, 4 * (count + 1), magnitude);
                Assert.All(r[length..], value => Assert.Equal(0, value));
            }
        }
    }

    [Fact]
    public void Products_agree_with_plain_loops_at_every_length_and_support()
    {
        var random = new Random(2);
        for (int length = 1; length <= MostLength; length++)
        {
            Matrix d = RandomData.Normal(Rows, length, seed: length);
            var rows = new AlignedRows(d);
            double[] r = Padded(Values(random, length));
            for (int count = 0; count <= 40; count++)
            {
                int[] atoms = Atoms(random, count);
                var products = new double[count];

                PreciseRows.Dots(rows, atoms, r, products);

                (double[] expected, double magnitude) = Products(d, atoms, r);
                Tolerance.Check(expected, products, 4 * length, magnitude);
                Assert.Equal(products, atoms.Select(k => PreciseRows.Dot(rows, k, r)));
            }
        }
    }

    [Fact]
    public void Products_of_two_vectors_agree_with_plain_loops_at_every_length()
    {
        var random = new Random(3);
        for (int length = 0; length <= 80; length += 8)
        {
            double[] a = Values(random, length), b = Values(random, length);
            double sum = 0, magnitude = 1e-300;
            for (int i = 0; i < length; i++)
                (sum, magnitude) = (sum + a[i] * b[i], magnitude + Math.Abs(a[i] * b[i]));
            Tolerance.Check([sum], (double[])[PreciseRows.Dot(a, b)], 4 * (length + 1), magnitude);
        }
    }

    [Fact]
    public void Widening_is_exact_and_clears_what_fills_up()
    {
        for (int length = 0; length <= MostLength; length++)
        {
            float[] x = RandomData.Normal(1, MostLength, seed: length).Values[..length].ToArray();
            var wide = new double[PreciseRows.Padded(length)];
            Array.Fill(wide, double.NaN);

            PreciseRows.Widen(x, wide);

            Assert.Equal(Padded(LassoTwin.Widen(x)), wide);
        }
    }

    /// <summary>Signals and atoms of n values have the bits of those filled up with zeros to any length.</summary>
    [Fact]
    public void Filling_up_with_zeros_changes_no_bit()
    {
        var random = new Random(4);
        for (int length = 1; length <= 40; length++)
        {
            Matrix d = RandomData.Normal(Rows, length, seed: length);
            (int[] atoms, double[] z, double[] x) = (Atoms(random, 12), Values(random, 12), Values(random, length));
            (double[] r, double[] products) = Both(d, atoms, z, x);
            foreach (int more in (int[])[1, 7, 16, 33])
            {
                var wide = new Matrix(Rows, length + more);
                for (int k = 0; k < Rows; k++)
                    d.Row(k).CopyTo(wide.Row(k));

                (double[] wideR, double[] wideProducts) = Both(wide, atoms, z, x);

                Assert.Equal(r[..length], wideR[..length]);
                Assert.Equal(products, wideProducts);
            }
        }

        static (double[] R, double[] Products) Both(Matrix d, int[] atoms, double[] z, double[] x)
        {
            var rows = new AlignedRows(d);
            double[] padded = new double[rows.Stride], r = new double[rows.Stride], products = new double[atoms.Length];
            x.CopyTo(padded, 0);
            PreciseRows.Residual(padded, rows, atoms, z, r);
            PreciseRows.Dots(rows, atoms, r, products);
            return (r, [.. products, PreciseRows.Dot(r, r)]);
        }
    }

    [Fact]
    public void Products_of_atoms_are_gathered_from_S()
    {
        AtomDictionary dictionary = RandomData.Dictionary(30, 20, seed: 1);
        int[] others = [7, 0, 29, 3];
        var products = new double[5];
        products[4] = 7;

        AtomProducts.Gather(dictionary.IdentityMinusGram, 11, others, products);

        Assert.Equal([.. others.Select(k => (double)dictionary.Gram.Row(11)[k]), 7], products);
        Assert.StartsWith("'atom' is 30; it must be from 0 to 29.",
            Refused(() => AtomProducts.Gather(dictionary.IdentityMinusGram, 30, others, products)), StringComparison.Ordinal);
        Assert.StartsWith("'products.Length' is 3; it must be 4 or more.",
            Refused(() => AtomProducts.Gather(dictionary.IdentityMinusGram, 0, others, new double[3])), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_lengths_are_refused_and_nothing_is_allocated()
    {
        var d = new AlignedRows(RandomData.Normal(3, 20, seed: 1));
        double[] x = new double[32], z = new double[2];
        int[] atoms = [2, 0];
        Assert.Equal("'x' has 20 values; it must have 32. (Parameter 'x')",
            Refused(() => PreciseRows.Residual(new double[20], d, atoms, z, x)));
        Assert.Equal("'r' has 20 values; it must have 32. (Parameter 'r')",
            Refused(() => PreciseRows.Residual(x, d, atoms, z, new double[20])));
        Assert.Equal("'z' has 1 values; it must have 2. (Parameter 'z')",
            Refused(() => PreciseRows.Residual(x, d, atoms, new double[1], x)));
        Assert.Equal("'r' has 20 values; it must have 32. (Parameter 'r')", Refused(() => PreciseRows.Dots(d, atoms, new double[20], z)));
        Assert.Equal("'products' has 1 values; it must have 2. (Parameter 'products')",
            Refused(() => PreciseRows.Dots(d, atoms, x, new double[1])));
        Assert.Equal("'b' has 24 values; it must have 32. (Parameter 'b')", Refused(() => PreciseRows.Dot(x, new double[24])));
        Allocation.CheckNone(() =>
        {
            PreciseRows.Residual(x, d, atoms, z, x);
            PreciseRows.Dots(d, atoms, x, z);
            PreciseRows.Dot(d, 1, x);
            PreciseRows.Dot(x, x);
        });
    }

    private static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static (double[] Products, double Magnitude) Products(Matrix d, int[] atoms, double[] r)
    {
        var products = new double[atoms.Length];
        double magnitude = 1e-300;
        for (int s = 0; s < atoms.Length; s++)
        {
            double size = 0;
            for (int i = 0; i < d.Columns; i++)
            {
                products[s] += d[atoms[s], i] * r[i];
                size += Math.Abs(d[atoms[s], i] * r[i]);
            }
            magnitude = Math.Max(magnitude, size);
        }
        return (products, magnitude);
    }

    private static int[] Atoms(Random random, int count) => [.. Enumerable.Range(0, Rows).OrderBy(_ => random.Next()).Take(count)];

    private static double[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];

    private static double[] Padded(double[] values) => [.. values, .. new double[PreciseRows.Padded(values.Length) - values.Length]];
}
