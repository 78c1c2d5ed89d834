using FastSparseCoding.Encoders;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

/// <summary>What encoders make of penalties other than the lasso's.</summary>
public sealed class EncoderPenaltyTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(5, 3, seed: 1);

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void It_is_kept_by_everything_that_makes_an_encoder(string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.25f, 5);
        TrainableEncoder[] all =
        [
            .. from kind in (string[])["lista", "lcod", "lista-layers", "lista-coupled", "slista", "shrink"]
                select EncoderFactory.Create(kind, Dictionary, penalty, kind == "shrink" ? 0 : 2),
            .. from kind in (string[])["lista", "lcod", "lista-layers", "shrink"]
                select EncoderFactory.CreateEmpty(kind, 3, 5, kind == "shrink" ? 0 : 2, penalty, null),
            ListaEncoder.Random(3, 5, penalty, 2, seed: 1), LcodEncoder.Random(3, 5, penalty, 2, seed: 1),
                ListaEncoder.FromDictionary(Dictionary, penalty, 2).Truncate(1),
        ];

        Assert.All(all, encoder => Assert.Same(penalty, encoder.Penalty));
        Assert.All(all, encoder => Assert.Equal(0.25f, encoder.Lambda));
    }

    [Fact]
    public void A_number_stands_for_the_lasso()
    {
        TrainableEncoder[] all =
        [
            ListaEncoder.FromDictionary(Dictionary, lambda: 0.5f, depth: 1), LcodEncoder.FromDictionary(Dictionary, lambda: 0.5f, depth: 1),
            LayeredListaEncoder.FromDictionary(Dictionary, lambda: 0.5f, depth: 1),
            CoupledListaEncoder.FromDictionary(Dictionary, lambda: 0.5f, depth: 1),
            StepListaEncoder.FromDictionary(Dictionary, lambda: 0.5f, depth: 1),
            ShrinkEncoder.FromDictionary(Dictionary, lambda: 0.5f), TanhEncoder.FromDictionary(Dictionary, lambda: 0.5f),
            DoubleTanhEncoder.FromDictionary(Dictionary, lambda: 0.5f), ListaEncoder.Random(3, 5, 0.5f, 1, seed: 1),
        ];

        Assert.All(all, encoder => Assert.Equal(new Penalty(0.5f), encoder.Penalty));
    }

    [Theory]
    [InlineData("lista", 3)]
    [InlineData("lista-layers", 3)]
    [InlineData("lista-coupled", 3)]
    [InlineData("slista", 3)]
    [InlineData("lcod", 9)]
    [InlineData("shrink", 0)]
    public void Codes_that_must_not_be_negative_are_not_whatever_the_parameters(string kind, int depth)
    {
        Matrix x = RandomData.Normal(200, 11, seed: 6);
        TrainableEncoder encoder = EncoderCase.Create(kind, depth, member: "z ≥ 0").Encoder,
            signed = EncoderCase.Create(kind, depth).Encoder;

        float[] codes = encoder.Encode(x, 1, TestContext.Current.CancellationToken).Values.ToArray();

        Assert.All(codes, value => Assert.InRange(value, 0, float.MaxValue));
        Assert.Contains(codes, value => value > 0);
        Assert.Contains(signed.Encode(x, 1, TestContext.Current.CancellationToken).Values.ToArray(), value => value < 0);
    }

    [Theory]
    [MemberData(nameof(EncoderCase.Family), MemberType = typeof(EncoderCase))]
    public void Encoding_and_training_passes_allocate_nothing(string kind, int depth, string member)
    {
        EncoderCase test = EncoderCase.Create(kind, depth, member: member);
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
    public void Weights_of_another_number_than_the_codes_values_are_refused()
    {
        var penalty = new Penalty(0.5f, [1, 2, 3, 4]);
        foreach (string kind in EncoderFactory.Kinds)
        {
            Assert.Equal("'penalty.Weights' has 4 values; it must have 5. (Parameter 'penalty.Weights')",
                Assert.Throws<ArgumentException>(() => EncoderFactory.Create(kind, Dictionary, penalty, 0)).Message);
            Assert.Equal("'penalty.Weights' has 4 values; it must have 6. (Parameter 'penalty.Weights')",
                Assert.Throws<ArgumentException>(
                () => EncoderFactory.CreateEmpty(kind, 3, 6, 0, penalty, kind == "slista" ? RandomData.Dictionary(6, 3, seed: 1) : null))
                .Message);
        }
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("tanh2")]
    public void Encoders_of_either_sign_refuse_codes_that_must_not_be_negative(string kind)
    {
        var penalty = new Penalty(0.5f, nonNegative: true);
        string message =
            $"'penalty' is λ = 0.5, z ≥ 0; it must allow negative codes, since '{kind}' predicts codes of either sign. (Parameter "
            + "'penalty')";

        Assert.Equal(message, Assert.Throws<ArgumentException>(() => EncoderFactory.Create(kind, Dictionary, penalty, 0)).Message);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => EncoderFactory.CreateEmpty(kind, 3, 5, 0, penalty, null)).Message);
    }

    [Fact]
    public void Encoders_that_need_their_dictionary_say_so()
    {
        Assert.Equal(
            "'dictionary' is null; an 'slista' encoder has no weights but its dictionary's. (Parameter 'dictionary')",
            Assert.Throws<ArgumentException>(() => EncoderFactory.CreateEmpty("slista", 3, 5, 1, 0.5f, null)).Message);
        Assert.Equal(
            "'penalty' is λ = 0.5, μ = 2; without its dictionary a 'lista-coupled' encoder takes no ridge, which divides by 1 + μ/L. "
                + "(Parameter 'penalty')",
            Assert.Throws<ArgumentException>(() => EncoderFactory.CreateEmpty("lista-coupled", 3, 5, 1, new Penalty(0.5f, ridge: 2), null))
                .Message);
    }

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Trained_steps_serve_another_penalty(string member)
    {
        StepListaEncoder encoder = (StepListaEncoder)EncoderCase.Create("slista", 3).Encoder;
        Penalty other = Problems.Penalty(member, 0.1f, 13);
        StepListaEncoder expected = StepListaEncoder.FromDictionary(encoder.Dictionary!, other, 3);
        encoder.Parameters.Values.CopyTo(expected.Parameters.Values);
        expected.Refresh();
        Matrix x = RandomData.Normal(50, 11, seed: 3);

        StepListaEncoder actual = encoder.WithPenalty(other);

        Assert.Same(other, actual.Penalty);
        Assert.Equal(expected.Encode(x, 1, TestContext.Current.CancellationToken).Values,
            actual.Encode(x, 1, TestContext.Current.CancellationToken).Values);
    }
}
