using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

public sealed class EncoderEquivalenceTests
{
    private const float Lambda = 0.35f;

    public static TheoryData<int, int,
        string> Sizes
    { get; } =
        new(from size in ((int, int)[])[(31, 18), (12, 40)] from member in Problems.Members select (size.Item1, size.Item2, member.Data));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Untrained_LISTA_of_depth_T_is_T_plus_1_iterations_of_ISTA(int atoms, int size, string member)
    {
        (AtomDictionary dictionary, Penalty penalty, Matrix x) = Problem(atoms, size, member);
        int[] depths = [0, 1, 2, 3, 7, 25];
        Dictionary<int, Matrix> ista = TraceTests.Trace(new IstaSolver(dictionary, penalty), x, [.. depths.Select(depth => depth + 1)]);
        foreach (int depth in depths)
        {
            Matrix lista = Encode(ListaEncoder.FromDictionary(dictionary, penalty, depth), x);
            CheckClose(ista[depth + 1], lista, (depth + 1) * atoms);
            Assert.Equal(lista.Values, Encode(LayeredListaEncoder.FromDictionary(dictionary, penalty, depth), x).Values);
            CheckClose(ista[depth + 1], Encode(CoupledListaEncoder.FromDictionary(dictionary, penalty, depth), x),
                (depth + 1) * (atoms + size));
            CheckClose(ista[depth + 1], Encode(StepListaEncoder.FromDictionary(dictionary, penalty, depth), x),
                (depth + 1) * (atoms + size));
        }
    }

    [Fact]
    public void With_equal_layers_the_layered_LISTA_is_LISTA_and_its_layers_gradients_add_up()
    {
        ListaEncoder lista = (ListaEncoder)EncoderCase.Create("lista", 3).Encoder;
        LayeredListaEncoder layered = LayeredListaEncoder.FromDictionary(lista.Dictionary!, lista.Lambda, 3);
        lista.Parameters.Values[..(13 * 11 + 13 * 13)].CopyTo(layered.Parameters.Values);
        for (int t = 0; t <= 3; t++)
            lista.Parameters.View("theta").Values.CopyTo(layered.Parameters.View("theta").Row(t));
        layered.Refresh();
        Matrix x = RandomData.Normal(20, 11, seed: 1), dz = RandomData.Normal(20, 13, seed: 2);
        EncoderPass one = lista.CreatePass(20), other = layered.CreatePass(20);
        ParameterSlab expected = lista.Parameters.EmptyCopy(), actual = layered.Parameters.EmptyCopy();

        Assert.True(one.Forward(x).Values.SequenceEqual(other.Forward(x).Values));
        one.Backward(x, dz, expected);
        other.Backward(x, dz, actual);

        Assert.Equal(expected.View("W_e").Values, actual.View("W_e").Values);
        Assert.Equal(expected.View("S_transposed").Values, actual.View("S_transposed").Values);
        double[] sum = new double[13];
        for (int t = 0; t <= 3; t++)
            for (int k = 0; k < 13; k++)
                sum[k] += actual.View("theta").Row(t)[k];
        Tolerance.Check(sum, expected.View("theta").Values, operations: 4 * 20, sum.Max(Math.Abs));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Untrained_LCoD_is_as_many_updates_of_CoD(int atoms, int size, string member)
    {
        (AtomDictionary dictionary, Penalty penalty, Matrix x) = Problem(atoms, size, member);
        int[] depths = [0, 1, 2, 5, 20, 90];
        Dictionary<int, Matrix> cod = TraceTests.Trace(new GreedyCoordinateDescentSolver(dictionary, penalty), x, depths);
        foreach (int depth in depths)
            CheckClose(cod[depth], Encode(LcodEncoder.FromDictionary(dictionary, penalty, depth), x), depth + size);
    }

    /// <summary>The solvers begin with the same matrices as the encoders; the twin knows neither.</summary>
    [Theory]
    [MemberData(nameof(Sizes))]
    public void Untrained_encoders_are_the_iterations_of_the_twin(int atoms, int size, string member)
    {
        (AtomDictionary dictionary, Penalty penalty, Matrix x) = Problem(atoms, size, member);
        var twin = new IterationTwins(dictionary, penalty);
        foreach (int depth in (int[])[0, 1, 3, 10])
        {
            Matrix lista = Encode(ListaEncoder.FromDictionary(dictionary, penalty, depth), x),
                lcod = Encode(LcodEncoder.FromDictionary(dictionary, penalty, depth), x);
            for (int i = 0; i < 4; i++)
            {
                // As in the tests of the solvers: n + m roundings for every iteration, of the size of the largest correlation.
                double operations = (atoms + size) * Math.Sqrt(atoms) * (depth + 2),
                    magnitude = new LassoTwin(dictionary, 1).LambdaMax(x.Row(i));
                Tolerance.Check(twin.Ista(x.Row(i), depth + 1), lista.Row(i), operations, magnitude);
                Tolerance.Check(twin.GreedyCoordinateDescent(x.Row(i), depth), lcod.Row(i), operations, magnitude);
            }
        }
        Assert.InRange(twin.NearestDecision, 1e-5, double.PositiveInfinity);
    }

    [Theory]
    [MemberData(nameof(EncoderCase.Kinds), MemberType = typeof(EncoderCase))]
    public void With_weights_of_1_and_no_ridge_it_is_the_lassos_bit_for_bit(string kind, int depth)
    {
        (AtomDictionary dictionary, Penalty lasso, Matrix x) = Problem(31, 18, "");
        float[] ones = new float[31];
        ones.AsSpan().Fill(1);
        TrainableEncoder expected = EncoderFactory.Create(kind, dictionary, lasso, depth),
            actual = EncoderFactory.Create(kind, dictionary, new Penalty(Lambda, ones, ridge: 0), depth);

        Assert.Equal(expected.Parameters.Values, actual.Parameters.Values);
        Assert.Equal(Encode(expected, x).Values, Encode(actual, x).Values);
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void The_shrinkage_encoder_is_LISTA_of_depth_0(string member)
    {
        (AtomDictionary dictionary, Penalty penalty, Matrix x) = Problem(31, 18, member);
        Assert.Equal(Encode(ListaEncoder.FromDictionary(dictionary, penalty, 0), x).Values,
            Encode(ShrinkEncoder.FromDictionary(dictionary, penalty), x).Values);
    }

    [Fact]
    public void Tanh_encoders_start_near_a_multiple_of_the_first_step()
    {
        // tanh b ≈ b; tanh(b + 1) + tanh(b − 1) ≈ 2b/cosh²1, for small b; the tolerance is a few roundings of 1, the scale of tanh.
        AtomDictionary dictionary = RandomData.Dictionary(31, 18, seed: 1);
        Matrix x = RandomData.Normal(5, 18, seed: 2);
        foreach (ref float value in x.Values)
            value *= 1e-3f;
        Matrix one = Encode(TanhEncoder.FromDictionary(dictionary, Lambda), x),
            two = Encode(DoubleTanhEncoder.FromDictionary(dictionary, Lambda), x);
        for (int i = 0; i < 5; i++)
            for (int k = 0; k < 31; k++)
            {
                double b = -LassoObjective.Gradient(x.Row(i), dictionary, new float[31])[k] / dictionary.Lipschitz;
                Assert.Equal(b, one[i, k], 5e-7);
                Assert.Equal(2 * b / Math.Pow(Math.Cosh(1), 2), two[i, k], 5e-7);
            }
    }

    [Theory]
    [MemberData(nameof(EncoderCase.Family), MemberType = typeof(EncoderCase))]
    public void Encoding_a_batch_a_row_or_on_threads_and_a_training_pass_give_the_same_bits(string kind, int depth, string member)
    {
        TrainableEncoder encoder = EncoderCase.Create(kind, depth, member: member).Encoder;
        Matrix x = RandomData.Normal(700, 11, seed: 2), together = new(700, 13), alone = new(700, 13);
        x.RowRange(3, 2).Values.Clear();                // two zero codes, for the sparse products
        encoder.Encode(x.View, together.View, TestContext.Current.CancellationToken);
        for (int i = 0; i < 700; i++)
            encoder.Encode(x.RowRange(i, 1), alone.RowRange(i, 1), TestContext.Current.CancellationToken);

        Assert.Equal(together.Values, alone.Values);
        foreach (int threads in (int[])[1, 2, 3, 8])
            Assert.Equal(together.Values, encoder.Encode(x, threads, TestContext.Current.CancellationToken).Values);
        Assert.True(encoder.CreatePass(700).Forward(x).Values.SequenceEqual(together.Values));
    }

    [Theory]
    [InlineData("lista", 3)]
    [InlineData("lcod", 9)]
    public void A_random_start_is_that_of_a_random_dictionary(string kind, int depth)
    {
        TrainableEncoder Draw(int seed)
            => kind == "lista" ? ListaEncoder.Random(9, 14, Lambda, depth, seed) : LcodEncoder.Random(9, 14, Lambda, depth, seed);
        TrainableEncoder encoder = Draw(3);

        Assert.Equal(encoder.Parameters.Values, Draw(3).Parameters.Values);
        Assert.False(encoder.Parameters.Values.SequenceEqual(Draw(4).Parameters.Values));
        Assert.Null(encoder.Dictionary);
        AtomDictionary atoms = AtomDictionary.Normalize(encoder.Parameters.View("W_e"));
        Matrix x = RandomData.Normal(20, 9, seed: 2);
        CheckClose(Encode(EncoderFactory.Create(kind, atoms, Lambda, depth), x), Encode(encoder, x), 14 * (depth + 1));
    }

    [Fact]
    public void A_better_atom_explains_a_worse_one_away()
    {
        // The signal is the first atom; the second is at 45° to it. A single shrinkage switches both on, the layers switch the second off
        // again.
        float half = MathF.Sqrt(0.5f);
        var dictionary = new AtomDictionary(new Matrix(2, 2, [1, 0, half, half]));
        var x = new Matrix(1, 2, [1, 0]);
        Matrix first = Encode(ListaEncoder.FromDictionary(dictionary, 0.1f, 0), x),
            last = Encode(ListaEncoder.FromDictionary(dictionary, 0.1f, 30), x);

        Assert.InRange(first[0, 1], 0.2f, 1);
        Assert.Equal(0, last[0, 1]);
        Assert.Equal(0.9, last[0, 0], 1e-3);
        Matrix updates = Encode(LcodEncoder.FromDictionary(dictionary, 0.1f, 1), x);
        Assert.Equal(0.9, updates[0, 0], 1e-6);
        Assert.Equal(0, updates[0, 1]);
    }

    private static (AtomDictionary Dictionary, Penalty Penalty, Matrix X) Problem(int atoms, int size, string member)
        => (RandomData.Dictionary(atoms, size, seed: 1), Problems.Penalty(member, Lambda, atoms), RandomData.Normal(70, size, seed: 2));

    private static Matrix Encode(TrainableEncoder encoder, Matrix x) => encoder.Encode(x, 1, TestContext.Current.CancellationToken);

    /// <summary>Two float32 computations of the same equations, a number of roundings of the size of the largest code apart.</summary>
    private static void CheckClose(Matrix expected, Matrix actual, double operations)
        => Tolerance.Check(LassoTwin.Widen(expected.Values), actual.Values, operations, expected.Values.ToArray().Max(Math.Abs));
}
