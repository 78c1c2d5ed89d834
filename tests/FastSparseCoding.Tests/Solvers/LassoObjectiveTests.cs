using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class LassoObjectiveTests
{
    private const float Lambda = 0.3f;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 13)]
    [InlineData(30, 9)]
    public void It_agrees_with_the_twin_at_any_code(int atoms, int size)
    {
        AtomDictionary dictionary = RandomData.Dictionary(atoms, size, seed: 1);
        Matrix x = RandomData.Normal(5, size, seed: 2), z = RandomData.Normal(5, atoms, seed: 3);
        for (int k = 0; k < atoms; k += 2)
            z[1, k] = 0;
        z.Row(2).Clear();
        var twin = new LassoTwin(dictionary, Lambda);
        double[] energies = LassoObjective.Energies(x, dictionary, z, Lambda);
        Assert.Equal(5, energies.Length);
        for (int i = 0; i < 5; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i)), correlations = twin.Correlations(x.Row(i), code),
            gradient = LassoObjective.Gradient(x.Row(i), dictionary, z.Row(i));
            Assert.Equal(twin.Energy(x.Row(i), code), energies[i], 1e-12 * (1 + energies[i]));
            Assert.Equal(energies[i], LassoObjective.Energy(x.Row(i), dictionary, z.Row(i), Lambda));
            Assert.Equal(twin.Gap(x.Row(i), code), LassoObjective.DualityGap(x.Row(i), dictionary, z.Row(i), Lambda),
                1e-12 * (1 + energies[i]));
            Assert.Equal(twin.KktViolation(x.Row(i), code), LassoObjective.KktViolation(x.Row(i), dictionary, z.Row(i), Lambda),
                1e-12 * (1 + energies[i]));
            Assert.Equal(twin.LambdaMax(x.Row(i)), LassoObjective.LambdaMax(x.Row(i), dictionary), 1e-12);
            for (int k = 0; k < atoms; k++)
                Assert.Equal(-correlations[k], gradient[k], 1e-12 * (1 + energies[i]));
        }
    }

    [Fact]
    public void The_gradient_is_that_of_the_energy()
    {
        AtomDictionary dictionary = RandomData.Dictionary(8, 5, seed: 1);
        Matrix x = RandomData.Normal(3, 5, seed: 2), z = RandomData.Normal(3, 8, seed: 3);
        const float tiny = 1e-30f;      // a weight that takes the second term away
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 8; k++)
            {
                double slope = LassoObjective.Gradient(x.Row(i), dictionary, z.Row(i))[k];
                float at = z[i, k], above = at + 0.01f, below = at - 0.01f;
                z[i, k] = above;
                double up = LassoObjective.Energy(x.Row(i), dictionary, z.Row(i), tiny);
                z[i, k] = below;
                double down = LassoObjective.Energy(x.Row(i), dictionary, z.Row(i), tiny);
                z[i, k] = at;
                // The energy is quadratic: the difference is exact at the midpoint, which float32 misses by its rounding.
                Assert.Equal(slope, (up - down) / ((double)above - below), 1e-5);
            }
    }

    [Fact]
    public void A_known_answer()
    {
        // One atom: z* = h_λ(x) = 0.7, E* = ½·0.09 + 0.3·0.7.
        var dictionary = new AtomDictionary(new Matrix(1, 1, [1f]));
        float[] x = [1f], best = [0.7f], zero = [0f];
        Assert.Equal(0.255, LassoObjective.Energy(x, dictionary, best, Lambda), 1e-7);
        Assert.Equal(0.5, LassoObjective.Energy(x, dictionary, zero, Lambda), 1e-7);
        Assert.Equal(0, LassoObjective.DualityGap(x, dictionary, best, Lambda), 1e-7);
        Assert.Equal(0.5 - 0.255, LassoObjective.DualityGap(x, dictionary, zero, Lambda), 1e-7);
        Assert.Equal(0, LassoObjective.KktViolation(x, dictionary, best, Lambda), 1e-7);
        Assert.Equal(0.7, LassoObjective.KktViolation(x, dictionary, zero, Lambda), 1e-7);
        Assert.Equal(1, LassoObjective.LambdaMax(x, dictionary));
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        AtomDictionary dictionary = RandomData.Dictionary(3, 2, seed: 1);
        Assert.Equal("'x' has 3 values; it must have 2. (Parameter 'x')",
            Message(() => LassoObjective.Energy(new float[3], dictionary, new float[3], 1)));
        Assert.Equal("'z' has 2 values; it must have 3. (Parameter 'z')",
            Message(() => LassoObjective.DualityGap(new float[2], dictionary, new float[2], 1)));
        Assert.StartsWith("'lambda' is 0; it must be a finite number above 0.",
            Message(() => LassoObjective.KktViolation(new float[2], dictionary, new float[3], 0)), StringComparison.Ordinal);
        Assert.Equal("'z' is [4×3]; it must be [5×3]. (Parameter 'z')",
            Message(() => LassoObjective.Energies(new Matrix(5, 2), dictionary, new Matrix(4, 3), 1)));
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
