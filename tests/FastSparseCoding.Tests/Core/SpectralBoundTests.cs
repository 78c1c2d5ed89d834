using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace FastSparseCoding.Tests.Core;

/// <summary>The bound of λmax(DDᵀ) against MathNet's eigenvalues in double: never below, and tight.</summary>
public sealed class SpectralBoundTests
{
    private const double Tightness = 2e-5;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(7, 1)]
    [InlineData(200, 1)]
    [InlineData(8, 8)]
    [InlineData(40, 20)]
    [InlineData(20, 40)]
    [InlineData(63, 65)]
    [InlineData(65, 64)]
    [InlineData(9, 300)]
    [InlineData(300, 129)]
    public void Random_and_correlated_atoms_and_copies_of_atoms(int atoms, int size)
    {
        Check(RandomData.Dictionary(atoms, size, seed: 1));
        foreach (float spread in new[] { 1f, 0.1f, 1e-3f, 1e-6f })
            Check(Correlated(atoms, size, spread));
        Check(AtomDictionary.Normalize(Copies(RandomData.Normal(Math.Max(1, atoms / 3), size, seed: 2), atoms)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public void Orthonormal_atoms_have_one_eigenvalue(int size)
    {
        var identity = new Matrix(size, size);
        for (int i = 0; i < size; i++)
            identity[i, i] = 1;
        Check(identity);
        Check(WithEigenvalues(Enumerable.Repeat(1.0, size), size));
        Check(WithEigenvalues(Enumerable.Repeat(1.0, (size + 1) / 2), size));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-8)]
    [InlineData(1e-6)]
    [InlineData(1e-5)]
    [InlineData(1e-4)]
    [InlineData(1e-2)]
    public void Clustered_largest_eigenvalues(double gap)
    {
        Check(WithEigenvalues(Enumerable.Range(0, 90).Select(i => i < 30 ? 5 - gap * i : 1.0 / i), 120));
        Check(WithEigenvalues(Enumerable.Range(0, 150).Select(i => 5 - gap * i / 150), 150));
    }

    [Fact]
    public void A_part_that_the_start_does_not_touch_is_found()
    {
        // The two halves of the signal share no atom, so Lanczos's iteration from one never sees the other, where the largest eigenvalue
        // is.
        Matrix d = Beside(RandomData.Dictionary(40, 20, seed: 1), Correlated(41, 21, 0.1f));
        double[] start = [.. Enumerable.Repeat(1.0, 20), .. Enumerable.Repeat(0.0, 21)];

        double guess = Lanczos.LargestRitzValue(new PreciseGram(d), Padded(start), 1e-9);
        Assert.InRange(guess, 1, LargestEigenvalue(d) / 2);
        Check(d, start);
    }

    [Fact]
    public void Any_eigenvector_will_do_as_a_start()
    {
        AtomDictionary d = RandomData.Dictionary(24, 40, seed: 5);
        Matrix<double> vectors = Gram(Copy(d)).Evd(Symmetricity.Symmetric).EigenVectors;

        for (int j = 0; j < 24; j++)
            Check(Copy(d), vectors.Column(j).ToArray());
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(16, 8)]
    [InlineData(64, 70)]
    [InlineData(100, 65)]
    [InlineData(150, 200)]
    public void The_proof_refuses_what_is_not_above_the_largest_eigenvalue_and_says_why(int atoms, int size)
    {
        Matrix d = Copy(RandomData.Dictionary(atoms, size, seed: 7));
        double largest = LargestEigenvalue(d);
        var a = new PreciseGram(d);
        var proof = new CholeskyProof(a);

        Assert.True(proof.Succeeds(largest * (1 + 1e-11)));
        foreach (double tooSmall in new[] { 1 - 1e-11, 1 - 1e-6, 0.9, 0.5, 1e-3, 0, -1 })
        {
            Assert.False(proof.Succeeds(largest * tooSmall));
            double[] v = proof.Witness();
            var av = new double[v.Length];
            a.Multiply(v, av);
            Assert.InRange(PreciseVectors.Dot(v, av) / PreciseVectors.Dot(v, v), largest * (tooSmall - 1e-10), largest * (1 + 1e-12));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 130)]
    [InlineData(130, 5)]
    [InlineData(70, 90)]
    public void The_Gram_matrix_in_double_is_that_of_the_smaller_side(int atoms, int size)
    {
        Matrix d = Copy(RandomData.Dictionary(atoms, size, seed: 9));
        var a = new PreciseGram(d);
        Matrix<double> expected = Gram(d);

        Assert.Equal((expected.RowCount, Math.Max(atoms, size)), (a.Size, a.Products));
        for (int i = 0; i < a.Order; i++)
            for (int j = 0; j < a.Order; j++)
                Assert.Equal(i < a.Size && j < a.Size ? expected[i, j] : 0, a.Values[i * a.Order + j], 1e-13);
    }

    [Fact]
    public void Every_vector_width_gives_the_same_bits()
    {
        // Random bits and a division only: no function that a platform may round in its own way.
        var values = new float[60 * 37];
        for (int i = 0; i < values.Length; i++)
            values[i] = CounterRandom.Below(CounterRandom.Mix((ulong)i), 2001) / 1000f - 1;
        Matrix d = Copy(AtomDictionary.Normalize(new Matrix(60, 37, values)));
        double[] start = [.. Enumerable.Range(0, 40).Select(i => i < 37 ? 1.0 + i : 0)];

        Assert.Equal(4.0647927978358922, Lanczos.LargestRitzValue(new PreciseGram(d), start, 1e-7));
        Assert.Equal(4.06483364f, SpectralBound.OfGram(d));
    }

    private static void Check(AtomDictionary d)
    {
        Check(Copy(d));
        Assert.Equal(SpectralBound.OfGram(Copy(d)), d.Lipschitz);
    }

    private static void Check(Matrix d) => IsJustAbove(SpectralBound.OfGram(d), d);

    private static void Check(Matrix d, double[] start) => IsJustAbove(SpectralBound.OfGram(d, start), d);

    private static void IsJustAbove(double bound, Matrix d)
    {
        double largest = LargestEigenvalue(d);
        // By 4e-6 at least, so that the rounding of a float32 Gram matrix does not lift its eigenvalues above the bound.
        Assert.InRange(bound / largest, 1 + 4e-6, 1 + Tightness);
    }

    private static double LargestEigenvalue(Matrix d) => Gram(d).Evd(Symmetricity.Symmetric).EigenValues.Real().Maximum();

    private static Matrix<double> Gram(Matrix d)
    {
        Matrix<double> precise = Matrix<double>.Build.Dense(d.Rows, d.Columns, (i, j) => d[i, j]);
        return d.Rows <= d.Columns ? precise.TransposeAndMultiply(precise) : precise.TransposeThisAndMultiply(precise);
    }

    private static Matrix Copy(AtomDictionary d) => new(d.AtomCount, d.SignalSize, d.Atoms.Values.ToArray());

    private static double[] Padded(double[] v) => [.. v, .. new double[(8 - v.Length % 8) % 8]];

    /// <summary>One common direction, and as much of a random one as said.</summary>
    private static AtomDictionary Correlated(int atoms, int size, float spread)
    {
        Matrix d = RandomData.Normal(atoms, size, seed: 3), common = RandomData.Normal(1, size, seed: 4);
        for (int i = 0; i < atoms; i++)
            for (int j = 0; j < size; j++)
                d[i, j] = common[0, j] + spread * d[i, j];
        return AtomDictionary.Normalize(d);
    }

    private static Matrix Copies(Matrix rows, int count)
    {
        var d = new Matrix(count, rows.Columns);
        for (int i = 0; i < count; i++)
            rows.Row(i % rows.Rows).CopyTo(d.Row(i));
        return d;
    }

    /// <summary>[first, 0; 0, second].</summary>
    private static Matrix Beside(AtomDictionary first, AtomDictionary second)
    {
        var d = new Matrix(first.AtomCount + second.AtomCount, first.SignalSize + second.SignalSize);
        for (int i = 0; i < first.AtomCount; i++)
            first.Atoms.Row(i).CopyTo(d.Row(i));
        for (int i = 0; i < second.AtomCount; i++)
            second.Atoms.Row(i).CopyTo(d.Row(first.AtomCount + i)[first.SignalSize..]);
        return d;
    }

    /// <summary>U·diag(√λ)·V with random orthonormal U and V: DDᵀ has the given eigenvalues but for the rounding to float32.</summary>
    private static Matrix WithEigenvalues(IEnumerable<double> eigenvalues, int size)
    {
        double[] roots = [.. eigenvalues.Select(Math.Sqrt)];
        Matrix<double> d = Orthogonal(roots.Length, seed: 5) * Matrix<double>.Build.Diagonal(roots.Length, size, roots) * Orthogonal(
            size, seed: 6);
        var result = new Matrix(d.RowCount, d.ColumnCount);
        for (int i = 0; i < d.RowCount; i++)
            for (int j = 0; j < d.ColumnCount; j++)
                result[i, j] = (float)d[i, j];
        return result;
    }

    private static Matrix<double> Orthogonal(int size, int seed)
    {
        Matrix random = RandomData.Normal(size, size, seed);
        return Matrix<double>.Build.Dense(size, size, (i, j) => random[i, j]).QR().Q;
    }
}
