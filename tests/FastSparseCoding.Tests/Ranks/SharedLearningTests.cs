using FastSparseCoding.Kernels;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Learning;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Tests.Training;
using Xunit;

namespace FastSparseCoding.Tests.Ranks;

/// <summary>Learnings that several ranks share end with the bits of one process.</summary>
public sealed class SharedLearningTests
{
    private static readonly PlantedSignals Planted = new(atoms: 24, size: 16, rows: 3000, nonZeros: 3, noise: 0.05, seed: 1);

    private static readonly DictionaryLearningOptions Options =
        new() { AtomCount = 24, Lambda = 0.1f, Samples = 3000, BatchSize = 310, Threads = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DictionaryMethod.Online, 1)]
    [InlineData(DictionaryMethod.Online, 2)]
    [InlineData(DictionaryMethod.Online, 3)]
    [InlineData(DictionaryMethod.Online, 4)]
    [InlineData(DictionaryMethod.Online, 100)]
    [InlineData(DictionaryMethod.Sgd, 4)]
    public void Any_number_of_ranks_gives_the_bits_of_none(DictionaryMethod method, int size)
    {
        DictionaryLearningOptions options = Options with { Method = method };
        string alone = Learned(options);

        Assert.All(ThreadRanks.Run(size, ranks => Learned(options with { Ranks = ranks })), shared => Assert.Equal(alone, shared));
    }

    /// <summary>Ranks add up rows of the statistics, too, and send them, where the batch is large for the dictionary.</summary>
    [Theory]
    [InlineData(2000, 1)]
    [InlineData(40, 0)]
    public void Statistics_are_shared_where_that_is_worth_it_and_keep_their_bits(int signals, int exchanges)
    {
        Matrix z = new ActiveSetSolver(Planted.Dictionary, 0.1f).Encode(Planted.X, cancellation: Cancellation);
        int[][] batches = [[.. Enumerable.Range(0, signals)], [.. Enumerable.Range(40, signals)]];

        Counted[] ranks = RequireSameUpdates(Planted.Dictionary.Atoms, [.. batches.Select(Planted.X.SelectRows)],
            [.. batches.Select(z.SelectRows)], ranks: 3);

        Assert.All(ranks, rank => Assert.Equal(2 * exchanges, rank.Exchanges));
    }

    /// <summary>Of 2,047 atoms of one value they are 4m(m + n) = 16,769,024 bytes, of one more atom 8,192 above 16 MiB.</summary>
    [Theory]
    [InlineData(2047, 1, true)]
    [InlineData(2048, 1, false)]
    [InlineData(8, 4095, true)]
    [InlineData(8, 4096, false)]
    public void Statistics_of_more_than_16_MiB_or_of_4096_values_a_signal_stay_where_they_are(int atoms, int size, bool travel)
    {
        var d = new Matrix(atoms, size);
        d.Values.Fill(1);
        // Ranks would share these at any size: in codes without zeros every signal spares as much as half of the statistics.
        Matrix x = RandomData.Normal(12, size, seed: 3), z = RandomData.Normal(12, atoms, seed: 4);

        Counted[] ranks = RequireSameUpdates(d, [x], [z], ranks: 2);

        Assert.Equal(travel ? 4L * atoms * (atoms + size) + 2 * 8 : 0, ranks.Sum(rank => rank.Bytes));
    }

    /// <summary>A rank reads the rows of a matrix itself; what another source gives is sent.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_a_matrix_are_not_sent(bool isMatrix)
    {
        var rows = new MatrixSource(Planted.X, Options.Seed);
        ISignalSource source = isMatrix ? rows : new ScaledSource(rows, _ => 1);
        var expected = new Matrix(310, 16);
        rows.Read(7, expected);

        Counted[] ranks = ThreadRanks.Run(2, collective =>
        {
            var counted = new Counted(collective);
            var x = new Matrix(310, 16);
            source.Read(7, x, 1, new SharedWork(counted), Cancellation);
            Assert.Equal(expected.Values.ToArray(), x.Values.ToArray());
            return counted;
        });

        Assert.Equal(isMatrix ? 0 : 310 * 16 * 4 + 2 * 8, ranks.Sum(rank => rank.Bytes));
    }

    /// <summary>Their codes and signals are dropped by every rank, whichever found them.</summary>
    [Theory]
    [InlineData(DictionaryMethod.Online)]
    [InlineData(DictionaryMethod.Sgd)]
    public void Signals_without_a_certified_code_are_left_out_by_all(DictionaryMethod method)
    {
        DictionaryLearningOptions options = Options with { Method = method, Lambda = 0.3f };
        string Run(ICollective ranks) => DictionaryLearner.Learn(
            // Far beyond what float32 can certify at this weight.
            new ScaledSource(new MatrixSource(Planted.X, 1), i => i % 5 == 2 && i > 200 ? 1e18f : 1), options with { Ranks = ranks },
            new DirectProgress<LearningProgress>(
                p => Assert.Equal(Enumerable.Range(0, (int)p.Samples).Count(i => i % 5 == 2 && i > 200), p.Uncertified)),
            start: Planted.Dictionary, cancellation: Cancellation).Hash;

        string alone = Run(Collective.Alone);

        Assert.All(ThreadRanks.Run(3, Run), shared => Assert.Equal(alone, shared));
    }

    [Fact]
    public void Signals_of_which_only_some_values_are_known_are_shared_too()
    {
        var mask = new Matrix(3000, 16);
        Matrix noise = RandomData.Normal(3000, 16, seed: 9);
        for (int i = 0; i < mask.Values.Length; i++)
            mask.Values[i] = i % 16 == 0 || noise.Values[i] > 0 ? 1 : 0;
        string Run(DictionaryLearningOptions options)
            => DictionaryLearner.LearnMasked(Planted.X, mask, options, cancellation: Cancellation).Hash;

        string alone = Run(Options);

        Assert.All(ThreadRanks.Run(3, ranks => Run(Options with { Ranks = ranks })), shared => Assert.Equal(alone, shared));
    }

    [Fact]
    public void A_state_goes_on_with_another_number_of_ranks()
    {
        var states = new List<LearnerState>();
        string straight = Learned(Options);
        ThreadRanks.Run(4, ranks => Learned(Options with { Ranks = ranks }, ranks.Rank == 0 ? states.Add : null));

        string[] resumed = ThreadRanks.Run(3, ranks => Learned(Options with { Ranks = ranks }, resume: states[2]));

        Assert.InRange(states[2].Samples, 310, 2900);
        Assert.All(resumed, shared => Assert.Equal(straight, shared));
    }

    [Fact]
    public void What_one_rank_fails_of_ends_all()
    {
        (string? Result, Exception? Failure)[] ended = ThreadRanks.Try(3, ranks => DictionaryLearner.Learn(
            new ScaledSource(new MatrixSource(Planted.X, 1), i => ranks.Rank == 1 && i > 1500 ? float.NaN : 1),
            Options with { Ranks = ranks }, cancellation: Cancellation).Hash);

        // The value came to all, so that all refuse it, in the same words.
        Assert.All(ended, rank => Assert.StartsWith(
            "'batch' holds NaN at row ", Assert.IsType<ArgumentException>(rank.Failure).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Ranks_that_begin_with_other_atoms_are_refused()
    {
        (string? Result, Exception? Failure)[] ended = ThreadRanks.Try(2, ranks => DictionaryLearner.Learn(
            Planted.X, Options with { Ranks = ranks }, start: RandomData.Dictionary(24, 16, seed: ranks.Rank),
            cancellation: Cancellation).Hash);

        Assert.All(ended, rank => Assert.StartsWith(
            "rank 1 has the learning '24 atoms", Assert.IsType<IOException>(rank.Failure).Message, StringComparison.Ordinal));
    }

    private static string Learned(
        DictionaryLearningOptions options, Action<LearnerState>? onCheckpoint = null, LearnerState? resume = null)
    {
        var told = new List<LearningProgress>();
        AtomDictionary learned = DictionaryLearner.Learn(
            new MatrixSource(Planted.X, options.Seed), options, new DirectProgress<LearningProgress>(told.Add), resume, onCheckpoint,
            cancellation: Cancellation);
        return $"{learned.Hash} {told[^1].Objective:R} {told[^1].MeanNonZeros:R} {told[^1].ReseededAtoms}";
    }

    /// <summary>Updates atoms by batches of codes, alone and by ranks, which must end with the same bits.</summary>
    private static Counted[] RequireSameUpdates(ReadOnlyMatrixView start, Matrix[] x, Matrix[] z, int ranks)
    {
        float[] values = start.Values.ToArray();
        float[] Update(ICollective collective)
        {
            var d = new Matrix(z[0].Columns, x[0].Columns, [.. values]);
            var update = AtomUpdate.Create(Options with { AtomCount = d.Rows, Ranks = collective }, d.Columns);
            var codes = new CodeLists(d.Rows);
            for (int t = 1; t <= x.Length; t++)
            {
                codes.Take(z[t - 1]);
                codes.Turn();
                update.Apply(d, x[t - 1], null, codes, t);
            }
            return [.. d.Values, .. update.A.Values, .. update.B.Values];
        }

        float[] alone = Update(Collective.Alone);
        return ThreadRanks.Run(ranks, collective =>
        {
            var counted = new Counted(collective);
            Assert.Equal(alone, Update(counted));
            return counted;
        });
    }

    /// <summary>Counts a rank's exchanges, and the bytes that it gave.</summary>
    private sealed class Counted(ICollective ranks) : ICollective
    {
        public int Exchanges { get; private set; }

        public long Bytes { get; private set; }

        public int Rank => ranks.Rank;

        public int Size => ranks.Size;

        public void Sum(Span<float> values) => ranks.Sum(values);

        public ReadOnlyMemory<byte>[] AllGather(ReadOnlySpan<byte> mine)
        {
            Exchanges++;
            Bytes += mine.Length;
            return ranks.AllGather(mine);
        }

        public void Broadcast(Span<byte> bytes) => ranks.Broadcast(bytes);

        public void Barrier() => ranks.Barrier();
    }
}
