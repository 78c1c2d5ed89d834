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
        { Good with { Lambda = 0 }, "'Lambda' is 0; it must be a finite number above 0." },
        { Good with { Lambda = float.PositiveInfinity }, "'Lambda' is Infinity; it must be a finite number above 0." },
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

        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => DictionaryLearner.Learn(x, options, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => new DictionaryLearner(x, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_but_the_threads_is_part_of_the_settings()
    {
        DictionaryLearningOptions[] others =
        [
            Good with { AtomCount = 7 }, Good with { Lambda = 0.1f }, Good with { Method = DictionaryMethod.Sgd }, Good with { Samples = 7 }, Good with { BatchSize = 7 },
            Good with { Forgetting = 7 }, Good with { LearningRate = 7 }, Good with { DeadAtomUse = 0.7 }, Good with { Seed = 7 },
        ];

        Assert.Equal(typeof(DictionaryLearningOptions).GetProperties().Count(p => p.CanWrite) - 1, others.Length);
        Assert.Equal(others.Length + 1, others.Append(Good).Select(o => o.Settings).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Good.Settings, (Good with { Threads = 7 }).Settings);
    }
}
