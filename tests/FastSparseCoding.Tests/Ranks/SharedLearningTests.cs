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
        float[] Update(ICollective ranks)
        {
            var update = AtomUpdate.Create(Options with { Ranks = ranks }, 16);
            var d = new Matrix(24, 16, Planted.Dictionary.Atoms.Values.ToArray());
            var codes = new CodeLists(24);
            for (int t = 1; t <= 2; t++)
            {
                int[] rows = [.. Enumerable.Range((t - 1) * 40, signals)];
                codes.Take(z.SelectRows(rows));
                codes.Turn();
                update.Apply(d, Planted.X.SelectRows(rows), null, codes, t);
            }
            return [.. d.Values, .. update.A.Values, .. update.B.Values];
        }

        float[] alone = Update(Collective.Alone);
        var counts = new int[3];
        float[][] shared = ThreadRanks.Run(3, ranks => Update(new Counted(ranks, counts)));

        Assert.All(shared, rank => Assert.Equal(alone, rank));
        Assert.All(counts, count => Assert.Equal(2 * exchanges, count));
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

    /// <summary>Counts the exchanges of every rank.</summary>
    private sealed class Counted(ICollective ranks, int[] counts) : ICollective
    {
        public int Rank => ranks.Rank;

        public int Size => ranks.Size;

        public void Sum(Span<float> values) => ranks.Sum(values);

        public ReadOnlyMemory<byte>[] AllGather(ReadOnlySpan<byte> mine)
        {
            counts[Rank]++;
            return ranks.AllGather(mine);
        }

        public void Broadcast(Span<byte> bytes) => ranks.Broadcast(bytes);

        public void Barrier() => ranks.Barrier();
    }
}
