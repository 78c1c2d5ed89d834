using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class LaneSystemsTests
{
    private const int Atoms = 150;
    private const float SmallestPivot = 1e-4f;

    // S = I − G of as many atoms in more dimensions: every system of some of them is definite.
    private static readonly Matrix S = IdentityMinusGram(RandomData.Dictionary(Atoms, 200, seed: 1));
    private static readonly float[] B = RandomData.Normal(1, Atoms, seed: 2).Values.ToArray();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(48)]
    [InlineData(65)]
    [InlineData(128)]
    public void Every_lane_solves_its_own_system(int largest)
    {
        var systems = new LaneSystems(128);
        int[][] supports = [.. Enumerable.Range(0, LaneSystems.Lanes).Select(l => Support(Math.Max(0, largest - l), seed: l))];
        for (int l = 0; l < supports.Length; l++)
            Set(systems, l, supports[l], LaneSystems.Padded(largest));

        Assert.Equal(0u, systems.Factor(LaneSystems.Padded(largest), SmallestPivot));
        systems.Solve(LaneSystems.Padded(largest));

        for (int l = 0; l < supports.Length; l++)
            CheckSolution(systems, l, supports[l]);
    }

    [Fact]
    public void Sizes_are_padded_to_multiples_of_four_and_lanes_are_those_of_a_vector()
    {
        Assert.Equal([0, 4, 4, 4, 4, 8], Enumerable.Range(0, 6).Select(LaneSystems.Padded));
        Assert.Contains(LaneSystems.Lanes, (int[])[1, 4, 8, 16]);
        Assert.Equal(96, new LaneSystems(96).Capacity);
    }

    [Fact]
    public void A_lane_does_not_depend_on_the_others_nor_on_the_padding()
    {
        LaneSystems narrow = new(16), wide = new(48);
        int[] support = Support(14, seed: 3);
        Set(narrow, 0, support, 16);
        for (int l = 0; l < LaneSystems.Lanes; l++)
            Set(wide, l, l == LaneSystems.Lanes - 1 ? support : Support(40, seed: 50 + l), 48);

        narrow.Factor(16, SmallestPivot);
        narrow.Solve(16);
        wide.Factor(48, SmallestPivot);
        wide.Solve(48);

        Assert.Equal(Solution(narrow, 0, 14), Solution(wide, LaneSystems.Lanes - 1, 14));
    }

    /// <summary>An unknown's row and column are those of another atom; all else is as it was, and rows to be skipped are not
    /// touched.</summary>
    [Fact]
    public void One_unknown_at_a_time_is_exchanged()
    {
        var systems = new LaneSystems(32);
        var random = new Random(4);
        for (int lane = 0; lane < LaneSystems.Lanes; lane += Math.Max(1, LaneSystems.Lanes - 1))
        {
            int[] support = Support(30, seed: lane);
            Set(systems, lane, support, 32);
            for (int round = 0; round < 20; round++)
            {
                int[] slots = [.. Enumerable.Range(0, 30).OrderBy(_ => random.Next()).Take(1 + round % 4)],
                entering = [.. Support(Atoms, seed: round).Where(k => !support.Contains(k)).Take(slots.Length)];
                var changed = new bool[30];
                for (int i = 0; i < slots.Length; i++)
                    (support[slots[i]], changed[slots[i]]) = (entering[i], true);
                foreach (int slot in slots)
                {
                    systems.SetRow(lane, slot, S.Row(support[slot]), support);
                    systems.SetColumn(lane, slot, S.Row(support[slot]), support, changed);
                }
                SetRight(systems, lane, Right(support), 32);

                Assert.Equal(0u, systems.Factor(32, SmallestPivot) >> lane & 1);
                systems.Solve(32);

                CheckSolution(systems, lane, support);
            }
        }
    }

    [Fact]
    public void Rows_to_be_skipped_keep_their_product()
    {
        var systems = new LaneSystems(4);
        systems.SetRow(0, 1, [-0.5f, 0], [0, 1]);                                   // a_10 = 0.5
        systems.SetColumn(0, 0, [0, -0.25f], [0, 1], [false, true]);                // would be 0.25
        Assert.Equal([0.875f, -0.25f], SolveFirst(systems), Close);
        systems.SetColumn(0, 0, [0, -0.25f], [0, 1], [false, false]);
        Assert.Equal([0.75f, 0], SolveFirst(systems), Close);

        static bool Close(float a, float b) => Math.Abs(a - b) <= 8 * Tolerance.UnitRoundoff;

        static float[] SolveFirst(LaneSystems systems)
        {
            SetRight(systems, 0, [0.75f, 0.1875f], 4);
            systems.Factor(4, SmallestPivot);
            systems.Solve(4);
            return Solution(systems, 0, 2);
        }
    }

    [Fact]
    public void An_unknown_made_the_identity_is_its_right_hand_side_and_the_others_solve_without_it()
    {
        var systems = new LaneSystems(24);
        int[] support = Support(21, seed: 9);
        int lane = LaneSystems.Lanes / 2;
        Set(systems, lane, support, 24);
        for (int unknown = 13; unknown < 21; unknown++)
            systems.SetIdentity(lane, unknown);
        SetRight(systems, lane, Right(support[..13]), 24);

        Assert.Equal(0u, systems.Factor(24, SmallestPivot));
        systems.Solve(24);

        CheckSolution(systems, lane, support[..13]);
        Assert.All(Solution(systems, lane, 24)[13..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Dependent_atoms_are_told_lane_by_lane()
    {
        Matrix s = IdentityMinusGram(new AtomDictionary(new Matrix(3, 2, [1, 0, 0, 1, 0.6f, 0.8f])));
        var systems = new LaneSystems(4);
        uint expected = 0;
        for (int l = 0; l < LaneSystems.Lanes; l++)
        {
            bool dependent = l % 3 == 0;
            int[] support = dependent ? [0, 1, 2] : [0, 1];
            for (int i = 0; i < support.Length; i++)
                systems.SetRow(l, i, s.Row(support[i]), support);
            expected |= dependent ? 1u << l : 0;
        }

        Assert.Equal(expected, systems.Factor(4, SmallestPivot));
        Assert.Equal(0u, systems.Factor(4, float.NegativeInfinity));
    }

    [Fact]
    public void A_NaN_is_told_and_stays_in_its_lane()
    {
        var systems = new LaneSystems(8);
        int[] support = Support(6, seed: 2);
        for (int l = 0; l < LaneSystems.Lanes; l++)
            Set(systems, l, support, 8);
        var row = new float[Atoms];
        Array.Fill(row, float.NaN);
        systems.SetRow(0, 3, row, support);

        Assert.Equal(1u, systems.Factor(8, SmallestPivot));
        systems.Solve(8);

        for (int l = 1; l < LaneSystems.Lanes; l++)
            CheckSolution(systems, l, support);
    }

    [Fact]
    public void The_right_side_is_that_of_the_signs_and_the_solution_is_told_by_them()
    {
        var systems = new LaneSystems(4);
        // −2 + 2·0.25, 3 − 2·0.5
        systems.SetRight(1 % LaneSystems.Lanes, [9, 3, 8, -2, 7], 2, [9, 0.5f, 8, 0.25f, 7], [3, 1], [-1, 1], 4);
        systems.Factor(4, SmallestPivot);
        systems.Solve(4);
        var x = new float[2];

        Assert.Equal((1, 3.5f), systems.GetSolution(1 % LaneSystems.Lanes, [-1, -1], x));
        Assert.Equal([-1.5f, 2], x);
        Assert.Equal((2, 3.5f), systems.GetSolution(1 % LaneSystems.Lanes, [1, -1], x));
        systems.SetRight(1 % LaneSystems.Lanes, [float.NaN, 1], 0, [1, 1], [0, 1], [1, 1], 4);
        systems.Solve(4);
        Assert.True(float.IsNaN(systems.GetSolution(1 % LaneSystems.Lanes, [1, 1], x).Magnitudes));
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_allocated()
    {
        var systems = new LaneSystems(4);
        int[] five = [0, 1, 2, 3, 4];
        Assert.StartsWith("'unknown' is 4; it must be from 0 to 3.",
            Assert.Throws<ArgumentOutOfRangeException>(() => systems.SetRow(0, 4, S.Row(0), five)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'unknown' is 2; it must be from 0 to 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => systems.SetRow(0, 2, S.Row(0), [0, 1])).Message, StringComparison.Ordinal);
        Assert.StartsWith("'unknown' is -1; it must be from 0 to 3.",
            Assert.Throws<ArgumentOutOfRangeException>(() => systems.SetIdentity(0, -1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'atoms.Length' is 5; it must be 4 or less.",
            Assert.Throws<ArgumentOutOfRangeException>(() => systems.SetColumn(0, 0, S.Row(0), five, new bool[5])).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("'padded' is 8; it must be 4 or less.",
            Assert.Throws<ArgumentOutOfRangeException>(() => SetRight(systems, 0, [1], 8)).Message, StringComparison.Ordinal);
        Assert.StartsWith("'x.Length' is 5; it must be 4 or less.",
            Assert.Throws<ArgumentOutOfRangeException>(() => systems.GetSolution(0, new float[5], new float[5])).Message,
            StringComparison.Ordinal);
        int[] support = [0, 1, 2];
        float[] right = Right(support), solution = new float[3];
        Allocation.CheckNone(() =>
        {
            systems.SetRow(0, 2, S.Row(2), support);
            systems.SetRight(0, right, 0, right, support, right, 4);
            systems.Factor(4, SmallestPivot);
            systems.Solve(4);
            systems.GetSolution(0, solution, solution);
        });
    }

    private static void Set(LaneSystems systems, int lane, int[] support, int padded)
    {
        for (int i = 0; i < support.Length; i++)
            systems.SetRow(lane, i, S.Row(support[i]), support);
        SetRight(systems, lane, Right(support), padded);
    }

    /// <summary>A right side as it is: of consecutive atoms, without a threshold.</summary>
    private static void SetRight(LaneSystems systems, int lane, float[] right, int padded)
        => systems.SetRight(lane, right, 0, right, [.. Enumerable.Range(0, right.Length)], right, padded);

    private static float[] Right(int[] support) => [.. support.Select(k => B[k])];

    private static float[] Solution(LaneSystems systems, int lane, int count)
    {
        var x = new float[count];
        systems.GetSolution(lane, x, x);
        return x;
    }

    /// <summary>
    /// A stable factorisation leaves a residual of |Ax − b| ≤ γ|L||D||Lᵀ||x| (Higham 2002, theorem 10.4), and |L||D||Lᵀ| is at most 1, the
    /// diagonal of A; γ is 3n + 4 roundings, two for each where there is no fused multiply-add.
    /// </summary>
    private static void CheckSolution(LaneSystems systems, int lane, int[] support)
    {
        float[] x = Solution(systems, lane, support.Length);
        double[] products = [.. support.Select((k, i) => x.Select((value, j) => value * (i == j ? 1 : -(double)S[k, support[j]])).Sum())];
        Tolerance.Check(products, Right(support), 2 * (3 * support.Length + 4), Math.Max(1e-300, x.Sum(value => (double)Math.Abs(value))));
    }

    private static Matrix IdentityMinusGram(AtomDictionary dictionary)
    {
        var s = new Matrix(dictionary.AtomCount, dictionary.AtomCount);
        for (int k = 0; k < s.Rows; k++)
            dictionary.IdentityMinusGram.Row(k).CopyTo(s.Row(k));
        return s;
    }

    private static int[] Support(int count, int seed)
    {
        int[] all = [.. Enumerable.Range(0, Atoms)];
        new Random(seed).Shuffle(all);
        return all[..count];
    }
}
