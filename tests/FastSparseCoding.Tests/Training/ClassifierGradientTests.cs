using FastSparseCoding.Encoders;
using FastSparseCoding.Tests.Encoders;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Training;

/// <summary>The classifier's gradients, alone and through the encoder below it.</summary>
public sealed class ClassifierGradientTests
{
    private const int Classes = 4;

    /// <summary>With random weights some label among five has a probability below a half: the largest dy is no smaller than that.</summary>
    private const double SmallestLargestStep = 0.5;

    private static readonly byte[] Labels = [2, 0, 3, 3, 1];

    public static TheoryData<string,
        int> Encoders
    { get; } =
        new() { { "lista", 0 }, { "lista", 1 }, { "lista", 3 }, { "lcod", 1 }, { "lcod", 9 }, { "shrink", 0 }, { "tanh2", 0 } };

    [Fact]
    public void The_twins_gradient_is_that_of_its_loss()
    {
        var twin = new ClassifierTwin(13, Classes);
        double[] p = LassoTwin.Widen(Random(13).Parameters.Values);
        double[][] z = EncoderTwin.Rows(RandomData.Normal(5, 13, seed: 2));
        (double[] dp, double[][] dz) = twin.Gradient(p, z, Labels);

        CheckDifferences(dp, p, () => twin.Loss(p, z, Labels));
        for (int i = 0; i < z.Length; i++)
            CheckDifferences(dz[i], z[i], () => twin.Loss(p, z, Labels));
    }

    [Fact]
    public void Probabilities_are_those_of_the_loss()
    {
        const int CodeSize = 33;
        LinearClassifier classifier = Random(CodeSize);
        var twin = new ClassifierTwin(CodeSize, Classes);
        Matrix z = RandomData.Normal(5, CodeSize, seed: 2), p = classifier.Probabilities(z);
        double[] parameters = LassoTwin.Widen(classifier.Parameters.Values);
        double[][] rows = EncoderTwin.Rows(z);
        for (int i = 0; i < rows.Length; i++)
        {
            // −ln p of a label is its loss; an error of a logit is one of p, relative to it.
            double[] expected = [.. Enumerable.Range(0, Classes).Select(c => Math.Exp(-twin.Loss(parameters, [rows[i]], [(byte)c])))];
            double largest = parameters.Max(Math.Abs) * (1 + rows[i].Sum(Math.Abs));
            Tolerance.Check(expected, p.Row(i), 2 * CodeSize + Classes + 8, largest);
            Assert.Equal(classifier.Predict(z)[i], p.Row(i).ToArray().Index().MaxBy(e => e.Item).Index);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    public void Forward_loss_and_backward_agree_with_the_twin(int codeSize)
    {
        LinearClassifier classifier = Random(codeSize);
        var twin = new ClassifierTwin(codeSize, Classes);
        Matrix z = RandomData.Normal(5, codeSize, seed: 2), logits = new(5, Classes), dz = new(5, codeSize);
        ParameterSlab gradient = classifier.Parameters.EmptyCopy();
        double[] p = LassoTwin.Widen(classifier.Parameters.Values);
        double[][] rows = EncoderTwin.Rows(z);
        (double[] dp, double[][] dzTwin) = twin.Gradient(p, rows, Labels);

        classifier.Forward(z, logits);
        double[] y = [.. rows.SelectMany(row => twin.Logits(p, row))];
        Tolerance.Check(y, logits.Values, codeSize + 1, Reach(p, rows, codeSize));
        double loss = LinearClassifier.Loss(logits, Labels, logits);
        Assert.True(Largest(LassoTwin.Widen(logits.Values)) > SmallestLargestStep);
        classifier.Backward(z, logits, gradient, dz);

        // Terms of a sum over rows or classes are no larger than the largest code or weight.
        double operations = Operations(p, rows, codeSize, codeRoundings: 0),
            largest = Math.Max(Largest(p), Largest(LassoTwin.Widen(z.Values)));
        Tolerance.Check(dp, gradient.Values, operations, largest);
        Tolerance.Check([.. dzTwin.SelectMany(row => row)], dz.Values, operations, largest);
        Assert.Equal(twin.Loss(p, rows, Labels), loss, operations * Tolerance.UnitRoundoff * Labels.Length);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void The_twins_end_to_end_gradient_is_that_of_its_loss(string kind, int depth)
    {
        EncoderCase test = EncoderCase.Create(kind, depth);
        var twin = new ClassifierTwin(13, Classes);
        double[] pe = test.Parameters, pc = LassoTwin.Widen(Random(13).Parameters.Values);
        double[][] x = EncoderTwin.Rows(test.X);
        (double[] dEncoder, double[] dClassifier, double[][] dx) = twin.Gradient(test.Twin, pe, pc, x, Labels);

        double Loss() => twin.Loss(test.Twin, pe, pc, x, Labels);
        CheckDifferences(dEncoder, pe, Loss);
        CheckDifferences(dClassifier, pc, Loss);
        for (int i = 0; i < x.Length; i++)
            CheckDifferences(dx[i], x[i], Loss);
        Assert.InRange(test.Twin.NearestKink, 1e-4, double.PositiveInfinity);
    }

    [Theory]
    [MemberData(nameof(Encoders))]
    public void End_to_end_agrees_with_the_twin(string kind, int depth)
    {
        EncoderCase test = EncoderCase.Create(kind, depth);
        LinearClassifier classifier = Random(13);
        var twin = new ClassifierTwin(13, Classes);
        double[] pc = LassoTwin.Widen(classifier.Parameters.Values);
        double[][] x = EncoderTwin.Rows(test.X);
        (double[] dEncoder, double[] dClassifier, double[][] dxTwin) = twin.Gradient(test.Twin, test.Parameters, pc, x, Labels);

        EncoderPass pass = test.Encoder.CreatePass(5);
        ParameterSlab gradientE = test.Encoder.Parameters.EmptyCopy(), gradientC = classifier.Parameters.EmptyCopy();
        Matrix logits = new(5, Classes), dz = new(5, 13), dx = new(5, 11);
        ReadOnlyMatrixView z = pass.Forward(test.X);
        classifier.Forward(z, logits);
        LinearClassifier.Loss(logits, Labels, logits);
        classifier.Backward(z, logits, gradientC, dz);
        pass.Backward(test.X, dz, gradientE, dx);

        // The roundings of GradientTests for the encoder, forward and backward, and those of the classifier between them.
        double[][] codes = [.. x.Select(row => test.Twin.Forward(test.Parameters, row))];
        double encoder = 4 * (2 * (Math.Min(depth, 13) + 1) * (11 + 13 + 4) + 5), operations = encoder + Operations(pc, codes, 13, encoder);
        Tolerance.Check(dClassifier, gradientC.Values, operations, Largest(dClassifier));
        Tolerance.Check([.. dxTwin.SelectMany(row => row)], dx.Values, operations, Largest(dxTwin.SelectMany(row => row)));
        foreach (ParameterWindow window in test.Encoder.Parameters.Windows)
        {
            double[] expected = dEncoder.AsSpan(window.Offset, window.Length).ToArray();
            Tolerance.Check(expected, gradientE.View(window).Values, operations, Math.Max(1e-300, Largest(expected)));
            Assert.True(depth == 0 && window.Name == "S_transposed" || Largest(expected) > 0.01,
                $"{window.Name} has no gradient to speak of");
        }
    }

    [Fact]
    public void Backward_accumulates_and_dz_may_be_left_out()
    {
        LinearClassifier classifier = Random(13);
        Matrix z = RandomData.Normal(5, 13, seed: 2), dy = RandomData.Normal(5, Classes, seed: 3);
        ParameterSlab once = classifier.Parameters.EmptyCopy(), twice = classifier.Parameters.EmptyCopy();

        classifier.Backward(z, dy, once);
        classifier.Backward(z, dy, twice, new Matrix(5, 13));
        Assert.Equal(once.Values, twice.Values);
        classifier.Backward(z, dy, twice);

        double[] expected = [.. LassoTwin.Widen(once.Values).Select(v => 2 * v)];
        Tolerance.Check(expected, twice.Values, 2 * 5, 4 * Largest(expected));
    }

    [Fact]
    public void Huge_logits_overflow_nowhere()
    {
        var logits = new Matrix(2, 3, [1e30f, 0, -1e30f, 500, 400, 300]);

        double loss = LinearClassifier.Loss(logits, [0, 1], logits);

        Assert.Equal(100, loss, 1e-9);
        Assert.Equal([0, 0, 0, 1, -1, 0], logits.Values.ToArray());
    }

    /// <summary>
    /// Roundings, relative to the largest dy, of a gradient: dy has at most half the error of the logits, that of the codes times Σ|w| and
    /// that of the sums Σ|w||z|; then come an exponential, a sum and a quotient, and a sum over classes or rows, in which no more than
    /// three quarters cancel.
    /// </summary>
    private static double Operations(double[] p, double[][] z, int codeSize, double codeRoundings)
    {
        double logits = codeRoundings * Largest(z.SelectMany(row => row)) * Reach(p, [[.. Enumerable.Repeat(1.0, codeSize)]], codeSize)
            + (codeSize + 2) * Reach(p, z, codeSize);
        return logits / 2 / SmallestLargestStep + 4 * (codeSize + Classes + Labels.Length + 16);
    }

    /// <summary>The largest Σ|w||z| + |b| of a logit.</summary>
    private static double Reach(double[] p, double[][] z, int codeSize)
        => z.Max(row => Enumerable.Range(0, Classes)
            .Max(c => Math.Abs(p[Classes * codeSize + c]) + row.Select((v, j) => Math.Abs(p[c * codeSize + j] * v)).Sum()));

    private static LinearClassifier Random(int codeSize)
    {
        var classifier = new LinearClassifier(codeSize, Classes);
        RandomData.Normal(1, classifier.Parameters.Values.Length, seed: 1).Values.CopyTo(classifier.Parameters.Values);
        return classifier;
    }

    /// <summary>Asserts that every derivative is the central difference of the loss, to 10⁻⁶ of the largest.</summary>
    private static void CheckDifferences(double[] gradient, double[] at, Func<double> loss)
    {
        double largest = Largest(gradient);
        Assert.True(largest > 0.01);
        for (int i = 0; i < at.Length; i++)
        {
            double value = at[i];
            at[i] = value + 1e-5;
            double above = loss();
            at[i] = value - 1e-5;
            double below = loss();
            at[i] = value;
            Assert.InRange(Math.Abs((above - below) / 2e-5 - gradient[i]), 0, 1e-6 * largest);
        }
    }

    private static double Largest(IEnumerable<double> values) => values.Max(Math.Abs);
}
