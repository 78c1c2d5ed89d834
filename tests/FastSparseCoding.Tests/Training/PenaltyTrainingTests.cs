using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Paper;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Training.TrainingProblem;

namespace FastSparseCoding.Tests.Training;

/// <summary>Encoders trained to predict codes of every penalty, and what holds them against the exact ones.</summary>
public sealed class PenaltyTrainingTests
{
    public static TheoryData<string,
    string> KindsAndMembers
    { get; } =
        new(from kind in (string[])["lista", "lista-layers", "lcod", "shrink"] from member in Problems.Members select (kind, member.Data));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(KindsAndMembers))]
    public void Training_brings_the_codes_closer_to_the_exact_ones(string kind, string member)
    {
        Penalty penalty = Problems.Penalty(member, Lambda, CodeSize);
        TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, penalty, Depth(kind));
        var exact = new ActiveSetSolver(Dictionary, penalty);
        Matrix codes = exact.Encode(HeldOut, cancellation: Cancellation);
        CodeQuality before = Quality(encoder, codes);

        TrainingReport report = EncoderTrainer.Train(encoder, Source, exact, HeldOut, Options, cancellation: Cancellation);

        CodeQuality after = Quality(encoder, codes);
        Assert.Equal(report.BestError, after.CodeError);
        Assert.InRange(after.CodeError, 0, 0.8 * before.CodeError);
        Assert.InRange(after.RelativeObjectiveGap, 0, double.MaxValue);      // against the optimum of the same objective
    }

    [Fact]
    public void A_checkpoint_of_another_penalty_is_refused()
    {
        float[] weights = [.. Enumerable.Range(1, CodeSize).Select(k => 0.1f * k)], others = [.. weights];
        others[^1] *= 2;
        Penalty[] penalties = [Lambda, new(Lambda, weights), new(Lambda, others), new(Lambda, ridge: 0.5f), new(Lambda, ridge: 0.25f),
            new(Lambda, nonNegative: true), new(Lambda, weights, 0.5f, nonNegative: true)];
        foreach (Penalty trained in penalties)
        {
            TrainingCheckpoint checkpoint = OneCheckpoint(trained);
            foreach (Penalty other in penalties)
            {
                if (ReferenceEquals(other, trained))
                    Train(Encoder(other), other, resume: checkpoint);
                else
                    Assert.StartsWith("'resume' is of a training with",
                        Assert.Throws<ArgumentException>(() => Train(Encoder(other), other, resume: checkpoint)).Message,
                        StringComparison.Ordinal);
            }
        }
        Assert.Contains(", lambda 0.3, weights ", OneCheckpoint(penalties[^1]).Settings, StringComparison.Ordinal);
        Assert.Contains(", ridge 0.5, non-negative codes, dictionary ", OneCheckpoint(penalties[^1]).Settings, StringComparison.Ordinal);
    }

    /// <summary>Made from the dictionary, LISTA is ISTA and LCoD is CoD under every penalty: at equal work nobody is ahead, but for FISTA's
    /// momentum.</summary>
    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void An_untrained_predictor_is_the_solver_at_equal_work(string member)
    {
        Penalty penalty = Problems.Penalty(member, Lambda, CodeSize);
        var comparison = new EqualWorkComparison(Dictionary, penalty, X, cancellation: Cancellation);

        Assert.Same(penalty, comparison.Penalty);
        Assert.Equal(new ActiveSetSolver(Dictionary, penalty).Encode(X, cancellation: Cancellation).Values, comparison.Exact.Values);
        foreach ((string kind, int depth) in ((string, int)[])[("shrink", 0), ("lista", 1), ("lcod", 3)])
        {
            EqualWorkPoint point = comparison.Measure(EncoderFactory.Create(kind, Dictionary, penalty, depth));
            Assert.Equal(point.Solver.CodeError, point.Predictor.CodeError, 1e-5 * point.Solver.CodeError);
            Assert.Equal(point.Solver.RelativeObjectiveGap, point.Predictor.RelativeObjectiveGap, 1e-5 * point.Solver.RelativeObjectiveGap);
        }
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void A_curve_of_convergence_is_of_the_solvers_own_objective(string member)
    {
        Penalty penalty = Problems.Penalty(member, Lambda, CodeSize);
        Matrix exact = new ActiveSetSolver(Dictionary, penalty).Encode(X, cancellation: Cancellation);

        ConvergenceCurve curve =
            ConvergenceCurve.Measure(new FistaSolver(Dictionary, penalty), X, exact, [0, 1, 3, 300], cancellation: Cancellation);

        Assert.Equal(CodeEvaluator.Compare(X, Dictionary, penalty, new Matrix(X.Rows, CodeSize), exact).RelativeObjectiveGap,
            curve.RelativeGaps[0], 1e-12);
        Assert.True(curve.RelativeGaps[0] > curve.RelativeGaps[1] && curve.RelativeGaps[1] > curve.RelativeGaps[2],
            string.Join(", ", curve.RelativeGaps));
        Assert.InRange(curve.RelativeGaps[3], -1e-5, 1e-5);                 // both are within the solvers' tolerance of the optimum
    }

    [Fact]
    public void Scaled_thresholds_scale_the_weight_and_keep_the_rest_of_the_penalty()
    {
        Penalty penalty = Problems.Penalty("weights ridge z ≥ 0", Lambda, CodeSize);
        TrainableEncoder scaled = Robustness.ScaleThresholds(EncoderFactory.Create("lista", Dictionary, penalty, 2), 2),
            made = EncoderFactory.Create("lista", Dictionary, penalty.WithLambda(2 * Lambda), 2);

        Assert.Equal(made.Penalty, scaled.Penalty);
        Assert.Equal(made.Parameters.Values, scaled.Parameters.Values);     // a factor of two is exact
    }

    private static int Depth(string kind) => kind switch { "shrink" => 0, "lcod" => 4, _ => 2 };

    private static ListaEncoder Encoder(Penalty penalty) => ListaEncoder.FromDictionary(Dictionary, penalty, 2);

    private static CodeQuality Quality(TrainableEncoder encoder, Matrix codes)
        => CodeEvaluator.Compare(HeldOut, Dictionary, encoder.Penalty, encoder.Encode(HeldOut, cancellation: Cancellation), codes);

    private static void Train(
        ListaEncoder encoder, Penalty penalty, Action<TrainingCheckpoint>? onCheckpoint = null, TrainingCheckpoint? resume = null)
        => EncoderTrainer.Train(
            encoder, Source, new ActiveSetSolver(Dictionary, penalty), HeldOut, Options with { Samples = 960, Evaluations = 2 },
            resume: resume, onCheckpoint: onCheckpoint, cancellation: Cancellation);

    private static TrainingCheckpoint OneCheckpoint(Penalty penalty)
    {
        TrainingCheckpoint? first = null;
        Train(Encoder(penalty), penalty, c => first ??= c);
        return first!;
    }
}
