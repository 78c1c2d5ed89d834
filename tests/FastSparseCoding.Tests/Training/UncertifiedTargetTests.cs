using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Training;

/// <summary>
/// A code that is not certified may be anything, and is not learned from. Of the signals here most are too hard for the target's few
/// iterations; the rest are so small that their code is zero, which the untrained encoder knows: what is left to learn from asks for no
/// change.
/// </summary>
public sealed class UncertifiedTargetTests
{
    private const float Lambda = 0.1f;

    private static readonly AtomDictionary Atoms = SmoothDictionaries.Exponentials(60, 32);

    private static readonly FistaSolver Target = new(Atoms, Lambda, new SolverOptions { MaxIterations = 10 });

    private static readonly TrainingOptions Few = TrainingProblem.Options with { Samples = 960, Evaluations = 3 };

    [Fact]
    public void They_do_not_move_the_encoder()
    {
        (Matrix x, int uncertified) = Signals();
        Assert.InRange(uncertified, 500, 800);
        TrainableEncoder encoder = EncoderFactory.Create("lista", Atoms, Lambda, 3);
        float[] before = encoder.Parameters.Values.ToArray();

        EncoderTrainer.Train(encoder, new MatrixSource(x, seed: 4), Target, SmoothDictionaries.UnitSignals(50, 32, seed: 2), Few,
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(before, encoder.Parameters.Values.ToArray());
    }

    [Fact]
    public void Coded_beforehand_they_do_not_either()
    {
        (Matrix x, _) = Signals();
        TrainableEncoder encoder = EncoderFactory.Create("lista", Atoms, Lambda, 3);
        float[] before = encoder.Parameters.Values.ToArray();
        CodedSignals signals = CodedSignals.Encode(
            new MatrixSource(x, seed: 4), Target, Few.Samples, cancellation: TestContext.Current.CancellationToken);

        EncoderTrainer.Train(encoder, signals, SmoothDictionaries.UnitSignals(50, 32, seed: 2), Few,
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(before, encoder.Parameters.Values.ToArray());
    }

    /// <summary>1,000 signals of which the target certifies the zeros only, and how many it does not certify.</summary>
    private static (Matrix X, int Uncertified) Signals()
    {
        Matrix x = SmoothDictionaries.UnitSignals(1000, 32, seed: 1), z = new(1000, 60);
        SolveReport report = Target.Solve(x, z, cancellation: TestContext.Current.CancellationToken);
        for (int i = 0; i < x.Rows; i++)
            foreach (ref float value in x.Row(i))
                value *= report.Status[i] == SolveStatus.Converged || i % 4 == 0 ? 0.01f * Lambda : 1;
        return (x, Target.Solve(x, z, cancellation: TestContext.Current.CancellationToken).Unconverged);
    }
}
