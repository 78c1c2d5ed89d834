using System.Text.Json;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>encode with another penalty than λ‖z‖₁: the library's codes, and one line for what is wrong.</summary>
public sealed class PenaltyTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private static readonly double[] Weights = [.. Enumerable.Range(0, 12).Select(k => 0.5 + 0.25 * k)];

    private readonly TempFolder _folder = new();

    private string Output => _folder.File("out.npy");

    private AtomDictionary Dictionary => ModelFile.LoadDictionary(workspace.Dictionary);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("active-set")]
    [InlineData("cd")]
    [InlineData("cod")]
    [InlineData("fista")]
    [InlineData("ista")]
    public void Codes_are_those_of_the_library(string solver)
    {
        string weights = WriteWeights("w.npy", Weights);
        var penalty = new Penalty(0.2f, Array.ConvertAll(Weights, w => (float)w), 0.3f, nonNegative: true);
        LassoSolver expected = solver switch
        {
            "active-set" => new ActiveSetSolver(Dictionary, penalty),
            "cd" => new CyclicCoordinateDescentSolver(Dictionary, penalty),
            "cod" => new GreedyCoordinateDescentSolver(Dictionary, penalty),
            "fista" => new FistaSolver(Dictionary, penalty),
            _ => new IstaSolver(Dictionary, penalty),
        };

        using JsonDocument json = Encode("--solver", solver, "--lambda", "0.2", "--weights", weights, "--ridge", "0.3", "--non-negative");

        Assert.Equal(expected.Encode(Npy.ReadMatrix(workspace.Signals), cancellation: Cancellation).Values.ToArray(),
            Npy.ReadMatrix(Output).Values.ToArray());
        Assert.Equal("λ = 0.2, 12 weights, μ = 0.3, z ≥ 0", json.RootElement.GetProperty("penalty").GetString());
        Assert.Equal(200, json.RootElement.GetProperty("certified_rows").GetInt64());
    }

    [Fact]
    public void Every_option_is_one_of_the_penalty()
    {
        string weights = WriteWeights("w.npy", Weights);

        AssertCodes(new Penalty(0.5f), "λ = 0.5");
        AssertCodes(new Penalty(0.5f, nonNegative: true), "λ = 0.5, z ≥ 0", "--non-negative");
        AssertCodes(new Penalty(0.5f, ridge: 0.7f), "λ = 0.5, μ = 0.7", "--ridge", "0.7");
        AssertCodes(new Penalty(0.5f, ridge: 0), "λ = 0.5", "--ridge", "0");
        AssertCodes(new Penalty(0.5f, Array.ConvertAll(Weights, w => (float)w)), "λ = 0.5, 12 weights", "--weights", weights);
        Assert.DoesNotContain(Npy.ReadMatrix(Output).Values.ToArray(), float.IsNaN);
    }

    [Fact]
    public void Weights_are_one_row_of_either_precision()
    {
        float[] single = Array.ConvertAll(Weights, w => (float)w);
        string row64 = WriteWeights("row64.npy", Weights), row32 = _folder.File("row32.npy"), flat = _folder.File("flat.npy");
        Npy.Write(row32, new Matrix(1, 12, single));
        File.WriteAllBytes(flat, NpyBytes.Make(NpyBytes.Header("<f8", "(12,)"), NpyBytes.Doubles(Weights)));

        foreach (string weights in new[] { row64, row32, flat })
            AssertCodes(new Penalty(0.5f, single), "λ = 0.5, 12 weights", "--weights", weights);
    }

    [Theory]
    [InlineData("w.npz")]
    [InlineData("w.npz:w")]
    [InlineData("w.safetensors")]
    [InlineData("w.safetensors:w")]
    [InlineData("w.csv")]
    public void Weights_have_every_format_that_signals_have(string name)
    {
        float[] single = Array.ConvertAll(Weights, w => (float)w);
        string path = _folder.File(name), encoder = _folder.File("slista.safetensors");
        RowsWriter.Write(_folder.File(name.Split(':')[0]), new Matrix(1, 12, single), "w");

        AssertCodes(new Penalty(0.5f, single), "λ = 0.5, 12 weights", "--weights", path);
        Succeed("path", workspace.Dictionary, workspace.Signals, "--points", "2", "--weights", path);
        Succeed("learn", workspace.Signals, "--atoms", "12", "--samples", "100", "--weights", path, "-o", _folder.File("d.safetensors"));
        Succeed("train", workspace.Dictionary, workspace.Signals, "--encoder", "slista", "--samples", "500", "--weights", path, "-o",
            encoder);
        Succeed("evaluate", encoder, workspace.Signals, "--weights", path);
        Refuse($"{workspace.Signals}: is an input too, which no output may replace; give another name.",
            "encode", workspace.Dictionary, workspace.Signals, "--weights", path, "-o", workspace.Signals);
        string file = name.Split(':')[0];
        if (!name.EndsWith(".csv", StringComparison.Ordinal))
            Refuse($"{_folder.File(file)}: is an input too, which no output may replace; give another name.",
                "encode", workspace.Dictionary, workspace.Signals, "--weights", path, "-o", _folder.File(file));
    }

    [Fact]
    public void A_warm_start_predicts_codes_of_the_same_penalty()
    {
        string encoder = _folder.File("nonnegative.safetensors");
        Succeed("train", workspace.Dictionary, workspace.Images, "--non-negative", "--depth", "1", "--samples", "3000", "-o", encoder);
        Encode("--non-negative").Dispose();
        Matrix cold = Npy.ReadMatrix(Output);

        using JsonDocument json = Encode("--non-negative", "--warm-start", encoder);

        Assert.Equal(200, json.RootElement.GetProperty("certified_rows").GetInt64());
        Matrix warm = Npy.ReadMatrix(Output);
        Assert.True(Array.TrueForAll(warm.Values.ToArray(), v => v >= 0));
        Assert.InRange(CodeEvaluator.CodeError(warm, cold), 0, 1e-6);
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        string shorter = WriteWeights("shorter.npy", Weights[..11]), column = _folder.File("column.npy"),
            missing = _folder.File("missing.npy");
        Npy.WriteDoubles(column, 12, 1, Weights);
        double[] tiny = [.. Weights], infinite = [.. Weights], negative = [.. Weights], none = [.. Weights];
        (tiny[11], infinite[0], negative[3], none[5]) = (1e-60, double.PositiveInfinity, -0.5, 0);

        Refused($"{shorter}: holds 11 weights; {workspace.Dictionary} has 12 atoms.", "--weights", shorter);
        Refused($"{column}: is [12×1]; expected the weights of the 12 atoms of {workspace.Dictionary} in one row.", "--weights", column);
        Refused($"{missing}: there is no such file.", "--weights", missing);
        Refused($"{WriteWeights("w1.npy", tiny)}: weight 11 is 0; every weight must be a finite number above 0 in float32.",
            "--weights", _folder.File("w1.npy"));
        Refused($"{WriteWeights("w2.npy", infinite)}: weight 0 is Infinity; every weight must be a finite number above 0 in float32.",
            "--weights", _folder.File("w2.npy"));
        Refused($"{WriteWeights("w3.npy", negative)}: weight 3 is -0.5; every weight must be a finite number above 0 in float32.",
            "--weights", _folder.File("w3.npy"));
        Refused($"{WriteWeights("w4.npy", none)}: weight 5 is 0; every weight must be a finite number above 0 in float32.", "--weights",
            _folder.File("w4.npy"));
        Refused("--ridge is -0.1; it must be a finite number, 0 or more.", "--ridge", "-0.1");
        Refused("--ridge is NaN; it must be a finite number, 0 or more.", "--ridge", "NaN");
        Refused("--ridge is Infinity; it must be a finite number, 0 or more.", "--ridge", "Infinity");
        Refused($"{workspace.Encoder}: predicts codes of λ = 0.5; the codes asked for are of λ = 0.4, z ≥ 0.", "--lambda", "0.4",
            "--non-negative", "--warm-start", workspace.Encoder);
        Refused($"{workspace.Encoder}: predicts codes of λ = 0.5; the codes asked for are of λ = 0.5, z ≥ 0.", "--non-negative",
            "--warm-start", workspace.Encoder);

        void Refused(string message, params string[] options)
        {
            Refuse(message, ["encode", workspace.Dictionary, workspace.Signals, .. options, "-o", Output]);
            Assert.DoesNotContain(_folder.Names,
                n => n.StartsWith("out.", StringComparison.Ordinal) || n.Contains("partial", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("--non-negative")]
    [InlineData("--ridge", "0.1")]
    [InlineData("--weights", "w.npy")]
    public void A_learned_encoder_has_its_own_penalty(params string[] option)
    {
        Refuse($"{option[0]} is for exact codes; {workspace.Encoder} holds a 'lista' encoder, which predicts codes of λ = 0.5.",
            ["encode", workspace.Encoder, workspace.Signals, .. option, "-o", Output]);
        Assert.Empty(_folder.Names);
    }

    private JsonDocument Encode(params string[] options)
        => JsonDocument.Parse(Succeed(["encode", workspace.Dictionary, workspace.Signals, .. options, "--json", "-q", "-o", Output]).Out);

    private void AssertCodes(Penalty penalty, string shown, params string[] options)
    {
        using JsonDocument json = Encode(options);
        Assert.Equal(shown, json.RootElement.GetProperty("penalty").GetString());
        Assert.Equal(new ActiveSetSolver(Dictionary, penalty).Encode(Npy.ReadMatrix(workspace.Signals), cancellation: Cancellation)
            .Values.ToArray(), Npy.ReadMatrix(Output).Values.ToArray());
    }

    private string WriteWeights(string name, double[] weights)
    {
        Npy.WriteDoubles(_folder.File(name), 1, weights.Length, weights);
        return _folder.File(name);
    }
}
