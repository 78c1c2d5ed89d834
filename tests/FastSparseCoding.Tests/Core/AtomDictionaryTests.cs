using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Core;

public sealed class AtomDictionaryTests
{
    [Theory]
    [InlineData(3, 7)]
    [InlineData(7, 3)]
    [InlineData(40, 20)]
    public void Gram_is_the_product_of_atoms_and_L_is_just_above_its_largest_eigenvalue(int atoms, int size)
    {
        AtomDictionary d = RandomData.Dictionary(atoms, size, seed: 3);

        var expected = new double[atoms * atoms];
        for (int i = 0; i < atoms; i++)
            for (int j = 0; j < atoms; j++)
                expected[i * atoms + j] = i == j ? 1 : Dot(d.Atoms.Row(i), d.Atoms.Row(j));
        Tolerance.Check(expected, d.Gram.Values, operations: size, magnitude: 1);

        // Power iteration approaches λmax from below.
        double largest = LargestEigenvalue(expected, atoms);
        Assert.InRange(d.Lipschitz, largest, largest * 1.0001);
    }

    [Fact]
    public void More_atoms_than_one_matrix_holds_the_products_of_have_no_Gram_matrix()
    {
        float[] atoms = new float[AtomDictionary.MaxGramAtoms + 1];
        Array.Fill(atoms, 1f);
        var dictionary = new AtomDictionary(new Matrix(atoms.Length, 1, atoms));
        const string Expected = "'AtomCount' is 46341; it must be 46340 or less.";

        Assert.StartsWith(Expected, Assert.Throws<ArgumentOutOfRangeException>(() => dictionary.Gram.Rows).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(Expected, Assert.Throws<ArgumentOutOfRangeException>(() => dictionary.IdentityMinusGram).Message,
            StringComparison.Ordinal);
        Assert.InRange((long)AtomDictionary.MaxGramAtoms * AtomDictionary.MaxGramAtoms, 0, Array.MaxLength);
        Assert.InRange((long)atoms.Length * atoms.Length, Array.MaxLength + 1L, long.MaxValue);
    }

    [Fact]
    public void Atoms_of_the_largest_finite_values_have_finite_products()
    {
        AtomDictionary dictionary =
            AtomDictionary.Normalize(
            new Matrix(2, 3, [float.MaxValue, float.MaxValue, float.MaxValue, float.MaxValue, -float.MaxValue, 0]));

        Assert.All(dictionary.Gram.Values.ToArray(), value => Assert.InRange(value, -1, 1));
        Assert.InRange(dictionary.Lipschitz, 1, 2);
    }

    [Fact]
    public void A_row_that_is_not_of_unit_norm_is_named_with_its_norm()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new AtomDictionary(new Matrix(2, 2, [1, 0, 3, 4])));

        Assert.StartsWith("'atoms' has norm 5 at row 1; it must be 1 (AtomDictionary.Normalize scales rows to it).",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Normalize_scales_rows_and_refuses_zero_rows()
    {
        AtomDictionary d = AtomDictionary.Normalize(new Matrix(2, 2, [3, 4, 0, 2]));

        Assert.Equal([0.6f, 0.8f, 0, 1], d.Atoms.Values.ToArray());
        Assert.StartsWith("'atoms' has norm 0 at row 1; it must be above 0.",
            Assert.Throws<ArgumentException>(() => AtomDictionary.Normalize(new Matrix(2, 2, [3, 4, 0, 0]))).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void Not_finite_and_empty_atoms_are_refused()
    {
        Assert.StartsWith("'atoms' holds NaN at row 1, column 0; every value must be finite.",
            Assert.Throws<ArgumentException>(() => new AtomDictionary(new Matrix(2, 2, [1, 0, float.NaN, 0]))).Message,
                StringComparison.Ordinal);
        Assert.StartsWith("'atoms' is [0×4]; a dictionary needs at least one atom of one value.",
            Assert.Throws<ArgumentException>(() => new AtomDictionary(new Matrix(0, 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_follows_the_atoms_and_a_copy_keeps_the_bits()
    {
        AtomDictionary d = RandomData.Dictionary(20, 10, seed: 1);
        var copy = new AtomDictionary(d.Atoms);

        Assert.Equal(d.Atoms.Values.ToArray(), copy.Atoms.Values.ToArray());
        Assert.Equal(d.Hash, copy.Hash);
        Assert.NotEqual(d.Hash, RandomData.Dictionary(20, 10, seed: 2).Hash);
        Assert.Matches("^[0-9a-f]{16}$", d.Hash);
    }

    [Fact]
    public void Reconstruct_is_z_times_D()
    {
        var d = new AtomDictionary(new Matrix(2, 2, [1, 0, 0, 1]));

        Assert.Equal([2f, -3], d.Reconstruct(new Matrix(1, 2, [2, -3])).Values.ToArray());
        Assert.StartsWith("'z' has 3 columns; it must have 2.",
            Assert.Throws<ArgumentException>(() => d.Reconstruct(new Matrix(1, 3))).Message, StringComparison.Ordinal);
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    private static double LargestEigenvalue(double[] gram, int size)
    {
        double[] v = Enumerable.Range(0, size).Select(i => 1.0 + i % 3).ToArray();
        double norm = 0;
        for (int iteration = 0; iteration < 2000; iteration++)
        {
            var next = new double[size];
            for (int i = 0; i < size; i++)
                for (int j = 0; j < size; j++)
                    next[i] += gram[i * size + j] * v[j];
            norm = Math.Sqrt(next.Sum(t => t * t));
            v = Array.ConvertAll(next, t => t / norm);
        }
        return norm;
    }

    [Fact]
    public void Normalising_tells_the_norms()
    {
        AtomDictionary dictionary = AtomDictionary.Normalize(new Matrix(3, 2, [3, 4, 0, -1, 0.3f, 0.4f]), out float[] norms);

        Assert.Equal([5, 1, 0.5f], norms);
        Assert.Equal([0.6f, 0.8f, 0, -1, 0.6f, 0.8f], dictionary.Atoms.Values);
    }
}
