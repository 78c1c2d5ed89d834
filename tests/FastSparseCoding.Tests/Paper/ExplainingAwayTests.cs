using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Paper;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

public sealed class ExplainingAwayTests
{
    /// <summary>Two atoms that correlate 0.8 and a third that is orthogonal to both.</summary>
    private static readonly AtomDictionary Dictionary = new(Matrix.FromArray(new[,] { { 1f, 0, 0 }, { 0.8f, 0.6f, 0 }, { 0, 0, 1 } }));

    [Fact]
    public void An_atom_that_resembles_the_signal_is_silenced_by_the_one_that_is_the_signal()
    {
        // x = 2d₀. With λ = 0.5 the optimal code is (1.5, 0, 0): d₁ᵀ(x − 1.5d₀) = 0.4 stays below λ. At depth 0 d₁ᵀx = 1.6 activates atom
        // 1.
        var x = Matrix.FromArray(new float[,] { { 2, 0, 0 } });
        var exact = Matrix.FromArray(new float[,] { { 1.5f, 0, 0 } });

        ExplainingAway measured =
            ExplainingAway.Measure(ListaEncoder.FromDictionary(Dictionary, 0.5f, 60), Dictionary, x, exact,
            cancellation: TestContext.Current.CancellationToken);

        ExplainedAtom example = Assert.IsType<ExplainedAtom>(measured.Example);
        Assert.Equal((0, 1, 0), (example.Signal, example.Atom, example.ExplainingAtom));
        Assert.Equal(0.8f, (float)example.Correlation, 1e-6f);      // one rounding of the Gram matrix
        Assert.Equal(0.8, measured.Correlation, 1e-6);
        // L is just above 1.8: h(1.6/L) and h(2/L), with θ = 0.5/L.
        Assert.Equal(1.1f / Dictionary.Lipschitz, example.Activations[0], 1e-6f);
        Assert.Equal(1.5f / Dictionary.Lipschitz, example.ExplainingActivations[0], 1e-6f);
        Assert.Equal(0, example.Activations[^1]);
        Assert.Equal(1.5f, example.ExplainingActivations[^1], 1e-5f);   // 60 steps with 1 − 1/L < 0.45 each, once atom 1 is silent
        Assert.Equal(1.5f, example.ExplainingOptimum);
        Assert.Equal((0, 1, 1), (measured.Depths[0].Suppressed, measured.Depths[0].Kept, measured.Depths[0].WrongActivations));
        Assert.Equal((1, 1, 0, 0),
            (measured.Depths[^1].Suppressed, measured.Depths[^1].Kept, measured.Depths[^1].WrongActivations,
            measured.Depths[^1].WrongEnergy));
    }

    [Fact]
    public void The_measures_agree_with_a_count_by_hand()
    {
        var exact = Matrix.FromArray(new float[,] { { 2, 0, 0 }, { 0, -1, 0 }, { 0, 0, 0 } });
        var first = Matrix.FromArray(new float[,] { { 1, 1, 0 }, { -3, -1, 1 }, { 0, 0, 1 } });
        var last = Matrix.FromArray(new float[,] { { 2, 0, 1 }, { 0, 0, 2 }, { 0, 0, 0 } });

        ExplainingAway measured = ExplainingAway.Measure(Dictionary, exact, [first, last]);

        // Wrong at first: (0, 1), (1, 0), (1, 2), (2, 2); of them only (1, 2) lasts, and (0, 2) is new. Right at first: (0, 0), (1, 1); the
        // second is lost.
        Assert.Equal(new DepthActivity(0, 1, 4.0 / 3, 12.0 / 14, (2 + 10 + 1) / 3.0), measured.Depths[0]);
        Assert.Equal(new DepthActivity(0.75, 0.5, 2.0 / 3, 5.0 / 9, (1 + 5 + 0) / 3.0), measured.Depths[1]);
        // Silenced and explained: (0, 1) by 0, (1, 0) by 1, in the sign of the activation; (2, 2) by nothing. Only in row 0 is the
        // explaining atom active at last.
        Assert.Equal(0.8, measured.Correlation, 1e-6);
        Assert.Equal((0, 1, 0), (measured.Example!.Signal, measured.Example.Atom, measured.Example.ExplainingAtom));
        Assert.Equal([1, 0], measured.Example.Activations);
        Assert.Equal([1, 2], measured.Example.ExplainingActivations);
        Assert.Equal(2, measured.Example.ExplainingOptimum);
        Assert.Equal(0, measured.RightCorrelation);     // no other atom of the optimal codes is active in the rows of the right ones
    }

    [Fact]
    public void An_atom_of_the_opposite_sign_explains_nothing()
    {
        var exact = Matrix.FromArray(new float[,] { { -2, 0, 0 } });
        var first = Matrix.FromArray(new float[,] { { -1, 1, 0 } });

        ExplainingAway measured = ExplainingAway.Measure(Dictionary, exact, [first, exact]);

        Assert.Equal((1, 0), (measured.Depths[1].Suppressed, measured.Correlation));
        Assert.Null(measured.Example);
    }

    [Fact]
    public void Without_any_activation_the_measures_are_defined()
    {
        Matrix zero = new(2, 3);

        ExplainingAway measured = ExplainingAway.Measure(Dictionary, zero, [zero]);

        Assert.Equal([new DepthActivity(1, 1, 0, 0, 0)], measured.Depths);
        Assert.Equal((0, 0, null), (measured.Correlation, measured.RightCorrelation, measured.Example));
    }

    [Fact]
    public void The_layers_are_those_of_the_encoder_whatever_the_threads()
    {
        AtomDictionary d = RandomData.Dictionary(20, 8, seed: 1);
        Matrix x = RandomData.Normal(600, 8, seed: 2),
            exact = new ActiveSetSolver(d, 0.3f).Encode(x, cancellation: TestContext.Current.CancellationToken);
        ListaEncoder lista = ListaEncoder.FromDictionary(d, 0.3f, 3);
        foreach (ref float value in lista.Parameters.Values)
            value *= 1.1f;      // no longer what the dictionary gives
        lista.Refresh();

        ExplainingAway one = ExplainingAway.Measure(lista, d, x, exact, threads: 1, TestContext.Current.CancellationToken),
            three = ExplainingAway.Measure(lista, d, x, exact, threads: 3, TestContext.Current.CancellationToken);

        Assert.Equal(one.Depths, three.Depths);
        Assert.Equal((one.Correlation, one.RightCorrelation, one.Example!.Signal, one.Example.Atom),
            (three.Correlation, three.RightCorrelation, three.Example!.Signal, three.Example.Atom));
        Assert.Equal(4, one.Depths.Count);
        Assert.Equal(CodeEvaluator.CodeError(lista.Encode(x, cancellation: TestContext.Current.CancellationToken), exact),
            one.Depths[3].CodeError);
        // Z(1) of depth 3 is h_θ(B + Z(0)Sᵀ): what depth 1 with the same parameters returns, and not what it returns untrained.
        Assert.Equal(lista.Truncate(3).Encode(x, cancellation: TestContext.Current.CancellationToken).Values,
            lista.Encode(x, cancellation: TestContext.Current.CancellationToken).Values);
        Assert.NotEqual(CodeEvaluator.CodeError(
            ListaEncoder.FromDictionary(d, 0.3f, 1).Encode(x, cancellation: TestContext.Current.CancellationToken), exact),
            one.Depths[1].CodeError);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        ListaEncoder lista = ListaEncoder.FromDictionary(Dictionary, 0.5f, 2);

        Refused("'depth' is 3; it must be from 0 to 2.", () => lista.Truncate(3));
        Refused("'depth' is -1; it must be from 0 to 2.", () => lista.Truncate(-1));
        Refused("'exact.Rows' is 0; it must be 1 or more.", () => ExplainingAway.Measure(Dictionary, new Matrix(0, 3), [new Matrix(0, 3)]));
        Refused("'exact' has 2 columns; it must have 3.", () => ExplainingAway.Measure(Dictionary, new Matrix(4, 2), [new Matrix(4, 2)]));
        Refused("'codes.Count' is 0; it must be 1 or more.", () => ExplainingAway.Measure(Dictionary, new Matrix(4, 3), []));
        Refused("'codes' is [3×3]; it must be [4×3].",
            () => ExplainingAway.Measure(Dictionary, new Matrix(4, 3), [new Matrix(4, 3), new Matrix(3, 3)]));
        Refused("'x' has 2 columns; it must have 3.", () => ExplainingAway.Measure(lista, Dictionary, new Matrix(4, 2), new Matrix(4, 3)));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }
}
