using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

public sealed class EncoderContractTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(5, 3, seed: 1);

    [Fact]
    public void Every_kind_is_made_by_its_name()
    {
        Assert.Equal(["lista", "lcod", "shrink", "tanh", "tanh2", "lista-layers", "lista-coupled", "slista"], EncoderFactory.Kinds);
        Type[] types = [typeof(ListaEncoder), typeof(LcodEncoder), typeof(ShrinkEncoder), typeof(TanhEncoder), typeof(DoubleTanhEncoder),
            typeof(LayeredListaEncoder), typeof(CoupledListaEncoder), typeof(StepListaEncoder)];
        for (int i = 0; i < types.Length; i++)
        {
            string kind = EncoderFactory.Kinds[i];
            int depth = kind.StartsWith('l') || kind == "slista" ? 4 : 0;
            AtomDictionary? needed = kind == "slista" ? Dictionary : null;
            TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, 0.5f, depth),
                empty = EncoderFactory.CreateEmpty(kind, 3, 5, depth, 0.5f, needed);
            Assert.Equal(types[i], encoder.GetType());
            Assert.Equal(types[i], empty.GetType());
            Assert.Equal((kind, 3, 5, depth, 0.5f), (encoder.Kind, encoder.SignalSize, encoder.CodeSize, encoder.Depth, encoder.Lambda));
            Assert.Same(Dictionary, encoder.Dictionary);
            Assert.Same(needed, empty.Dictionary);
            Assert.Equal(encoder.Parameters.Windows, empty.Parameters.Windows);
            Assert.All(empty.Parameters.Values.ToArray(), value => Assert.Equal(0, value));
            Assert.Equal(encoder.Parameters.Windows.Sum(window => window.Length), encoder.Parameters.Values.Length);
        }
    }

    [Theory]
    [InlineData("lista", 0, 400 * 100)]
    [InlineData("lista", 3, 400 * 100 + 3 * 400 * 400)]
    [InlineData("lista-layers", 3, 400 * 100 + 3 * 400 * 400)]
    [InlineData("lista-coupled", 3, 7 * 400 * 100)]
    [InlineData("slista", 3, 7 * 400 * 100)]
    [InlineData("lcod", 0, 400 * 100)]
    [InlineData("lcod", 20, 400 * 100 + 20 * 400)]
    [InlineData("shrink", 0, 400 * 100)]
    [InlineData("tanh", 0, 400 * 100)]
    [InlineData("tanh2", 0, 400 * 100)]
    public void Multiply_adds_are_those_of_the_equations(string kind, int depth, long expected)
        => Assert.Equal(expected,
            EncoderFactory.CreateEmpty(kind, 100, 400, depth, 0.5f, kind == "slista" ? RandomData.Dictionary(400, 100, seed: 1) : null)
            .MultiplyAdds);

    [Theory]
    [MemberData(nameof(EncoderCase.Kinds), MemberType = typeof(EncoderCase))]
    public void Changed_parameters_are_in_use_after_Refresh(string kind, int depth)
    {
        EncoderCase test = EncoderCase.Create(kind, depth), other = EncoderCase.Create(kind, depth, distance: 1.1e-3);
        Matrix before = test.Encoder.Encode(test.X, 1, TestContext.Current.CancellationToken);
        Matrix noise = RandomData.Normal(1, test.Parameters.Length, seed: 77);
        for (int i = 0; i < noise.Columns; i++)
            test.Encoder.Parameters.Values[i] = other.Encoder.Parameters.Values[i] + 0.2f * Math.Abs(noise[0, i]);
        test.Encoder.Refresh();

        Matrix after = test.Encoder.Encode(test.X, 1, TestContext.Current.CancellationToken);

        Assert.False(before.Values.SequenceEqual(after.Values));
        double[] expected = [.. EncoderTwin.Rows(test.X).SelectMany(row => test.Twin.Forward(test.Parameters, row))];
        // The weights are larger now: every layer multiplies the rounding of the one before by the sum of a row of S.
        Tolerance.Check(expected, after.Values, 100 * Math.Pow(4, Math.Min(depth, 3)), expected.Max(Math.Abs));
    }

    [Theory]
    [InlineData("lista", 2)]
    [InlineData("lista-layers", 2)]
    [InlineData("lista-coupled", 2)]
    [InlineData("lcod", 4)]
    [InlineData("shrink", 0)]
    public void Thresholds_never_fall_below_zero(string kind, int depth)
    {
        EncoderCase test = EncoderCase.Create(kind, depth);
        ParameterSlab parameters = test.Encoder.Parameters;
        parameters.View("theta").Values[3] = -0.25f;
        float[] expected = parameters.Values.ToArray();
        expected[parameters.Windows.Single(window => window.Name == "theta").Offset + 3] = 0;

        // A step along a gradient of zeros.
        new TrainedSlab(parameters, OptimizerKind.Sgd, _ => 1, _ => 0, test.Encoder.RefreshRows)
            .Update(Part.Whole, scale: 1, decay: 1, step: 1);

        Assert.Equal(expected, parameters.Values);
    }

    [Fact]
    public void A_training_step_that_would_make_a_threshold_negative_leaves_it_at_zero()
    {
        ListaEncoder encoder = ListaEncoder.FromDictionary(RandomData.Dictionary(13, 11, seed: 1), 0.05f, 1);
        var options = new TrainingOptions
        {
            Samples = 640,
            BatchSize = 64,
            Optimizer = OptimizerKind.Sgd,
            LearningRate = 0.05f,
            Threads = 1
        };
        EncoderTrainer.Train(encoder, RandomData.Normal(300, 11, seed: 2), new ActiveSetSolver(encoder.Dictionary!, 0.05f), options,
            cancellation: TestContext.Current.CancellationToken);

        float[] theta = encoder.Parameters.View("theta").Values.ToArray();
        Assert.All(theta, value => Assert.InRange(value, 0, float.MaxValue));
        Assert.Contains(0, theta);
    }

    [Theory]
    [MemberData(nameof(EncoderCase.Kinds), MemberType = typeof(EncoderCase))]
    public void Encoding_and_training_passes_allocate_nothing(string kind, int depth)
    {
        EncoderCase test = EncoderCase.Create(kind, depth);
        Matrix z = new(5, 13), dz = RandomData.Normal(5, 13, seed: 4), dx = new(5, 11);
        ParameterSlab gradient = test.Encoder.Parameters.EmptyCopy();
        EncoderPass pass = test.Encoder.CreatePass(5);
        Allocation.CheckNone(() => test.Encoder.Encode(test.X.View, z.View));
        Allocation.CheckNone(() =>
        {
            pass.Forward(test.X);
            pass.Backward(test.X, dz, gradient, dx);
        });
    }

    [Fact]
    public void Wrong_arguments_of_the_factory_are_named()
    {
        Assert.Equal(
            "'kind' is 'rnn'; it must be one of lista, lcod, shrink, tanh, tanh2, lista-layers, lista-coupled, slista. (Parameter 'kind')",
            Message(() => EncoderFactory.Create("rnn", Dictionary, 1, 1)));
        Assert.Equal(
            "'kind' is ''; it must be one of lista, lcod, shrink, tanh, tanh2, lista-layers, lista-coupled, slista. (Parameter 'kind')",
            Message(() => EncoderFactory.CreateEmpty("", 3, 5, 1, 1, null)));
        foreach (string kind in (string[])["shrink", "tanh", "tanh2"])
            Assert.StartsWith($"'depth' is 2; it must be 0 for '{kind}', which has no depth.",
                Message(() => EncoderFactory.Create(kind, Dictionary, 1, 2)), StringComparison.Ordinal);
        Assert.StartsWith("'depth' is -1; it must be from 0 to 1000.", Message(() => EncoderFactory.Create("lista", Dictionary, 1, -1)),
            StringComparison.Ordinal);
        Assert.StartsWith("'depth' is 1001; it must be from 0 to 1000.", Message(() => EncoderFactory.Create("lista", Dictionary, 1, 1001)),
            StringComparison.Ordinal);
        Assert.StartsWith("'depth' is 10001; it must be from 0 to 10000.",
            Message(() => EncoderFactory.Create("lcod", Dictionary, 1, 10001)), StringComparison.Ordinal);
        Assert.StartsWith("'signalSize' is 0; it must be 1 or more.", Message(() => EncoderFactory.CreateEmpty("lista", 0, 5, 1, 1, null)),
            StringComparison.Ordinal);
        Assert.StartsWith("'codeSize' is 0; it must be 1 or more.", Message(() => EncoderFactory.CreateEmpty("lcod", 3, 0, 1, 1, null)),
            StringComparison.Ordinal);
        Assert.Equal("'dictionary' is [5×3]; it must be [6×3]. (Parameter 'dictionary')",
            Message(() => EncoderFactory.CreateEmpty("tanh", 3, 6, 0, 1, Dictionary)));
        foreach (string kind in EncoderFactory.Kinds)
        {
            Assert.StartsWith("'lambda' is 0; it must be a finite number above 0.",
                Message(() => EncoderFactory.Create(kind, Dictionary, 0, 0)), StringComparison.Ordinal);
            Assert.StartsWith("'lambda' is NaN; it must be a finite number above 0.",
                Message(() => EncoderFactory.CreateEmpty(kind, 3, 5, 0, float.NaN, null)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Wrong_arguments_of_an_encoder_and_its_passes_are_named()
    {
        foreach (string kind in EncoderFactory.Kinds)
        {
            TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, 1, 0);
            Matrix x = new(4, 3), z = new(4, 5);
            Assert.Equal("'x' has 4 columns; it must have 3. (Parameter 'x')",
                Message(() => encoder.Encode(new Matrix(4, 4).View, z.View)));
            Assert.Equal("'z' is [4×3]; it must be [4×5]. (Parameter 'z')", Message(() => encoder.Encode(x.View, new Matrix(4, 3).View)));
            x[2, 1] = float.NaN;
            Assert.Equal("'x' holds NaN at row 2, column 1; every value must be finite. (Parameter 'x')",
                Message(() => encoder.Encode(x.View, z.View)));
            x[2, 1] = 1;

            Assert.StartsWith("'maxRows' is 0; it must be 1 or more.", Message(() => encoder.CreatePass(0)), StringComparison.Ordinal);
            EncoderPass pass = encoder.CreatePass(4);
            ParameterSlab gradient = encoder.Parameters.EmptyCopy();
            Assert.Equal("'x' has not been through Forward; Backward must follow it. (Parameter 'x')",
                Message(() => pass.Backward(x, z, gradient)));
            Assert.StartsWith("'x.Rows' is 5; it must be 4 or less.", Message(() => pass.Forward(new Matrix(5, 3))),
                StringComparison.Ordinal);
            pass.Forward(x);
            Assert.Equal("'x' is [3×3]; it must be [4×3]. (Parameter 'x')", Message(() => pass.Backward(new Matrix(3, 3), z, gradient)));
            Assert.Equal("'dz' is [4×4]; it must be [4×5]. (Parameter 'dz')", Message(() => pass.Backward(x, new Matrix(4, 4), gradient)));
            Assert.Equal("'dx' is [4×2]; it must be [4×3]. (Parameter 'dx')",
                Message(() => pass.Backward(x, z, gradient, new Matrix(4, 2))));
            int length = gradient.Values.Length;
            ParameterSlab other = (kind == "slista" ? EncoderFactory.Create(kind, Dictionary, 1, 1)
                : EncoderFactory.CreateEmpty(kind, 3, 6, 0, 1, null)).Parameters;
            Assert.Equal($"'gradient' has {other.Values.Length} values; it must have {length}. (Parameter 'gradient')",
                Message(() => pass.Backward(x, z, other)));
        }
    }

    [Fact]
    public void A_window_of_another_name_is_refused_with_the_names_there_are()
    {
        ParameterSlab slab = EncoderFactory.Create("lista", Dictionary, 1, 0).Parameters;
        Assert.Equal("'name' is 'S'; it must be one of W_e, S_transposed, theta. (Parameter 'name')", Message(() => slab.View("S")));
        Assert.Equal([("W_e", 0, 5, 3), ("S_transposed", 15, 5, 5), ("theta", 40, 1, 5)],
            slab.Windows.Select(w => (w.Name, w.Offset, w.Rows, w.Columns)));
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
