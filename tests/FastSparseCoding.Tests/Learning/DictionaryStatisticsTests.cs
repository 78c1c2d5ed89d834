using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>Statistics of a dictionary over a whole set of signals, and the step that they make.</summary>
public sealed class DictionaryStatisticsTests
{
    private const int Atoms = 14, Size = 9, Signals = 700;

    private static readonly AtomDictionary D = RandomData.Dictionary(Atoms, Size, seed: 1);
    private static readonly Matrix X = RandomData.Normal(Signals, Size, seed: 2);

    [Fact]
    public void They_are_the_sums_of_the_twin()
    {
        var solver = new ActiveSetSolver(D, 0.5f);
        Matrix z = solver.Encode(X, cancellation: TestContext.Current.CancellationToken);
        (double[,] a, double[,] b) = StatisticsTwin.Sums(X, z);

        DictionaryStatistics statistics = Of(solver, X);

        Assert.Equal(a.Cast<double>(), statistics.A);       // products of float32 are exact, and both add them in the order of the signals
        Assert.Equal(b.Cast<double>(), statistics.B);
        Assert.Equal((Signals, 0), (statistics.Signals, statistics.Uncertified));
        Assert.Equal(z.Values.Length - z.Values.Count(0f), statistics.NonZeros);
        SolveReport report = solver.Solve(X, z, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(report.Energy.Average(), statistics.Objective, 12);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(5, false)]
    [InlineData(3, true)]
    public void A_step_is_that_of_the_twin(int sweeps, bool nonNegative)
    {
        AtomDictionary start = nonNegative ? Positive() : D;
        DictionaryStatistics statistics = Of(new ActiveSetSolver(start, 0.5f), X);

        AtomDictionary moved = statistics.Move(start, nonNegative, threads: 0, sweeps);

        double[,] expected = StatisticsTwin.Move(statistics.A, statistics.B, start.Atoms, sweeps, nonNegative);
        double spread = StatisticsTwin.Spread(statistics.A, Atoms);
        Tolerance.Check([.. expected.Cast<double>()], moved.Atoms.Values, operations: 4 * Atoms * sweeps, magnitude: 4 * spread);
    }

    [Fact]
    public void Steps_lower_the_objective()
    {
        AtomDictionary dictionary = D;
        double before = double.PositiveInfinity;
        for (int step = 0; step < 6; step++)
        {
            DictionaryStatistics statistics = Of(new ActiveSetSolver(dictionary, 0.5f), X);
            Assert.InRange(statistics.Objective, 0, before);
            (before, dictionary) = (statistics.Objective, statistics.Update(dictionary));
        }
    }

    [Fact]
    public void Threads_do_not_matter()
    {
        var solver = new ActiveSetSolver(D, 0.5f);
        DictionaryStatistics one = new(Atoms, Size), many = new(Atoms, Size);
        one.Add(solver, X, threads: 1, TestContext.Current.CancellationToken);
        many.Add(solver, X, threads: 5, TestContext.Current.CancellationToken);

        Assert.Equal(one.A, many.A);
        Assert.Equal(one.B, many.B);
        Assert.Equal(one.Update(D, threads: 1).Hash, many.Update(D, threads: 5).Hash);
    }

    [Fact]
    public void An_atom_that_no_code_uses_stays_where_it_is()
    {
        var x = new Matrix(3, Size);
        D.Atoms.Row(2).CopyTo(x.Row(0));
        D.Atoms.Row(2).CopyTo(x.Row(1));
        DictionaryStatistics statistics = Of(new ActiveSetSolver(D, 0.5f), x);

        Assert.Equal(Atoms - 1, statistics.UnusedAtoms);
        AtomDictionary moved = statistics.Update(D);
        for (int k = 0; k < Atoms; k++)
            Assert.Equal(1, Enumerable.Range(0, Size).Sum(j => moved.Atoms.Row(k)[j] * D.Atoms.Row(k)[j]), 5);
    }

    [Fact]
    public void Misuse_is_refused()
    {
        var statistics = new DictionaryStatistics(Atoms, Size);
        Assert.Equal("'atomCount' is 0; it must be 1 or more. (Parameter 'atomCount')",
            Assert.Throws<ArgumentOutOfRangeException>(() => new DictionaryStatistics(0, 3)).Message);
        Assert.Equal("'other' is [14×8]; it must be [14×9]. (Parameter 'other')",
            Assert.Throws<ArgumentException>(() => statistics.Add(new DictionaryStatistics(Atoms, 8))).Message);
        Assert.Equal("'start' is [13×9]; it must be [14×9]. (Parameter 'start')",
            Assert.Throws<ArgumentException>(() => statistics.Update(RandomData.Dictionary(13, Size, seed: 1))).Message);
        Assert.Equal(
            "none of the 0 signals has a certified code, and there is nothing to move the atoms by; take a larger sparsity weight or tolerance.",
            Assert.Throws<ArithmeticException>(() => statistics.Update(D)).Message);
    }

    /// <summary>Parts of a range of blocks, whatever they are, make the sums of the whole, bit for bit.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(13)]
    public void The_tree_does_not_depend_on_how_it_is_parted(int blocks)
    {
        DictionaryStatistics whole = Tree([0, blocks], blocks);
        for (int first = 0; first <= blocks; first++)
            for (int second = first; second <= blocks; second++)
            {
                DictionaryStatistics parted = Tree([0, first, second, blocks], blocks);
                Assert.Equal(whole.A, parted.A);
                Assert.Equal(whole.B, parted.B);
                Assert.Equal((whole.Signals, whole.Energy), (parted.Signals, parted.Energy));
            }
    }

    [Fact]
    public void A_part_keeps_few_nodes()
    {
        var tree = new StatisticsTree();
        for (int block = 1; block < 1023; block++)
            tree.Append(new StatisticsNode(0, block, null));

        Assert.Equal(18, tree.Nodes.Count);
        Assert.Equal("'node' is of the blocks from 5 on; it must be of those from 1023 on. (Parameter 'node')",
            Assert.Throws<ArgumentOutOfRangeException>(() => tree.Append(new StatisticsNode(0, 5, null))).Message);
    }

    /// <summary>The sum of blocks by way of a tree for each range, and one of their nodes; the third block has no signals.</summary>
    private static DictionaryStatistics Tree(int[] bounds, int blocks)
    {
        var solver = new ActiveSetSolver(D, 0.5f);
        var joined = new StatisticsTree();
        for (int part = 0; part + 1 < bounds.Length; part++)
        {
            var tree = new StatisticsTree();
            for (int block = bounds[part]; block < bounds[part + 1]; block++)
            {
                int count = Signals / blocks;
                tree.Append(new StatisticsNode(0, block, block == 2 ? null
                    : Of(solver, new Matrix(count, Size, X.RowRange(block * count, count).Values.ToArray()))));
            }
            foreach (StatisticsNode node in tree.Nodes)
                joined.Append(node);
        }
        return joined.Root()!;
    }

    private static DictionaryStatistics Of(ActiveSetSolver solver, Matrix x)
    {
        var statistics = new DictionaryStatistics(solver.CodeSize, solver.SignalSize);
        statistics.Add(solver, x, cancellation: TestContext.Current.CancellationToken);
        return statistics;
    }

    private static AtomDictionary Positive()
    {
        Matrix atoms = RandomData.Normal(Atoms, Size, seed: 1);
        System.Numerics.Tensors.TensorPrimitives.Abs(atoms.Values, atoms.Values);
        return AtomDictionary.Normalize(atoms);
    }
}
