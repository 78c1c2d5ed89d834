using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Evaluation;

public sealed class CodeEvaluatorTests
{
    /// <summary>Two atoms, at 60 degrees.</summary>
    private static readonly AtomDictionary Dictionary = new(Matrix.FromArray(new[,] { { 1f, 0 }, { 0.6f, 0.8f } }));

    private static readonly Matrix X = Matrix.FromArray(new float[,] { { 2, 0 }, { 0, 0 }, { 1, 2 } });
    private static readonly Matrix Z = Matrix.FromArray(new float[,] { { 1, 0.5f }, { 0, 0 }, { 0, 2 } });
    private static readonly Matrix Exact = Matrix.FromArray(new float[,] { { 1.5f, 0 }, { 0, 0 }, { -1, 2 } });

    [Fact]
    public void All_measures_agree_with_a_count_by_hand()
    {
        CodeQuality quality = CodeEvaluator.Compare(X, Dictionary, 0.5f, Z, Exact);

        // ‖Z − Z*‖²: 0.5² + 0.5², 0, 1; ‖Z*‖²: 2.25, 0, 5.
        Assert.Equal(1.5 / 3, quality.CodeError, 1e-15);
        Assert.Equal(1.5 / 7.25, quality.RelativeCodeError, 1e-15);
        // Row 0: x − zD = (0.7, −0.4) and (0.5, 0); row 2: (−0.2, 0.4) and (0.8, 0.4).
        double first = 0.5 * (0.49 + 0.16) + 0.75, firstExact = 0.125 + 0.75, third = 0.5 * (0.04 + 0.16) + 1,
            thirdExact = 0.5 * (0.64 + 0.16) + 1.5;
        Assert.Equal(((first - firstExact) / firstExact + (third - thirdExact) / thirdExact) / 2, quality.RelativeObjectiveGap, 1e-6);
        // Predicted 3, optimal 3, both 2.
        Assert.Equal((2.0 / 3, 2.0 / 3, 1.0), (quality.SupportPrecision, quality.SupportRecall, quality.MeanNonZeros));
        Assert.Equal(2.0 / 3, quality.SupportF1, 1e-15);
    }

    [Fact]
    public void Precision_and_recall_are_not_the_same()
    {
        var z = Matrix.FromArray(new float[,] { { 1, 1 }, { 0, 0 }, { 0, 2 } });
        var exact = Matrix.FromArray(new float[,] { { 1, 0 }, { 0, 0 }, { 0, 2 } });

        CodeQuality quality = CodeEvaluator.Compare(X, Dictionary, 0.5f, z, exact);

        Assert.Equal((2.0 / 3, 1.0), (quality.SupportPrecision, quality.SupportRecall));
        Assert.Equal(0.8, quality.SupportF1, 1e-15);
    }

    [Fact]
    public void Optimal_codes_are_perfect_and_others_have_a_gap_above_zero()
    {
        AtomDictionary d = RandomData.Dictionary(12, 6, seed: 1);
        Matrix x = RandomData.Normal(50, 6, seed: 2), exact = new(50, 12), shifted = new(50, 12);
        new ActiveSetSolver(d, 0.3f).Solve(x, exact, cancellation: TestContext.Current.CancellationToken);
        for (int i = 0; i < exact.Values.Length; i++)
            shifted.Values[i] = exact.Values[i] * 1.01f;

        CodeQuality perfect = CodeEvaluator.Compare(x, d, 0.3f, exact, exact), near = CodeEvaluator.Compare(x, d, 0.3f, shifted, exact);

        Assert.Equal((0, 0, 0, 1, 1, 1),
            (perfect.CodeError, perfect.RelativeCodeError, perfect.RelativeObjectiveGap, perfect.SupportPrecision, perfect.SupportRecall,
            perfect.SupportF1));
        Assert.Equal(1e-4, near.RelativeCodeError, 1e-6);
        Assert.InRange(near.RelativeObjectiveGap, 1e-6, 1e-3);
        Assert.Equal(1, near.SupportF1);
    }

    [Fact]
    public void Without_any_non_zero_the_measures_are_defined()
    {
        Matrix zero = new(3, 2);

        CodeQuality nothing = CodeEvaluator.Compare(new Matrix(3, 2), Dictionary, 0.5f, zero, zero),
            invented = CodeEvaluator.Compare(new Matrix(3, 2), Dictionary, 0.5f, Z, zero);
        CodeQuality missed = CodeEvaluator.Compare(X, Dictionary, 0.5f, zero, Exact);

        Assert.Equal(new CodeQuality(0, 0, 0, 1, 1, 1, 0), nothing);
        Assert.Equal((double.PositiveInfinity, 0, 0, 1),
            (invented.RelativeCodeError, invented.RelativeObjectiveGap, invented.SupportPrecision, invented.SupportRecall));
        Assert.Equal((1, 1, 0, 0), (missed.RelativeCodeError, missed.SupportPrecision, missed.SupportRecall, missed.SupportF1));
    }

    [Fact]
    public void Bad_shapes_are_refused()
    {
        Refused("'z' is [3×1]; it must be [3×2].", () => CodeEvaluator.CodeError(new Matrix(3, 1), Exact));
        Refused("'z' is [2×2]; it must be [3×2].", () => CodeEvaluator.CodeError(new Matrix(2, 2), Exact));
        Refused("'exact.Rows' is 0; it must be 1 or more.", () => CodeEvaluator.CodeError(new Matrix(0, 2), new Matrix(0, 2)));
        Refused("'z' is [3×2]; it must be [4×2].", () => CodeEvaluator.Compare(new Matrix(4, 2), Dictionary, 0.5f, Z, Exact));
        Refused("'lambda' is 0; it must be a finite number above 0.", () => CodeEvaluator.Compare(X, Dictionary, 0, Z, Exact));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }
}
