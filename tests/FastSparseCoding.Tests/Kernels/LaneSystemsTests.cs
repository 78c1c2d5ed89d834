using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class LaneSystemsTests
{
    private const float Lambda = 0.3f, SmallestPivot = 1e-4f;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(60, 80, seed: 1);
    private static readonly Matrix IdentityMinusGram = GramMatrix.IdentityMinus(Dictionary);
    private static readonly AlignedRows S = new(IdentityMinusGram);
    private static readonly float[] B = RandomData.Normal(1, 60, seed: 2).Values.ToArray();

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
        LaneSupport[] lanes = Lanes(systems);
        var supports = new int[lanes.Length][];
        for (int l = 0; l < lanes.Length; l++)
        {
            supports[l] = Support(Math.Max(0, largest - l), seed: l);
            Enter(lanes[l], supports[l]);
        }

        Assert.Equal(0u, Solve(systems, lanes, LaneSystems.Padded(largest)));

        for (int l = 0; l < lanes.Length; l++)
            CheckSolution(lanes[l], supports[l]);
    }

    [Fact]
    public void A_lane_does_not_depend_on_the_others_nor_on_the_padding()
    {
        LaneSystems narrow = new(16), wide = new(48);
        LaneSupport alone = new(narrow, 0, 60, Lambda);
        LaneSupport[] lanes = Lanes(wide);
        int[] support = Support(14, seed: 3);
        Enter(alone, support);
        for (int l = 0; l < lanes.Length; l++)
            Enter(lanes[l], l == lanes.Length - 1 ? support : Support(40, seed: 50 + l));

        Solve(narrow, [alone], 16);
        Solve(wide, lanes, 48);

        Assert.Equal(Code(alone), Code(lanes[^1]));
    }

    [Fact]
    public void After_atoms_left_and_entered_the_system_is_the_new_one_whole()
    {
        var systems = new LaneSystems(32);
        LaneSupport[] lanes = Lanes(systems);
        LaneSupport lane = lanes[^1];
        var random = new Random(4);
        var support = new List<int>();
        for (int round = 0; round < 40; round++)
        {
            // The slots that leave are filled by the last ones, as the lane does it.
            ulong leaving = (ulong)random.NextInt64() & (ulong)random.NextInt64() & ((1UL << support.Count) - 1);
            for (int slot = support.Count - 1; slot >= 0; slot--)
            {
                if ((leaving >> slot & 1) == 0)
                    continue;
                support[slot] = support[^1];
                support.RemoveAt(support.Count - 1);
            }
            int[] entering = [.. Support(60, seed: round).Where(k => !support.Contains(k)).Take(random.Next(Math.Min(8, 30 - support.Count)))];

            lane.Leave(leaving);
            Enter(lane, entering);
            support.AddRange(entering);
            Assert.Equal(support.Count, lane.Count);
            Assert.Equal(0u, Solve(systems, lanes, 32));

            CheckSolution(lane, [.. support]);
        }
    }

    [Fact]
    public void Dependent_atoms_are_told_lane_by_lane()
    {
        var s = new AlignedRows(GramMatrix.IdentityMinus(new AtomDictionary(new Matrix(3, 2, [1, 0, 0, 1, 0.6f, 0.8f]))));
        var systems = new LaneSystems(4);
        int bad = LaneSystems.Lanes - 1;
        for (int l = 0; l <= bad; l++)
        {
            var lane = new LaneSupport(systems, l, 3, Lambda);
            Enter(lane, l == bad ? [0, 1, 2] : [0, 1]);
            lane.SetSystem(s, [1, 1, 1], Lambda, 4);
        }

        Assert.Equal(1u << bad, systems.Factor(4, SmallestPivot));
    }

    [Fact]
    public void Wrong_signs_and_violators_are_those_of_the_solution()
    {
        var systems = new LaneSystems(32);
        LaneSupport lane = new(systems, 0, 60, Lambda);
        int[] support = Support(20, seed: 7);
        foreach (int atom in support)
            lane.TryEnter(atom, -1);
        Solve(systems, [lane], 32);
        double[] z = Exact(support, -1);

        ulong wrong = lane.WrongSigns();
        var excess = new float[60 + Violations.Slack];
        var atoms = new int[60 + Violations.Slack];
        int violators = lane.ListViolators(S, B, excess, atoms);

        Assert.Equal(Enumerable.Range(0, 20).Where(i => z[support[i]] > 0), Enumerable.Range(0, 20).Where(i => (wrong >> i & 1) != 0));
        Assert.InRange(Enumerable.Range(0, 20).Count(i => z[support[i]] > 0), 1, 19);
        int[] expected = [.. Enumerable.Range(0, 60).Where(k => !support.Contains(k) && Math.Abs(Correlation(z, k)) > Lambda)];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, atoms[..violators]);
        for (int v = 0; v < violators; v++)
        {
            double c = Correlation(z, atoms[v]);
            Assert.Equal(c - Math.CopySign(Lambda, c), excess[v], 1e-4);
        }
    }

    private static LaneSupport[] Lanes(LaneSystems systems) => [.. Enumerable.Range(0, LaneSystems.Lanes).Select(l => new LaneSupport(systems, l, 60, Lambda))];

    private static void Enter(LaneSupport lane, int[] atoms)
    {
        foreach (int atom in atoms)
            Assert.True(lane.TryEnter(atom, Sign(atom)));
    }

    private static int Sign(int atom) => atom % 3 == 0 ? -1 : 1;

    private static uint Solve(LaneSystems systems, LaneSupport[] lanes, int padded)
    {
        foreach (LaneSupport lane in lanes)
            lane.SetSystem(S, B, Lambda, padded);
        uint singular = systems.Factor(padded, SmallestPivot);
        systems.Solve(padded);
        return singular;
    }

    /// <summary>What a lane writes: the values that have their sign.</summary>
    private static float[] Code(LaneSupport lane)
    {
        var z = new float[60];
        lane.Write(z);
        return z;
    }

    private static void CheckSolution(LaneSupport lane, int[] support)
    {
        double[] exact = [.. Exact(support, 0)];
        float[] z = Code(lane);
        for (int k = 0; k < z.Length; k++)
        {
            // A backward stable solve, of atoms whose Gram matrix has a condition number below 100.
            bool kept = exact[k] * Sign(k) > 1e-4;
            Assert.Equal(kept ? exact[k] : 0, z[k], 1e-4);
        }
    }

    /// <summary>G_SS z = b_S − λs in double precision; every sign the given one, or each atom's own for 0.</summary>
    private static double[] Exact(int[] support, int sign)
    {
        var z = new double[60];
        if (support.Length == 0)
            return z;
        var gram = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(support.Length, support.Length, (i, j) => i == j ? 1 : -IdentityMinusGram[support[i], support[j]]);
        var right = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(support.Length, i => B[support[i]] - Lambda * (sign == 0 ? Sign(support[i]) : sign));
        MathNet.Numerics.LinearAlgebra.Vector<double> solution = gram.Cholesky().Solve(right);
        for (int i = 0; i < support.Length; i++)
            z[support[i]] = solution[i];
        return z;
    }

    private static double Correlation(double[] z, int k)
    {
        double c = B[k];
        for (int j = 0; j < z.Length; j++)
            c -= z[j] * (j == k ? 1 : -IdentityMinusGram[j, k]);
        return c;
    }

    private static int[] Support(int count, int seed)
    {
        int[] all = [.. Enumerable.Range(0, 60)];
        new Random(seed).Shuffle(all);
        return all[..count];
    }
}
