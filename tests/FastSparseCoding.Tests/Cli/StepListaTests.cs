using System.Text.Json;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Learned steps serve any penalty: of all encoders only these take the options of exact codes.</summary>
public sealed class StepListaTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    private string Steps => _folder.File("slista.safetensors");

    private string Codes => _folder.File("z.npy");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encode_and_evaluate_take_another_penalty_than_it_was_trained_for()
    {
        StepListaEncoder trained = Train();
        var penalty = new Penalty(0.2f, ridge: 0.3f, nonNegative: true);
        string[] options = ["--lambda", "0.2", "--ridge", "0.3", "--non-negative"];
        Matrix x = Npy.ReadMatrix(workspace.Signals), predicted = trained.WithPenalty(penalty).Encode(x, cancellation: Cancellation);

        Succeed(["encode", Steps, workspace.Signals, .. options, "-o", Codes]);
        Assert.Equal(predicted.Values.ToArray(), Npy.ReadMatrix(Codes).Values.ToArray());

        Succeed(["encode", Steps, workspace.Signals, "-o", Codes]);
        Assert.Equal(trained.Encode(x, cancellation: Cancellation).Values.ToArray(), Npy.ReadMatrix(Codes).Values.ToArray());

        using JsonDocument json = JsonDocument.Parse(Succeed(["evaluate", Steps, workspace.Signals, .. options, "--json"]).Out);
        Matrix exact = new ActiveSetSolver(trained.Dictionary!, penalty).Encode(x, cancellation: Cancellation);
        Assert.Equal("λ = 0.2, μ = 0.3, z ≥ 0", json.RootElement.GetProperty("penalty").GetString());
        Assert.Equal(CodeEvaluator.Compare(x, trained.Dictionary!, penalty, predicted, exact).CodeError,
            json.RootElement.GetProperty("code_error").GetDouble());
    }

    [Fact]
    public void A_warm_start_is_for_the_codes_asked_for()
    {
        Train();
        string cold = _folder.File("cold.npy");
        Succeed("encode", workspace.Dictionary, workspace.Signals, "--lambda", "0.2", "-o", cold);
        Succeed("encode", workspace.Dictionary, workspace.Signals, "--lambda", "0.2", "--warm-start", Steps, "-o", Codes);

        float[] expected = Npy.ReadMatrix(cold).Values.ToArray(), actual = Npy.ReadMatrix(Codes).Values.ToArray();
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4f);
    }

    [Fact]
    public void A_fraction_of_each_signals_own_weight_is_refused()
    {
        Train();
        Refuse($"--lambda is 0.1max; {Steps} holds an 'slista' encoder, which predicts codes of one λ for all signals: give a number.",
            "encode", Steps, workspace.Signals, "--lambda", "0.1max", "-o", Codes);
        Refuse($"--ridge is for exact codes; {workspace.Encoder} holds a 'lista' encoder, which predicts codes of λ = 0.5.", "evaluate",
            workspace.Encoder, workspace.Signals, "--ridge", "1");
    }

    private StepListaEncoder Train()
    {
        Succeed("train", workspace.Dictionary, workspace.Images, "--encoder", "slista", "--depth", "3", "--samples", "2000", "-o", Steps);
        return Assert.IsType<StepListaEncoder>(ModelFile.LoadEncoder(Steps));
    }
}
