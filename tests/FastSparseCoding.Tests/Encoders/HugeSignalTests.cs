using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

/// <summary>Finite signals at the end of float32: no code holds infinity or NaN, whatever the encoder and the way to call it.</summary>
public sealed class HugeSignalTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(24, 16, seed: 1);

    /// <summary>Every kind of encoder and every solver, by name.</summary>
    public static TheoryData<string> Names { get; } = [.. EncoderFamilies.Of(Dictionary, 0.1f).Select(e => e.Name)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public void No_code_holds_infinity(string name)
    {
        ISparseEncoder encoder = EncoderFamilies.Of(Dictionary, 0.1f).Single(e => e.Name == name).Create();
        foreach (float scale in (float[])[1e37f, 1e38f, float.MaxValue])
            for (int seed = 0; seed < 10; seed++)
            {
                Matrix x = RandomData.Normal(4, 16, seed);
                foreach (ref float value in x.Values)
                    value = Math.Clamp(value, -1, 1) * scale;
                try
                {
                    Assert.All(encoder.Encode(x, 2, Cancellation).Values.ToArray(), v => Assert.True(float.IsFinite(v)));
                }
                catch (ArgumentException e)
                {
                    Assert.Matches(
                        "^'x' has a code that holds (NaN|-?Infinity) at row [0-3], column [0-9]+; its values must be so small that every "
                        + "code is finite. \\(Parameter 'x'\\)$", e.Message);
                }
            }
    }

    [Theory]
    [InlineData("lista")]
    [InlineData("lcod")]
    [InlineData("lista-coupled")]
    [InlineData("slista")]
    [InlineData("OMP")]
    public void Codes_beyond_float32_are_refused_by_every_overload(string name)
    {
        ISparseEncoder encoder = EncoderFamilies.Of(Dictionary, 0.1f).Single(e => e.Name == name).Create();
        Matrix x = new(300, 16), z = new(300, 24), one = x.SelectRows([299]);
        for (int j = 0; j < 16; j++)
            x[298, j] = one[0, j] = MathF.CopySign(float.MaxValue, Dictionary.Atoms.Row(3)[j]);
        const string First = "'x' has a code that holds ", Last = "every code is finite. (Parameter 'x')";

        Action[] calls =
        [
            () => encoder.Encode(x, 1, Cancellation), () => encoder.Encode(x, z, 1, Cancellation), () => encoder.Encode(x.View, z.View),
            () => encoder.EncodeSparse(x, 1, Cancellation),
            () => encoder.Encode(Enumerable.Range(0, 300).Select(i => x.Row(i).ToArray()), 1, Cancellation).Count(),
        ];
        foreach (Action call in calls)
        {
            string message = Assert.Throws<ArgumentException>(call).Message;
            Assert.StartsWith(First, message, StringComparison.Ordinal);
            Assert.Contains(" at row 298, column ", message, StringComparison.Ordinal);
            Assert.EndsWith(Last, message, StringComparison.Ordinal);
        }
        Assert.StartsWith(First, Assert.Throws<ArgumentException>(() => encoder.Encode(one.Row(0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_of_a_pursuit_refuse_them_too()
    {
        var x = new Matrix(2, 16);
        for (int j = 0; j < 16; j++)
            x[1, j] = MathF.CopySign(float.MaxValue, Dictionary.Atoms.Row(3)[j]);
        var omp = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = 4 });

        Assert.Contains("at row 1, column ", Assert.Throws<ArgumentException>(
            () => omp.Solve(x, new Matrix(2, 24), cancellation: Cancellation)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exact_solver_answers_with_a_finite_code_that_is_not_certified()
    {
        var x = new Matrix(1, 16);
        for (int j = 0; j < 16; j++)
            x[0, j] = MathF.CopySign(float.MaxValue, Dictionary.Atoms.Row(3)[j]);
        var z = new Matrix(1, 24);

        SolveReport report = new ActiveSetSolver(Dictionary, 0.1f).Solve(x, z, cancellation: Cancellation);

        Assert.All(z.Values.ToArray(), v => Assert.True(float.IsFinite(v)));
        Assert.Empty(report.CertifiedRows);
    }
}
