using FastSparseCoding.Learning;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Learning;

public sealed class DictionaryLearningOptionsTests
{
    private static readonly DictionaryLearningOptions Good = DictionaryLearningOptions.Default;

    public static TheoryData<DictionaryLearningOptions, string> OutOfRange { get; } = new()
    {
        { Good with { AtomCount = 0 }, "'AtomCount' is 0; it must be 1 or more." },
        { Good with { Method = (DictionaryMethod)5 }, "'Method' is 5; it must be Online or Sgd." },
        { Good with { Samples = 0 }, "'Samples' is 0; it must be 1 or more." },
        { Good with { BatchSize = 0 }, "'BatchSize' is 0; it must be from 1 to 1048576." },
        { Good with { BatchSize = 1_048_577 }, "'BatchSize' is 1048577; it must be from 1 to 1048576." },
        { Good with { Forgetting = -1 }, "'Forgetting' is -1; it must be from 0 to 1000." },
        { Good with { Forgetting = double.NaN }, "'Forgetting' is NaN; it must be from 0 to 1000." },
        { Good with { LearningRate = 0 }, "'LearningRate' is 0; it must be a finite number above 0." },
        { Good with { DeadAtomUse = -0.5 }, "'DeadAtomUse' is -0.5; it must be from 0 to 1." },
        { Good with { DeadAtomUse = 1.5 }, "'DeadAtomUse' is 1.5; it must be from 0 to 1." },
        { Good with { Threads = -1 }, "'Threads' is -1; it must be from 0 to 1024." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void A_value_out_of_range_is_refused(DictionaryLearningOptions options, string message)
    {
        Matrix x = RandomData.Normal(200, 4, seed: 1);

        Assert.StartsWith(message,
            Assert.Throws<ArgumentOutOfRangeException>(()
            => DictionaryLearner.Learn(x, options, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => new DictionaryLearner(x, options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_but_the_threads_is_part_of_the_settings()
    {
        DictionaryLearningOptions[] others =
        [
            Good with { AtomCount = 7 }, Good with { Lambda = 0.1f }, Good with { Penalty = 0.2f }, Good with { NonNegativeAtoms = true },
            Good with { Method = DictionaryMethod.Sgd }, Good with { Samples = 7 }, Good with { BatchSize = 7 },
            Good with { Forgetting = 7 }, Good with { LearningRate = 7 }, Good with { DeadAtomUse = 0.7 }, Good with { Seed = 7 },
        ];

        Assert.Equal(typeof(DictionaryLearningOptions).GetProperties().Count(p => p.CanWrite) - 2, others.Length);
        Assert.Equal(others.Length + 1, others.Append(Good).Select(o => o.Settings).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Good.Settings, (Good with { Threads = 7 }).Settings);
    }

    [Fact]
    public void Every_part_of_the_penalty_is_part_of_the_settings()
    {
        float[] weights = [.. Enumerable.Range(0, 100).Select(k => 1f + k % 3)], others = [.. weights];
        others[99] += 1;
        Penalty[] penalties = [0.5f, new(0.5f, weights), new(0.5f, others), new(0.5f, ridge: 0.1f), new(0.5f, ridge: 0.2f),
            new(0.5f, nonNegative: true)];

        Assert.Equal(penalties.Length,
            penalties.Select(p => (Good with { Penalty = p }).Settings).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((Good with { Penalty = penalties[1] }).Settings, (Good with { Penalty = new Penalty(0.5f, weights) }).Settings);
    }

    [Fact]
    public void The_settings_of_the_lasso_are_those_of_states_stored_before_there_were_other_penalties()
        => Assert.Equal("100 atoms, lambda 0.5, Online, samples 200000, batch 512, forgetting 3, rate 1, dead below 0.0001, seed 1",
            (Good with { BatchSize = 512, Forgetting = 3 }).Settings);

    [Theory]
    [InlineData(1, 256)]
    [InlineData(512, 256)]
    [InlineData(1024, 512)]
    [InlineData(4096, 2048)]
    [InlineData(100_000, 4096)]
    public void A_batch_grows_with_the_atoms_where_it_is_not_said(int atoms, int batch)
    {
        DictionaryLearningOptions options = Good with { AtomCount = atoms };

        Assert.Equal(batch, options.BatchSize);
        Assert.Equal(7, (options with { BatchSize = 7 }).BatchSize);
    }

    [Fact]
    public void Lambda_is_the_penaltys_and_changes_nothing_else_of_it()
    {
        DictionaryLearningOptions options = Good with { Penalty = new Penalty(0.2f, [1, 2], 0.3f, nonNegative: true) };

        Assert.Equal(0.2f, options.Lambda);
        Assert.Equal(new Penalty(0.4f, [1, 2], 0.3f, nonNegative: true), (options with { Lambda = 0.4f }).Penalty);
        Assert.Equal(new Penalty(0.7f), new DictionaryLearningOptions { Lambda = 0.7f }.Penalty);
    }

    [Theory]
    [InlineData(0, "'Lambda' is 0; it must be a finite number above 0.")]
    [InlineData(float.PositiveInfinity, "'Lambda' is Infinity; it must be a finite number above 0.")]
    public void A_lambda_out_of_range_is_refused_where_it_is_set(float lambda, string message)
        => Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => Good with { Lambda = lambda }).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Weights_must_be_as_many_as_the_atoms()
    {
        Matrix x = RandomData.Normal(200, 4, seed: 1);
        DictionaryLearningOptions options = Good with { AtomCount = 3, Penalty = new Penalty(0.5f, [1, 2]) };
        const string message = "'Penalty.Weights' has 2 values; it must have 3.";

        Assert.StartsWith(message,
            Assert.Throws<ArgumentException>(() => DictionaryLearner.Learn(x, options, cancellation: TestContext.Current.CancellationToken))
            .Message, StringComparison.Ordinal);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new DictionaryLearner(x, options)).Message,
            StringComparison.Ordinal);
    }
}
