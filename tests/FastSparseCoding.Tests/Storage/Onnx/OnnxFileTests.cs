using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Encoders;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>What ONNX Runtime makes of the files is what the library makes of the signals.</summary>
public sealed class OnnxFileTests
{
    [Theory]
    [MemberData(nameof(EncoderCase.Family), MemberType = typeof(EncoderCase))]
    public void Codes_are_ours_for_every_kind_and_penalty(string kind, int depth, string member)
    {
        TrainableEncoder encoder = EncoderCase.Create(kind, depth, member: member).Encoder;
        using var session = new OnnxSession(OnnxSession.Bytes(s => OnnxFile.Save(s, encoder)));

        foreach (int rows in (int[])[1, 7, 100])
            CheckCodes(encoder, session, RandomData.Normal(rows, encoder.SignalSize, seed: rows));
    }

    [Theory]
    [InlineData("lista", 3)]
    [InlineData("lcod", 7)]
    public void Codes_are_ours_at_the_papers_size(string kind, int depth)
    {
        AtomDictionary dictionary = RandomData.Dictionary(100, 100, seed: 1);
        TrainableEncoder encoder = EncoderFactory.Create(kind, dictionary, 0.5f, depth);
        using var session = new OnnxSession(OnnxSession.Bytes(s => OnnxFile.Save(s, encoder)));

        CheckCodes(encoder, session, RandomData.Normal(50, 100, seed: 2));
    }

    /// <summary>Codes that are off by δ have an energy that is off by Σ(|d_k·r| + λ)δ_k + ½(Σδ_k)² at most.</summary>
    [Fact]
    public void Coordinate_descent_reaches_our_energies()
    {
        AtomDictionary dictionary = RandomData.Dictionary(100, 64, seed: 3);
        LcodEncoder encoder = LcodEncoder.FromDictionary(dictionary, lambda: 0.5f, depth: 10);
        Matrix x = RandomData.Normal(200, 64, seed: 4);
        using var session = new OnnxSession(OnnxSession.Bytes(s => OnnxFile.Save(s, encoder)));
        var lasso = new LassoTwin(dictionary, 0.5f);
        double[] errors = new OnnxTwin(OnnxFile.Graph(encoder), x)["z"].Errors;

        Matrix ours = encoder.Encode(x, 1, TestContext.Current.CancellationToken),
            theirs = new(200, 100, session.Run<float>("z", x)), residual = dictionary.Reconstruct(ours);

        TensorPrimitives.Subtract(x.Values, residual.Values, residual.Values);
        int telling = 0;
        for (int i = 0; i < 200; i++)
        {
            double bound = 0, sum = 0, energy = lasso.Energy(x.Row(i), LassoTwin.Widen(ours.Row(i)));
            for (int k = 0; k < 100; k++)
            {
                double delta = 2 * errors[i * 100 + k];
                bound += (Math.Abs(TensorPrimitives.Dot(dictionary.Atoms.Row(k), residual.Row(i))) + 0.5) * delta;
                sum += delta;
            }
            bound += sum * sum / 2;
            Assert.Equal(energy, lasso.Energy(x.Row(i), LassoTwin.Widen(theirs.Row(i))), bound);
            telling += bound < 1e-2 * energy ? 1 : 0;
        }
        Assert.InRange(telling, 190, 200);
    }

    [Fact]
    public void Of_equal_changes_the_first_is_taken()
    {
        Matrix atoms = RandomData.Normal(6, 4, seed: 5);
        atoms.Row(1).CopyTo(atoms.Row(4));
        LcodEncoder encoder = LcodEncoder.FromDictionary(AtomDictionary.Normalize(atoms), lambda: 0.1f, depth: 1);
        Matrix x = RandomData.Normal(50, 4, seed: 6);
        x.Row(7).Clear();
        using var session = new OnnxSession(OnnxSession.Bytes(s => OnnxFile.Save(s, encoder)));

        var theirs = new Matrix(50, 6, session.Run<float>("z", x));
        Matrix ours = encoder.Encode(x, 1, TestContext.Current.CancellationToken);

        // The other one keeps less than its threshold, but for the rounding of sums of four products of values below 4.
        const double Bound = 10 * Tolerance.UnitRoundoff * 4 * 4;
        Assert.All(ours.Values.ToArray().Zip(theirs.Values.ToArray()), z => Assert.Equal(z.First, z.Second, Bound));
        Assert.InRange(Enumerable.Range(0, 50).Count(i => Math.Abs(theirs[i, 1]) > 0.1 && Math.Abs(theirs[i, 4]) <= Bound), 5, 50);
        Assert.DoesNotContain(Enumerable.Range(0, 50), i => Math.Abs(theirs[i, 4]) > 0.1 && Math.Abs(theirs[i, 1]) <= Bound);
        Assert.All(theirs.Row(7).ToArray(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("shrink")]
    [InlineData("lista")]
    [InlineData("lcod")]
    public void A_classifier_gives_our_labels_and_probabilities(string kind)
    {
        TrainableEncoder? encoder = kind.Length == 0 ? null : EncoderCase.Create(kind, kind == "shrink" ? 0 : 3).Encoder;
        var classifier = new LinearClassifier(13, 4);
        RandomData.Normal(1, classifier.Parameters.Values.Length, seed: 7).Values.CopyTo(classifier.Parameters.Values);
        Matrix x = RandomData.Normal(100, encoder?.SignalSize ?? 13, seed: 8), y = new(100, 4);
        classifier.Forward(encoder is null ? x : encoder.Encode(x, 1, TestContext.Current.CancellationToken), y.View);
        using var session = new OnnxSession(OnnxSession.Bytes(s => OnnxFile.Save(s, new ClassifierModel(classifier, encoder))));

        var twin = new OnnxTwin(OnnxFile.Graph(classifier, encoder), x);

        Assert.Equal(["label", "probabilities"], session.Outputs.Keys.Order(StringComparer.Ordinal));
        long[] labels = session.Run<long>("label", x);
        int[] clear = [.. Enumerable.Range(0, 100).Where(i => twin["label"].Choices[i].Length == 1)];
        Assert.InRange(clear.Length, 99, 100);
        Assert.Equal(clear.Select(i => (long)TensorPrimitives.IndexOfMax<float>(y.Row(i))),
            clear.Select(i => labels[i]));
        CheckWithin(twin, "probabilities", Softmax(y), session.Run<float>("probabilities", x));
    }

    [Fact]
    public void The_same_file_is_written_to_a_path_and_to_a_stream()
    {
        using var folder = new TempFolder();
        TrainableEncoder encoder = EncoderCase.Create("lista", 3).Encoder;
        var model = new ClassifierModel(new LinearClassifier(13, 4), encoder);

        OnnxFile.Save(folder.File("z.onnx"), encoder);
        OnnxFile.Save(folder.File("c.onnx"), model);

        Assert.Equal(OnnxSession.Bytes(s => OnnxFile.Save(s, encoder)), File.ReadAllBytes(folder.File("z.onnx")));
        Assert.Equal(OnnxSession.Bytes(s => OnnxFile.Save(s, model)), File.ReadAllBytes(folder.File("c.onnx")));
    }

    [Fact]
    public void What_has_no_graph_is_refused()
    {
        AtomDictionary dictionary = RandomData.Dictionary(5, 3, seed: 1);
        ListaEncoder broken = ListaEncoder.FromDictionary(dictionary, 0.5f, 1);
        broken.Parameters.View("W_e").Values[4] = float.NaN;
        var exact = new ClassifierModel(new LinearClassifier(5, 2), new ActiveSetSolver(dictionary, 0.5f));

        Assert.Equal("'W_e' holds NaN at row 1, column 1; every value must be finite. (Parameter 'W_e')",
            Assert.Throws<ArgumentException>(() => OnnxFile.Save(Stream.Null, broken)).Message);
        Assert.Equal(
            "'encoder' is a ActiveSetSolver; it must be a trainable encoder or nothing, since exact codes are no graph. (Parameter "
            + "'encoder')",
            Assert.Throws<ArgumentException>(() => OnnxFile.Save(Stream.Null, exact)).Message);
        Assert.Equal("'model' has 2147483648 bytes; an ONNX file has 2147483647 at most. (Parameter 'model')",
            Assert.Throws<ArgumentException>(() => OnnxModel.RequireSize(1L << 31)).Message);
        OnnxModel.RequireSize(int.MaxValue);
    }

    private static void CheckCodes(TrainableEncoder encoder, OnnxSession session, Matrix x)
    {
        var twin = new OnnxTwin(OnnxFile.Graph(encoder), x);
        Matrix z = encoder.Encode(x, 1, TestContext.Current.CancellationToken);
        CheckWithin(twin, "z", [.. z.Values.ToArray().Select(v => (double)v)], session.Run<float>("z", x));
        if (encoder.Penalty.NonNegative)
            Assert.All(session.Run<float>("z", x), value => Assert.InRange(value, 0, float.MaxValue));
    }

    /// <summary>Both round on their way, so that they may be twice the bound apart; of most values the bound says a lot.</summary>
    internal static void CheckWithin(OnnxTwin twin, string output, double[] ours, float[] theirs, double most = 1e-3)
    {
        double[] bounds = [.. twin[output].Errors.Select(e => 2 * e)];
        Assert.Equal(bounds.Length, ours.Length);
        Assert.Equal(bounds.Length, theirs.Length);
        for (int i = 0; i < ours.Length; i++)
            Assert.True(Math.Abs(ours[i] - theirs[i]) <= bounds[i],
                FormattableString.Invariant($"{output} {i}: ours {ours[i]:R}, theirs {theirs[i]:R}, bound {bounds[i]:G3}"));
        Assert.InRange(bounds.Order().ElementAt(bounds.Length / 2), 0, most);
    }

    private static double[] Softmax(Matrix y)
        => [.. Enumerable.Range(0, y.Rows).SelectMany(i =>
        {
            double[] e = [.. y.Row(i).ToArray().Select(v => Math.Exp(v))];
            return e.Select(v => v / e.Sum());
        })];
}
