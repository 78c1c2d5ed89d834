using System.Text.Json;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Encoders of other codes than the lasso's through the command line: train, encode, evaluate and classify know their
/// penalty.</summary>
public sealed class EncoderPenaltyTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private static readonly float[] Weights = [.. Enumerable.Range(0, 12).Select(k => 0.5f + 0.25f * k)];

    private readonly TempFolder _folder = new();

    private string Output => _folder.File("e.safetensors");

    private AtomDictionary Dictionary => ModelFile.LoadDictionary(workspace.Dictionary);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_takes_every_option_of_the_penalty()
    {
        string weights = WriteWeights("w.npy", Weights);

        Assert.Equal(new Penalty(0.5f), Train(workspace.Dictionary));
        Assert.Equal(new Penalty(0.5f, nonNegative: true), Train(workspace.Dictionary, "--non-negative"));
        Assert.Equal(new Penalty(0.5f, ridge: 0.7f), Train(workspace.Dictionary, "--ridge", "0.7"));
        Assert.Equal(new Penalty(0.5f, Weights), Train(workspace.Dictionary, "--weights", weights));
        Assert.Equal(new Penalty(0.2f, Weights, 0.3f, nonNegative: true),
            Train(workspace.Dictionary, "--lambda", "0.2", "--weights", weights, "--ridge", "0.3", "--non-negative"));
    }

    [Fact]
    public void What_is_not_given_is_the_dictionarys()
    {
        var learned = new Penalty(0.4f, Weights, 0.3f, nonNegative: true);
        string dictionary = _folder.File("d.safetensors"), codes = _folder.File("z.npy"),
            ones = WriteWeights("w.npy", [.. Weights.Select(_ => 1f)]);
        ModelFile.Save(dictionary, Dictionary, learned, PatchPreprocessing.Read(workspace.Dictionary));

        Assert.Equal(learned, Train(dictionary));
        Assert.Equal(learned.WithLambda(0.1f), Train(dictionary, "--lambda", "0.1"));
        Assert.Equal(new Penalty(0.4f, Weights, 0, nonNegative: true), Train(dictionary, "--ridge", "0"));
        Assert.Equal(new Penalty(0.4f, Weights, 0.3f), Train(dictionary, "--non-negative", "false"));
        Assert.Equal(new Penalty(0.4f, [.. Weights.Select(_ => 1f)], 0.3f, nonNegative: true), Train(dictionary, "--weights", ones));
        Succeed("encode", dictionary, workspace.Signals, "-o", codes);
        Assert.Equal(new ActiveSetSolver(Dictionary, learned).Encode(Npy.ReadMatrix(workspace.Signals), cancellation: Cancellation)
            .Values.ToArray(), Npy.ReadMatrix(codes).Values.ToArray());
    }

    [Fact]
    public void Evaluate_measures_against_codes_of_the_encoders_penalty()
    {
        var penalty = new Penalty(0.2f, Weights, 0.3f, nonNegative: true);
        Train(workspace.Dictionary, "--lambda", "0.2", "--weights", WriteWeights("w.npy", Weights), "--ridge", "0.3", "--non-negative");
        Matrix x = Npy.ReadMatrix(workspace.Signals),
            exact = new ActiveSetSolver(Dictionary, penalty).Encode(x, cancellation: Cancellation);

        using JsonDocument json = JsonDocument.Parse(Succeed("evaluate", Output, workspace.Signals, "--json").Out);

        CodeQuality expected = CodeEvaluator.Compare(
            x, Dictionary, penalty, ModelFile.LoadEncoder(Output).Encode(x, cancellation: Cancellation), exact);
        Assert.Equal("λ = 0.2, 12 weights, μ = 0.3, z ≥ 0", json.RootElement.GetProperty("penalty").GetString());
        Assert.Equal(expected.RelativeCodeError, json.RootElement.GetProperty("relative_code_error").GetDouble());
        Assert.Equal(expected.RelativeObjectiveGap, json.RootElement.GetProperty("relative_objective_gap").GetDouble());
        Assert.True(expected.RelativeObjectiveGap > 0);
    }

    [Fact]
    public void A_checkpoint_of_another_penalty_is_refused()
    {
        string[] train = ["train", workspace.Dictionary, workspace.Images, "--depth", "1", "--samples", "3000000", "--evaluations", "1000",
            "-o", Output];
        Assert.Equal(130, RunUntilExists(Output + ".checkpoint", [.. train, "--non-negative"]).ExitCode);

        foreach (string[] other in (
            string[][])[[], ["--non-negative", "--ridge", "0.1"], ["--non-negative", "--weights", WriteWeights("w.npy", Weights)]])
        {
            Outcome outcome = Run([.. train, .. other, "--resume", "--quiet"]);
            Assert.Equal(1, outcome.ExitCode);
            Assert.StartsWith($"error: --resume: '{Output}.checkpoint' cannot be gone on from: it is of a training with",
                Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        }
        Assert.Equal(130, RunUntilExists(Output + ".checkpoint", [.. train, "--non-negative", "--resume"]).ExitCode);
    }

    [Fact]
    public void Classify_takes_exact_codes_of_the_dictionarys_penalty()
    {
        string digits = DigitFiles.Write(_folder.File("digits")), images = Path.Combine(digits, "train-images-idx3-ubyte.gz"),
            dictionary = _folder.File("d.safetensors"), output = _folder.File("c.safetensors");
        Succeed("learn", images, "--atoms", "8", "--samples", "300", "--lambda", "1", "-o", dictionary);
        ModelFile.Save(dictionary, ModelFile.LoadDictionary(dictionary), new Penalty(0.8f, ridge: 0.1f, nonNegative: true),
            PatchPreprocessing.Read(dictionary));

        foreach ((float lambda, string[] options) in ((float, string[])[])[(0.8f, []), (0.6f, ["--lambda", "0.6"])])
        {
            Succeed(["classify", digits, "--encoder", dictionary, "--epochs", "1", .. options, "-o", output]);
            Assert.Equal(new Penalty(lambda, ridge: 0.1f, nonNegative: true),
                Assert.IsType<ActiveSetSolver>(ClassifierFile.Load(output).Encoder).Penalty);
        }
        Succeed("train", dictionary, images, "--encoder", "shrink", "--samples", "300", "-o", Output);
        Succeed("classify", digits, "--encoder", Output, "--end-to-end", "--epochs", "1", "--end-to-end-epochs", "1", "-o", output);
        Assert.Equal(new Penalty(0.8f, ridge: 0.1f, nonNegative: true),
            Assert.IsType<ShrinkEncoder>(ClassifierFile.Load(output).Encoder).Penalty);
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        string weights = WriteWeights("w.npy", Weights), others = WriteWeights("v.npy", [.. Weights.Select(w => 2 * w)]),
            shorter = WriteWeights("shorter.npy", Weights[..11]), codes = _folder.File("z.npy");
        string[] train = ["train", workspace.Dictionary, workspace.Images, "-o", _folder.File("none.safetensors")];
        Refuse("--encoder is tanh, which predicts codes of either sign; the codes to predict are of λ = 0.5, z ≥ 0.",
            [.. train, "--encoder", "tanh", "--non-negative"]);
        Refuse("--encoder is tanh2, which predicts codes of either sign; the codes to predict are of λ = 0.5, μ = 1, z ≥ 0.",
            [.. train, "--encoder", "tanh2", "--non-negative", "--ridge", "1"]);
        Refuse("--ridge is -1; it must be a finite number, 0 or more.", [.. train, "--ridge", "-1"]);
        Refuse($"{shorter}: holds 11 weights; {workspace.Dictionary} has 12 atoms.", [.. train, "--weights", shorter]);

        Train(workspace.Dictionary, "--weights", weights);
        string[] encode = ["encode", workspace.Dictionary, workspace.Signals, "--warm-start", Output, "-o", codes];
        Refuse($"{Output}: predicts codes of λ = 0.5, 12 weights; the codes asked for are of other weights.",
            [.. encode, "--weights", others]);
        Refuse($"{Output}: predicts codes of λ = 0.5, 12 weights; the codes asked for are of λ = 0.5.", encode);
        Refuse($"--ridge is for exact codes; {Output} holds a 'lista' encoder, which predicts codes of λ = 0.5, 12 weights.", "encode",
            Output, workspace.Signals, "--ridge", "1", "-o", codes);
        Assert.DoesNotContain(_folder.Names, name => name is "none.safetensors" or "z.npy");
    }

    /// <summary>The penalty of an encoder trained for a moment.</summary>
    private Penalty Train(string dictionary, params string[] options)
    {
        using JsonDocument json =
            JsonDocument.Parse(Succeed(
            ["train", dictionary, workspace.Images, "--depth", "1", "--samples", "300", .. options, "--json", "-o", Output]).Out);
        Penalty penalty = ModelFile.LoadEncoder(Output).Penalty;
        Assert.Equal(penalty.ToString(), json.RootElement.GetProperty("penalty").GetString());
        return penalty;
    }

    private string WriteWeights(string name, float[] weights)
    {
        Npy.Write(_folder.File(name), new Matrix(1, weights.Length, weights));
        return _folder.File(name);
    }
}
