using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Evaluation;

public sealed class HeldOutValuesTests
{
    private static readonly Matrix X = RandomData.Normal(400, 30, seed: 5);

    [Theory]
    [InlineData(0.1, 3)]
    [InlineData(0.001, 1)]
    [InlineData(0.999, 29)]
    public void Every_signal_holds_out_as_many_and_every_place_as_often(double fraction, int expected)
    {
        Matrix mask = new HeldOutValues(X, fraction, seed: 1).Mask;

        var counts = new int[30];
        for (int i = 0; i < 400; i++)
        {
            float[] row = mask.Row(i).ToArray();
            Assert.All(row, value => Assert.True(value is 0 or 1));
            Assert.Equal(expected, row.Count(value => value == 0));
            for (int j = 0; j < 30; j++)
                counts[j] += row[j] == 0 ? 1 : 0;
        }
        // A binomial count of 400 draws: five deviations from its mean.
        double p = expected / 30.0, mean = 400 * p, deviation = Math.Sqrt(400 * p * (1 - p));
        Assert.All(counts, count => Assert.InRange(count, mean - 5 * deviation, mean + 5 * deviation));
        Assert.Equal(mask.Values, new HeldOutValues(X, fraction, seed: 1).Mask.Values);
        Assert.NotEqual(mask.Values.ToArray(), new HeldOutValues(X, fraction, seed: 2).Mask.Values.ToArray());
    }

    [Fact]
    public void The_error_is_of_the_values_held_out()
    {
        AtomDictionary dictionary = RandomData.Dictionary(12, 30, seed: 6);
        var values = new HeldOutValues(X, 0.2, seed: 1);
        Matrix z = RandomData.Normal(400, 12, seed: 7);

        double errors = 0, squares = 0, magnitude = 0;
        for (int i = 0; i < 400; i++)
            for (int j = 0; j < 30; j++)
            {
                if (values.Mask[i, j] == 1)
                    continue;
                double error = X[i, j], sum = Math.Abs(error);
                for (int k = 0; k < 12; k++)
                {
                    error -= (double)z[i, k] * dictionary.Atoms.Row(k)[j];
                    sum += Math.Abs((double)z[i, k] * dictionary.Atoms.Row(k)[j]);
                }
                errors += error * error;
                squares += (double)X[i, j] * X[i, j];
                magnitude += 2 * Math.Abs(error) * sum;
            }
        Assert.Equal(errors / squares, values.RelativeSquaredError(z, dictionary), 13 * Tolerance.UnitRoundoff * magnitude / squares);
        Assert.Equal(1, values.RelativeSquaredError(new Matrix(400, 12), dictionary));
        Assert.Equal(0, new HeldOutValues(new Matrix(2, 30), 0.1, 1).RelativeSquaredError(new Matrix(2, 12), dictionary));
    }

    /// <summary>Sparse codes with noise: the least error on what is held out is neither with the largest nor with the smallest
    /// weight.</summary>
    [Fact]
    public void Too_large_and_too_small_a_weight_show()
    {
        AtomDictionary dictionary = RandomData.Dictionary(60, 30, seed: 6);
        var z = new Matrix(400, 60);
        var random = new Random(1);
        for (int i = 0; i < 3 * 400; i++)
            z[i / 3, random.Next(60)] = 2 + (float)random.NextDouble();
        Matrix x = dictionary.Reconstruct(z), noise = RandomData.Normal(400, 30, seed: 8);
        for (int i = 0; i < x.Values.Length; i++)
            x.Values[i] += 0.2f * noise.Values[i];
        var values = new HeldOutValues(x, 0.1, seed: 1);
        double Error(float lambda)
            => values.RelativeSquaredError(
            new ActiveSetSolver(dictionary, lambda).EncodeMasked(x, values.Mask, 1, TestContext.Current.CancellationToken), dictionary);

        Assert.InRange(Error(0.3f), 0.01, 0.8 * Math.Min(Error(3), Error(0.003f)));
    }

    [Fact]
    public void What_is_wrong_is_refused()
    {
        Assert.StartsWith("'fraction' is 0; it must be above 0 and below 1.", Refused(() => new HeldOutValues(X, 0, 1)),
            StringComparison.Ordinal);
        Assert.StartsWith("'fraction' is NaN; it must be above 0 and below 1.", Refused(() => new HeldOutValues(X, double.NaN, 1)),
            StringComparison.Ordinal);
        Assert.StartsWith("'x.Columns' is 1; it must be 2 or more.", Refused(() => new HeldOutValues(new Matrix(2, 1), 0.1, 1)),
            StringComparison.Ordinal);
        Assert.StartsWith("'z' is [1×12]; it must be [400×12].",
            Refused(() => new HeldOutValues(X, 0.1, 1).RelativeSquaredError(new Matrix(1, 12), RandomData.Dictionary(12, 30, 1))),
            StringComparison.Ordinal);

        static string Refused(Func<object> make) => Assert.ThrowsAny<ArgumentException>(make).Message;
    }
}
