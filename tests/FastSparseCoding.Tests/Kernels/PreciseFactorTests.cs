using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class PreciseFactorTests
{
    private const int Most = 90;

    // Products of random atoms with 1.2 on the diagonal, as with a ridge: every principal part is definite.
    private static readonly double[,] Gram = Products();

    [Fact]
    public void A_matrix_of_every_size_is_factored_and_solved()
    {
        var factor = new PreciseFactor();
        for (int size = 0; size <= Most; size++)
        {
            int[] members = Members(size, seed: size);
            factor.Clear(size);
            Set(factor, members);
            Assert.True(factor.TryFactor(size, 1e-9));
            Check(factor, members, removals: 0);
        }
    }

    [Fact]
    public void Rows_appended_one_by_one_give_the_factor_of_the_whole()
    {
        PreciseFactor one = new(), whole = new();
        int[] members = Members(Most, seed: 1);
        one.Clear(0);
        for (int size = 0; size < Most; size++)
        {
            Append(one, members[..size], members[size]);
            whole.Clear(size + 1);
            Set(whole, members[..(size + 1)]);
            Assert.True(whole.TryFactor(size + 1, 1e-9));
            Check(one, members[..(size + 1)], removals: 0);
            for (int i = 0; i <= size; i++)
                Assert.All(one.Row(i, size + 1).ToArray().Zip(whole.Row(i, size + 1).ToArray()),
                    // the factor's condition: no pivot is below 0.2
                    pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 10 * Bound(size + 1, 0) / 0.2));
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 8)]
    [InlineData(3, 17)]
    [InlineData(4, 40)]
    [InlineData(5, Most)]
    public void Rows_come_and_go_in_any_order(int seed, int most)
    {
        var random = new Random(seed);
        var factor = new PreciseFactor();
        var members = new List<int>();
        int removals = 0, largest = 0;
        factor.Clear(0);
        for (int step = 0; step < 400; step++)
        {
            bool grow = members.Count == 0 || (members.Count < most && random.Next(100) < (step < 150 ? 80 : 50));
            if (grow)
            {
                int entering = Members(Most, seed: step).First(k => !members.Contains(k));
                Append(factor, [.. members], entering);
                members.Add(entering);
            }
            else
            {
                int leaving = random.Next(members.Count);
                factor.RemoveAt(leaving);
                members.RemoveAt(leaving);
                removals++;
            }
            largest = Math.Max(largest, members.Count);
            Check(factor, [.. members], removals);
        }
        Assert.InRange(removals, 50, 300);
        Assert.InRange(largest, Math.Min(most, 50), most);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(39)]
    public void What_is_left_after_each_removal_is_the_factor_of_what_is_left(int at)
    {
        var factor = new PreciseFactor();
        List<int> members = [.. Members(40, seed: 2)];
        factor.Clear(40);
        Set(factor, [.. members]);
        Assert.True(factor.TryFactor(40, 1e-9));
        for (int removals = 1; members.Count > 0; removals++)
        {
            int leaving = Math.Min(at, members.Count - 1);
            factor.RemoveAt(leaving);
            members.RemoveAt(leaving);
            Check(factor, [.. members], removals);
        }
        Assert.Equal(0, factor.Count);
    }

    [Fact]
    public void Room_grows_around_the_matrix_there_is()
    {
        var factor = new PreciseFactor();
        int[] members = Members(Most, seed: 3);
        factor.Clear(5);
        for (int size = 0; size < Most; size++)
        {
            Append(factor, members[..size], members[size]);
            double[,] before = Upper(factor);
            factor.Reserve(size + 1 + size % 30);
            Assert.Equal(before, Upper(factor));
        }
        Check(factor, members, removals: 0);
        factor.Clear(3);
        Assert.Equal(0, factor.Count);
    }

    /// <summary>The pivot of each row is what its square root is taken of, so that one may ask for any least one.</summary>
    [Fact]
    public void A_singular_or_indefinite_matrix_is_refused_and_so_is_NaN()
    {
        foreach (int size in (int[])[1, 2, 9, 33])
            for (int at = 0; at < size; at++)
            {
                int[] members = Members(size, seed: size);
                // Row `at` becomes a copy of another one, or less than zero on its own.
                Assert.False(TryFactor(
                    (i, j) => Gram[members[i == at && at > 0 ? 0 : i], members[j == at && at > 0 ? 0 : j]] - (
                    at == 0 && i == 0 && j == 0 ? 1.2 : 0)));
                Assert.False(TryFactor((i, j) => Gram[members[i], members[j]] - (i == at && j == at ? 3 : 0)));
                Assert.False(TryFactor((i, j) => i == at && j == at ? double.NaN : Gram[members[i], members[j]]));
                Assert.True(TryFactor((i, j) => Gram[members[i], members[j]]));

                bool TryFactor(Func<int, int, double> a)
                {
                    var factor = new PreciseFactor();
                    factor.Clear(size);
                    for (int i = 0; i < size; i++)
                        for (int j = i; j < size; j++)
                            factor.Row(i, size)[j - i] = a(i, j);
                    return factor.TryFactor(size, 1e-12);
                }
            }
    }

    [Fact]
    public void A_pivot_must_exceed_the_least_one()
    {
        var factor = new PreciseFactor();
        factor.Clear(2);
        foreach ((double smallest, bool expected) in ((double, bool)[])[(0.74, true), (0.75, false), (1, false)])
        {
            (factor.Row(0, 2)[0], factor.Row(0, 2)[1], factor.Row(1, 2)[0]) = (4, 1, 1);        // the second pivot is 1 − ¼
            Assert.Equal(expected, factor.TryFactor(2, smallest));
        }
    }

    [Fact]
    public void Nothing_is_allocated_while_there_is_room()
    {
        var factor = new PreciseFactor();
        int[] members = Members(20, seed: 4);
        var v = new double[24];
        factor.Clear(21);
        Allocation.CheckNone(() =>
        {
            factor.Clear(20);
            Set(factor, members);
            factor.TryFactor(20, 1e-9);
            factor.RemoveAt(7);
            factor.Append(v.AsSpan(0, 19), 1);
            factor.Reserve(21);
            factor.Solve(v);
        });
    }

    private static void Set(PreciseFactor factor, int[] members)
    {
        for (int i = 0; i < members.Length; i++)
        {
            Span<double> row = factor.Row(i, members.Length);
            for (int j = i; j < members.Length; j++)
                row[j - i] = Gram[members[i], members[j]];
        }
    }

    private static void Append(PreciseFactor factor, int[] members, int entering)
    {
        factor.Reserve(members.Length + 1);
        var g = new double[PreciseFactor.Padded(members.Length)];
        for (int i = 0; i < members.Length; i++)
            g[i] = Gram[members[i], entering];
        factor.SolveTransposed(g);
        factor.Append(g.AsSpan(0, members.Length), Gram[entering, entering] - g.Sum(value => value * value));
    }

    /// <summary>U is upper triangular with a positive diagonal, UᵀU is the matrix, and what it solves has the residual of a backward stable
    /// method.</summary>
    private static void Check(PreciseFactor factor, int[] members, int removals)
    {
        int size = members.Length;
        Assert.Equal(size, factor.Count);
        double[,] u = Upper(factor);
        var products = new double[size * size];
        var expected = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            Assert.InRange(u[i, i], double.Epsilon, double.MaxValue);
            for (int j = 0; j < size; j++)
            {
                for (int p = 0; p <= Math.Min(i, j); p++)
                    products[i * size + j] += u[p, i] * u[p, j];
                expected[i * size + j] = Gram[members[i], members[j]];
            }
        }
        Tolerance.Check(expected, products, Operations(size, removals), 1.2);

        double[] b = [.. Enumerable.Range(0, size).Select(i => Math.Sin(i + 1))],
            x = [.. b, .. new double[PreciseFactor.Padded(size) - size]], residual = new double[size];
        factor.Solve(x);
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
                residual[i] += Gram[members[i], members[j]] * x[j];
        Tolerance.Check(b, residual, Operations(size, removals), Math.Max(1e-300, 1.2 * x.Sum(Math.Abs)));
        Assert.All(x[size..], value => Assert.Equal(0, value));
    }

    /// <summary>
    /// Factoring and solving make |UᵀU − A| and the residual at most 3n + 4 roundings of the largest diagonal element (Higham 2002, theorem
    /// 10.4), two each without fused multiply-add, and the checks above as many again. A removal is n rotations of 6 roundings of either
    /// factor (lemma 19.8).
    /// </summary>
    private static double Operations(int size, int removals) => 4 * (3 * size + 4) + 12.0 * Most * removals;

    private static double Bound(int size, int removals) => Operations(size, removals) * Tolerance.DoubleRoundoff * 1.2;

    private static double[,] Upper(PreciseFactor factor)
    {
        var u = new double[factor.Count, factor.Count];
        for (int i = 0; i < factor.Count; i++)
        {
            Span<double> row = factor.Row(i, factor.Count);
            for (int j = 0; j < row.Length; j++)
                u[i, i + j] = row[j];
        }
        return u;
    }

    private static double[,] Products()
    {
        AtomDictionary dictionary = RandomData.Dictionary(Most, 120, seed: 1);
        var gram = new double[Most, Most];
        for (int i = 0; i < Most; i++)
            for (int j = 0; j < Most; j++)
                gram[i, j] = i == j ? 1.2 : dictionary.Gram.Row(i)[j];
        return gram;
    }

    private static int[] Members(int count, int seed)
    {
        int[] all = [.. Enumerable.Range(0, Most)];
        new Random(seed).Shuffle(all);
        return all[..count];
    }
}
