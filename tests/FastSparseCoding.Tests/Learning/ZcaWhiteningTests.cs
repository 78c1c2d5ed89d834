using FastSparseCoding.Learning;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

public sealed class ZcaWhiteningTests
{
    private const int Rows = 4000, Size = 6;

    /// <summary>Correlated signals of deviations from 0.1 to 3 around a mean far from zero.</summary>
    private static readonly Matrix X = Correlated();

    [Fact]
    public void Whitened_signals_have_mean_zero_and_the_identity_for_covariance()
    {
        Matrix white = X.Clone();

        ZcaWhitening.Fit(X, epsilon: 1e-7).Apply(white);

        (double[] mean, double[,] covariance) = Statistics(white);
        Assert.All(mean, m => Assert.Equal(0, m, 1e-4));
        for (int i = 0; i < Size; i++)
            for (int j = 0; j < Size; j++)
                Assert.Equal(i == j ? 1 : 0, covariance[i, j], 1e-3);
    }

    [Fact]
    public void Epsilon_is_relative_to_the_mean_eigenvalue_and_added_to_each()
    {
        // Independent coordinates: the transform is diagonal, 1/√(variance + ε·mean variance).
        var x = new Matrix(4, 2, [1, 10, -1, 10, 1, -10, -1, -10]);

        Matrix transform = ZcaWhitening.Fit(x, epsilon: 0.5).Transform;

        const double floor = 0.5 * (1 + 100) / 2;
        Tolerance.Check([1 / Math.Sqrt(1 + floor), 0, 0, 1 / Math.Sqrt(100 + floor)], transform.Values, operations: 4, magnitude: 1);
    }

    [Fact]
    public void Transform_is_symmetric_and_the_same_for_scaled_signals_but_for_the_scale()
    {
        ZcaWhitening whitening = ZcaWhitening.Fit(X), tenfold = ZcaWhitening.Fit(Scaled(X, 8));

        Assert.Equal(whitening.Transform.Transpose().Values.ToArray(), whitening.Transform.Values.ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-5);
        Tolerance.Check(Array.ConvertAll(whitening.Transform.Values.ToArray(), v => v / 8.0), tenfold.Transform.Values, operations: 8,
            magnitude: 2);
    }

    [Fact]
    public void Undone_it_leaves_the_signals_as_they_were()
    {
        ZcaWhitening whitening = ZcaWhitening.Fit(X);
        Matrix x = X.Clone();

        whitening.Apply(x);
        whitening.Undo(x);

        // Subtract, two products of Size terms, add; nothing on the way is above ‖T‖‖T⁻¹‖ times the largest signal.
        double largest = X.Values.ToArray().Max(Math.Abs);
        Tolerance.Check(Array.ConvertAll(X.Values.ToArray(), v => (double)v), x.Values, operations: 2 * Size + 4,
            magnitude: Condition(whitening.Transform) * Math.Sqrt(Size) * 2 * largest);
        Assert.StartsWith("'x' has 5 columns; it must have 6.", Assert.Throws<ArgumentException>(() => whitening.Undo(new Matrix(2, 5)))
            .Message, StringComparison.Ordinal);
        Assert.Equal("the whitening's transform has no inverse; what it took from signals cannot be put back.",
            Assert.Throws<ArithmeticException>(() => new ZcaWhitening(new float[2], new Matrix(2, 2, [1, 1, 1, 1])).Undo(new Matrix(1, 2)))
            .Message);

        static double Condition(Matrix transform)
        {
            var t = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(Size, Size, (i, j) => transform[i, j]);
            return t.FrobeniusNorm() * t.Inverse().FrobeniusNorm();
        }
    }

    [Fact]
    public void Mean_and_transform_restore_the_whitening_bit_for_bit()
    {
        ZcaWhitening fitted = ZcaWhitening.Fit(X);
        var restored = new ZcaWhitening([.. fitted.Mean], fitted.Transform.Clone());
        Matrix a = X.Clone(), b = X.Clone();

        fitted.Apply(a);
        restored.Apply(b);

        Assert.Equal(a.Values.ToArray(), b.Values.ToArray());
        Assert.NotEqual(X.Values.ToArray(), a.Values.ToArray());
    }

    [Fact]
    public void Apply_is_the_centred_signal_times_the_transform()
    {
        var whitening = new ZcaWhitening([1, 2], Matrix.FromArray(new float[,] { { 2, 1 }, { 1, 4 } }));
        var x = Matrix.FromArray(new float[,] { { 1, 2 }, { 2, 2 }, { 1, 3 }, { 0, 5 } });

        whitening.Apply(x);

        Assert.Equal([0f, 0, 2, 1, 1, 4, 1, 11], x.Values.ToArray());
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Matrix spoilt = X.Clone();
        spoilt[2, 1] = float.NaN;
        var constant = new Matrix(5, 3);
        constant.Values.Fill(0.7f);

        Refused("'x.Rows' is 1; it must be 2 or more.", () => ZcaWhitening.Fit(new Matrix(1, 3)));
        Refused("'x' holds NaN at row 2, column 1; every value must be finite.", () => ZcaWhitening.Fit(spoilt));
        Refused("'epsilon' is 0; it must be a finite number above 0.", () => ZcaWhitening.Fit(X, epsilon: 0));
        Refused("'x' holds the same signal in every row; whitening needs signals that vary.", () => ZcaWhitening.Fit(constant));
        Refused("'transform' is [2×3]; it must be [2×2].", () => _ = new ZcaWhitening([1, 2], new Matrix(2, 3)));
        Refused("'mean' holds Infinity at row 0, column 1; every value must be finite.",
            () => _ = new ZcaWhitening([1, float.PositiveInfinity], new Matrix(2, 2)));
        Refused("'transform' holds NaN at row 1, column 0; every value must be finite.",
            () => _ = new ZcaWhitening([1, 2], new Matrix(2, 2, [1, 0, float.NaN, 1])));
        Refused("'x' has 7 columns; it must have 6.", () => ZcaWhitening.Fit(X).Apply(new Matrix(2, 7)));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static Matrix Correlated()
    {
        Matrix source = RandomData.Normal(Rows, Size, seed: 1), mix = RandomData.Normal(Size, Size, seed: 2), x = new(Rows, Size);
        float[] deviations = [0.1f, 0.3f, 1, 1, 2, 3];
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Size; j++)
            {
                x[i, j] = 5 - j;
                for (int k = 0; k < Size; k++)
                    x[i, j] += source[i, k] * deviations[k] * mix[k, j];
            }
        return x;
    }

    private static Matrix Scaled(Matrix x, float factor) => new(x.Rows, x.Columns, Array.ConvertAll(x.Values.ToArray(), v => v * factor));

    private static (double[] Mean, double[,] Covariance) Statistics(Matrix x)
    {
        double[] mean = [.. Enumerable.Range(0, x.Columns).Select(j => Enumerable.Range(0, x.Rows).Average(i => (double)x[i, j]))];
        var covariance = new double[x.Columns, x.Columns];
        for (int a = 0; a < x.Columns; a++)
            for (int b = 0; b < x.Columns; b++)
                covariance[a, b] = Enumerable.Range(0, x.Rows).Average(i => (x[i, a] - mean[a]) * (x[i, b] - mean[b]));
        return (mean, covariance);
    }
}
