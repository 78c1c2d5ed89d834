using CsCheck;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Core;

/// <summary>Random values of every number in the options are accepted within the documented range and refused, by name, outside.</summary>
public sealed class OptionPropertyTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(9, 5, seed: 1);
    private static readonly Gen<long> Integers =
        Gen.OneOf(Gen.Int.Select(v => (long)v), Gen.Int[-2, 12].Select(v => (long)v),
        Gen.OneOf(1023L, 1024, 1025, 9_999, 10_000, 10_001, 65_535, 65_536, 65_537, 1_048_575, 1_048_576, 1_048_577));
    private static readonly Gen<double> Reals =
        Gen.OneOf(Gen.Double, Gen.Double[-1, 2], Gen.Double[-1e3, 1e4],
        Gen.OneOf(0.0, -0.0, 1, 1000, 1e-7, float.Epsilon, float.MaxValue, -float.Epsilon, double.NaN, double.PositiveInfinity,
        double.NegativeInfinity));

    /// <summary>Options, their property, whether it is a whole number, the documented range, and the check of options that hold a
    /// value.</summary>
    private static readonly (Type Options, string Name, bool Whole, Func<double, bool> Within, Action<double> Check)[] Rules =
    [
        (typeof(SolverOptions), "Tolerance", false, v => v is >= 1e-7 and <= 1, v => new SolverOptions { Tolerance = v }.Validated()),
        (typeof(SolverOptions), "MaxIterations", true, v => v >= 0, v => new SolverOptions { MaxIterations = (int)v }.Validated()),
        (typeof(SolverOptions), "StartThreshold", false, IsNotNegative, v => new SolverOptions { StartThreshold = (float)v }.Validated()),
        (typeof(OmpOptions), "MaxAtoms", true, v => v is >= 1 and <= 5, v => new OmpOptions { MaxAtoms = (int)v }.ValidatedFor(Dictionary)),
        (typeof(OmpOptions), "Error", false, IsPositive, v => new OmpOptions { Error = (float)v }.ValidatedFor(Dictionary)),
        (typeof(TrainingOptions), "Samples", true, v => v >= 1, v => new TrainingOptions { Samples = (long)v }.Validated()),
        (typeof(TrainingOptions), "BatchSize", true, v => v is >= 1 and <= 65_536,
            v => new TrainingOptions { BatchSize = (int)v }.Validated()),
        (typeof(TrainingOptions), "LearningRate", false, IsPositive, v => new TrainingOptions { LearningRate = (float)v }.Validated()),
        (typeof(TrainingOptions), "ThresholdRate", false, IsPositive, v => new TrainingOptions { ThresholdRate = (float)v }.Validated()),
        (typeof(TrainingOptions), "FinalRateFraction", false, v => (float)v is >= 0 and <= 1,
            v => new TrainingOptions { FinalRateFraction = (float)v }.Validated()),
        (typeof(TrainingOptions), "DecayDelay", false, v => v > 0 && double.IsFinite(v),
            v => new TrainingOptions { DecayDelay = v }.Validated()),
        (typeof(TrainingOptions), "Evaluations", true, v => v is >= 1 and <= 10_000,
            v => new TrainingOptions { Evaluations = (int)v }.Validated()),
        (typeof(TrainingOptions), "HeldOut", true, v => v >= 1, v => new TrainingOptions { HeldOut = (int)v }.Validated()),
        (typeof(TrainingOptions), "Seed", true, _ => true, v => new TrainingOptions { Seed = (int)v }.Validated()),
        (typeof(TrainingOptions), "Threads", true, v => v is >= 0 and <= 1024, v => new TrainingOptions { Threads = (int)v }.Validated()),
        (typeof(ClassifierOptions), "Epochs", true, v => v is >= 1 and <= 10_000,
            v => new ClassifierOptions { Epochs = (int)v }.Validated()),
        (typeof(ClassifierOptions), "BatchSize", true, v => v is >= 1 and <= 65_536,
            v => new ClassifierOptions { BatchSize = (int)v }.Validated()),
        (typeof(ClassifierOptions), "LearningRate", false, IsPositive, v => new ClassifierOptions { LearningRate = (float)v }.Validated()),
        (typeof(ClassifierOptions), "EncoderLearningRate", false, IsPositive,
            v => new ClassifierOptions { EncoderLearningRate = (float)v }.Validated()),
        (typeof(ClassifierOptions), "FinalRateFraction", false, v => (float)v is >= 0 and <= 1,
            v => new ClassifierOptions { FinalRateFraction = (float)v }.Validated()),
        (typeof(ClassifierOptions), "WeightPenalty", false, IsNotNegative,
            v => new ClassifierOptions { WeightPenalty = (float)v }.Validated()),
        (typeof(ClassifierOptions), "HeldOut", true, v => v >= 1, v => new ClassifierOptions { HeldOut = (int)v }.Validated()),
        (typeof(ClassifierOptions), "Seed", true, _ => true, v => new ClassifierOptions { Seed = (int)v }.Validated()),
        (typeof(ClassifierOptions), "Threads", true, v => v is >= 0 and <= 1024,
            v => new ClassifierOptions { Threads = (int)v }.Validated()),
        (typeof(DictionaryLearningOptions), "AtomCount", true, v => v >= 1,
            v => new DictionaryLearningOptions { AtomCount = (int)v }.Validated()),
        (typeof(DictionaryLearningOptions), "Lambda", false, IsPositive,
            v => new DictionaryLearningOptions { Lambda = (float)v }.Validated()),
        (typeof(DictionaryLearningOptions), "Samples", true, v => v >= 1,
            v => new DictionaryLearningOptions { Samples = (long)v }.Validated()),
        (typeof(DictionaryLearningOptions), "BatchSize", true, v => v is >= 1 and <= 1_048_576,
            v => new DictionaryLearningOptions { BatchSize = (int)v }.Validated()),
        (typeof(DictionaryLearningOptions), "Forgetting", false, v => v is >= 0 and <= 1000,
            v => new DictionaryLearningOptions { Forgetting = v }.Validated()),
        (typeof(DictionaryLearningOptions), "LearningRate", false, IsPositive,
            v => new DictionaryLearningOptions { LearningRate = (float)v }.Validated()),
        (typeof(DictionaryLearningOptions), "DeadAtomUse", false, v => v is >= 0 and <= 1,
            v => new DictionaryLearningOptions { DeadAtomUse = v }.Validated()),
        (typeof(DictionaryLearningOptions), "Seed", true, _ => true, v => new DictionaryLearningOptions { Seed = (int)v }.Validated()),
        (typeof(DictionaryLearningOptions), "Threads", true, v => v is >= 0 and <= 1024,
            v => new DictionaryLearningOptions { Threads = (int)v }.Validated()),
        (typeof(Penalty), "lambda", false, IsPositive, v => _ = new Penalty((float)v)),
        (typeof(Penalty), "ridge", false, IsNotNegative, v => _ = new Penalty(1, ridge: (float)v)),
        (typeof(Penalty), "weights[1]", false, IsPositive, v => _ = new Penalty(1, [1, (float)v])),
    ];

    [Fact]
    public void Values_within_the_documented_range_are_accepted_and_others_refused_by_name()
        => Gen.Select(Gen.OneOf(Rules), Integers, Reals).Sample((rule, integer, real) =>
        {
            double value = rule.Whole ? integer : real;
            Exception? refusal = Record.Exception(() => rule.Check(value));

            Assert.True(refusal is null == rule.Within(value),
                $"{rule.Options.Name}.{rule.Name} = {value}: {refusal?.Message ?? "accepted"}");
            if (refusal is not null)
                Assert.StartsWith($"'{rule.Name}' is ", Assert.IsType<ArgumentOutOfRangeException>(refusal).Message,
                    StringComparison.Ordinal);
        }, iter: 5000, threads: 1);

    [Fact]
    public void Every_number_of_every_options_record_has_its_rule()
    {
        Type[] records = [.. typeof(Matrix).Assembly.GetExportedTypes().Where(t => t.Name.EndsWith("Options", StringComparison.Ordinal))];
        string[] numbers = [.. from record in records from property in record.GetProperties() where property.CanWrite
            && IsNumber(property.PropertyType) select $"{record.Name}.{property.Name}"];

        Assert.Equal(5, records.Length);
        Assert.Equal(numbers.Order(StringComparer.Ordinal),
            Rules.Where(r => r.Options != typeof(Penalty)).Select(r => $"{r.Options.Name}.{r.Name}").Order(StringComparer.Ordinal));
    }

    private static bool IsNumber(Type type)
        => (Nullable.GetUnderlyingType(type) ?? type) is { IsPrimitive: true } number && number != typeof(bool);

    private static bool IsPositive(double value) => (float)value > 0 && float.IsFinite((float)value);

    private static bool IsNotNegative(double value) => (float)value >= 0 && float.IsFinite((float)value);
}
