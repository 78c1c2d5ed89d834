using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

/// <summary>What learning allocates, and that its own dictionary and solver, which stay from batch to batch, are as good as new
/// ones.</summary>
public sealed class LearningMemoryTests
{
    private const int Atoms = 1024, Size = 32, Rows = 128;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_learner_holds_two_matrices_of_all_pairs_of_atoms_and_allocates_no_third()
    {
        const long pairs = 4L * Atoms * Atoms;
        Matrix x = RandomData.Normal(2 * Atoms, Size, seed: 1);
        var options = new DictionaryLearningOptions { AtomCount = Atoms, Lambda = 0.5f, Threads = 1, DeadAtomUse = 0 };
        long before = GC.GetAllocatedBytesForCurrentThread();
        var learner = new DictionaryLearner(x, options);
        learner.PartialFit(Batch(x, 0), Cancellation);
        learner.PartialFit(Batch(x, 1), Cancellation);
        long first = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int t = 2; t < 6; t++)
            learner.PartialFit(Batch(x, t), Cancellation);
        long later = (GC.GetAllocatedBytesForCurrentThread() - before) / 4;

        // A and S = I − G; what depends on the atoms once, or on a block of rows, takes less than two more of the size at 1024 atoms, and
        // far less at 4096.
        Assert.True(first < 4 * pairs, $"{first} bytes in two batches; A and S take {pairs} each");
        Assert.True(later < pairs / 16, $"{later} bytes a batch");
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.3f)]
    public void A_solver_whose_dictionary_follows_other_atoms_solves_for_them_as_a_new_one(float ridge)
    {
        var penalty = new Penalty(0.3f, ridge: ridge);
        Matrix x = RandomData.Normal(100, 20, seed: 4), others = RandomData.Normal(70, 20, seed: 6), z = new(100, 70);
        var solver = new ActiveSetSolver(RandomData.Dictionary(70, 20, seed: 5), penalty);
        solver.Solve(x, z, cancellation: Cancellation);
        var fresh = new ActiveSetSolver(AtomDictionary.Normalize(others), penalty);

        solver.Dictionary.Follow(others, threads: 2);
        solver.Follow();

        SolveReport report = solver.Solve(x, z, cancellation: Cancellation);
        Assert.Equal(fresh.Encode(x, cancellation: Cancellation).Values.ToArray(), z.Values.ToArray());
        Assert.Equal(0, report.Unconverged);
        Assert.Equal(fresh.Dictionary.Hash, solver.Dictionary.Hash);
        Assert.Equal(fresh.Dictionary.Gram.Values.ToArray(), solver.Dictionary.Gram.Values.ToArray());
        Assert.Equal(fresh.Dictionary.Lipschitz, solver.Dictionary.Lipschitz);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void A_large_dictionary_learns_the_same_bits_on_any_number_of_threads(int threads)
    {
        Matrix x = RandomData.Normal(700, 144, seed: 7);
        var options = new DictionaryLearningOptions { AtomCount = 320, Lambda = 3f, Samples = 900, BatchSize = 300, Threads = 1 };

        Assert.Equal(
            DictionaryLearner.Learn(x, options, cancellation: Cancellation).Hash,
            DictionaryLearner.Learn(x, options with { Threads = threads }, cancellation: Cancellation).Hash);
    }

    [Fact]
    public void A_first_encode_allocates_the_products_of_all_atoms_and_little_else()
    {
        const int size = 1024;
        AtomDictionary dictionary = RandomData.Dictionary(size, size, seed: 8);
        Matrix x = RandomData.Normal(4, size, seed: 9), z = new(4, size);
        long before = GC.GetAllocatedBytesForCurrentThread();

        new ActiveSetSolver(dictionary, 2.5f).Encode(x, z, Cancellation);

        // S and the two copies of D are 4 MB each; a block of 256 rows is 1 MB of floats, of which there are some ten, and lanes of 256
        // unknowns take 4.
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 28_000_000, $"{allocated} bytes");
    }

    [Fact]
    public void Sparse_codes_are_made_from_one_dense_block_a_thread()
    {
        AtomDictionary dictionary = RandomData.Dictionary(512, 16, seed: 10);
        var solver = new ActiveSetSolver(dictionary, 2f);
        Matrix x = RandomData.Normal(6000, 16, seed: 11);
        solver.EncodeSparse(x, threads: 1, Cancellation);
        long before = GC.GetAllocatedBytesForCurrentThread();
        SparseCodes codes = solver.EncodeSparse(x, threads: 1, Cancellation),
            solved = solver.SolveSparse(x, threads: 1, Cancellation).Codes;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(solver.Encode(x, cancellation: Cancellation).Values.ToArray(), codes.ToDense().Values.ToArray());
        Assert.Equal(codes.Values, solved.Values);
        Assert.True(allocated < 6_000_000, $"{allocated} bytes; dense codes take {4L * 6000 * 512}");
    }

    [Fact]
    public void Energies_stay_on_the_threads_they_are_given()
    {
        Matrix x = RandomData.Normal(2000, 16, seed: 12), z = RandomData.Normal(2000, 24, seed: 13);
        AtomDictionary dictionary = RandomData.Dictionary(24, 16, seed: 14);
        long before = GC.GetAllocatedBytesForCurrentThread();
        double[] alone = LassoObjective.Energies(x, dictionary, z, 0.1f, threads: 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Every row's residual is allocated where it is computed.
        Assert.True(allocated >= 2000 * 16 * sizeof(double), $"{allocated} bytes on this thread");
        Assert.Equal(alone, LassoObjective.Energies(x, dictionary, z, 0.1f, threads: 3));
    }

    private static Matrix Batch(Matrix x, int t) => new(Rows, Size, x.RowRange(t * Rows, Rows).Values.ToArray());
}
