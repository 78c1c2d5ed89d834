using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class LaneSystemsTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(60, 80, seed: 1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(48)]
    public void Every_lane_solves_its_own_system(int largest)
    {
        var systems = new LaneSystems(48);
        var supports = new int[LaneSystems.Lanes][];
        float[] b = RandomData.Normal(1, 60, seed: 2).Values.ToArray(), signs = [.. Enumerable.Range(0, 48).Select(i => i % 3 == 0 ? -1f : 1f)];
        int padded = LaneSystems.Padded(largest);
        for (int l = 0; l < supports.Length; l++)
        {
            supports[l] = Support(Math.Max(0, largest - l), seed: l);
            systems.SetMatrix(l, supports[l], Dictionary.Gram, unchanged: 0);
            systems.SetVector(l, b, supports[l], signs, 0.3f, padded);
        }

        Assert.Equal(0u, systems.Factor(padded, 1e-4f));
        systems.Solve(padded);

        for (int l = 0; l < supports.Length; l++)
            CheckSolution(systems, l, supports[l], b, signs, padded);
    }

    [Fact]
    public void A_lane_does_not_depend_on_the_others_nor_on_the_padding()
    {
        var narrow = new LaneSystems(16);
        var wide = new LaneSystems(48);
        float[] b = RandomData.Normal(1, 60, seed: 2).Values.ToArray(), signs = new float[48];
        int[] support = Support(14, seed: 3);
        narrow.SetMatrix(0, support, Dictionary.Gram, 0);
        narrow.SetVector(0, b, support, signs, 0, 16);
        for (int l = 0; l < LaneSystems.Lanes; l++)
        {
            int[] own = l == LaneSystems.Lanes - 1 ? support : Support(40, seed: 50 + l);
            wide.SetMatrix(l, own, Dictionary.Gram, 0);
            wide.SetVector(l, b, own, signs, 0, 48);
        }

        narrow.Factor(16, 1e-4f);
        narrow.Solve(16);
        wide.Factor(48, 1e-4f);
        wide.Solve(48);

        for (int i = 0; i < 14; i++)
            Assert.Equal(narrow[i, 0], wide[i, LaneSystems.Lanes - 1]);
    }

    [Fact]
    public void A_system_set_again_from_some_row_on_is_the_new_one_whole()
    {
        var systems = new LaneSystems(32);
        float[] b = RandomData.Normal(1, 60, seed: 2).Values.ToArray(), signs = new float[32];
        int[] first = Support(30, seed: 4), second = [.. first.Take(9), .. Support(40, seed: 5).Where(k => !first.Contains(k)).Take(6)];
        systems.SetMatrix(0, first, Dictionary.Gram, 0);
        systems.Factor(32, 1e-4f);

        systems.SetMatrix(0, second, Dictionary.Gram, unchanged: 9);
        systems.SetVector(0, b, second, signs, 0, 32);
        systems.Factor(32, 1e-4f);
        systems.Solve(32);

        CheckSolution(systems, 0, second, b, signs, 32);
    }

    [Fact]
    public void Dependent_atoms_are_told_lane_by_lane()
    {
        var atoms = new Matrix(3, 2, [1, 0, 0, 1, 0.6f, 0.8f]);
        ReadOnlyMatrixView gram = new AtomDictionary(atoms).Gram;
        var systems = new LaneSystems(4);
        int bad = LaneSystems.Lanes - 1;
        for (int l = 0; l < bad; l++)
            systems.SetMatrix(l, [0, 1], gram, 0);
        systems.SetMatrix(bad, [0, 1, 2], gram, 0);

        Assert.Equal(1u << bad, systems.Factor(4, 1e-4f));
    }

    private static void CheckSolution(LaneSystems systems, int lane, int[] support, float[] b, float[] signs, int padded)
    {
        for (int i = 0; i < padded; i++)
        {
            if (i >= support.Length)
            {
                Assert.Equal(0, systems[i, lane]);
                continue;
            }
            double sum = 0, magnitude = 0;
            for (int j = 0; j < support.Length; j++)
            {
                double product = (double)Dictionary.Gram.Row(support[i])[support[j]] * systems[j, lane];
                sum += product;
                magnitude += Math.Abs(product);
            }
            // A backward stable solve leaves a residual of a few roundings of the products.
            double right = b[support[i]] - (double)(signs.Length > 0 && signs[0] != 0 ? 0.3f : 0) * signs[i];
            Assert.InRange(Math.Abs(sum - right), 0, 60 * 6e-8 * (magnitude + Math.Abs(right)) * Math.Sqrt(support.Length));
        }
    }

    private static int[] Support(int count, int seed)
    {
        int[] all = [.. Enumerable.Range(0, 60)];
        new Random(seed).Shuffle(all);
        return all[..count];
    }
}
