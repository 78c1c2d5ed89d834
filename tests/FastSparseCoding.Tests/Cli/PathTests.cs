using System.Text.Json;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>path, and λ as a fraction of λmax: the library's numbers, and one line for what is wrong.</summary>
public sealed class PathTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    private AtomDictionary Dictionary => ModelFile.LoadDictionary(workspace.Dictionary);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_points_are_those_of_the_library()
    {
        string csv = _folder.File("path.csv"), svg = _folder.File("path.svg");
        Matrix x = Npy.ReadMatrix(workspace.Signals);
        var penalty = new Penalty(1, ridge: 0.2f, nonNegative: true);
        double largest = LassoPath.LambdaMax(x, Dictionary, penalty);
        IReadOnlyList<LassoPathPoint> expected = new LassoPath(Dictionary, penalty, LassoPath.Geometric((float)(0.9f * largest), 0.05f, 5))
            .Run(x, cancellation: Cancellation);

        using JsonDocument json =
            JsonDocument.Parse(Succeed(
            "path", workspace.Dictionary, workspace.Signals, "--from", "0.9max", "--to", "0.05", "--points", "5", "--non-negative",
            "--ridge", "0.2", "-o", csv, "--plot", svg, "--held-out", "0.1", "--json", "-q").Out);

        JsonElement[] points = [.. json.RootElement.GetProperty("points").EnumerateArray()];
        Assert.Equal(expected.Select(p => ((double)p.Lambda, p.NonZeros, p.RelativeSquaredError, p.Energy)),
            points.Select(p => (Number(p, "lambda"), Number(p, "non_zeros"), Number(p, "relative_squared_error"), Number(p, "energy"))));
        Assert.Equal(expected.Select(p => p.Lambda / largest), points.Select(p => Number(p, "of_max")));
        Assert.Equal(largest, Number(json.RootElement, "lambda_max"));
        Assert.Equal((200, 0), (Number(json.RootElement, "signals"), Number(json.RootElement, "uncertified_codes")));
        var heldOut = new HeldOutValues(x, 0.1, 1);
        double[] errors = [.. expected.Select(
            p => heldOut.RelativeSquaredError(
            new ActiveSetSolver(Dictionary, penalty.WithLambda(p.Lambda)).EncodeMasked(x, heldOut.Mask, 1, Cancellation), Dictionary))];
        Assert.Equal(errors, points.Select(p => Number(p, "held_out_error")));
        Assert.Equal((double)expected[errors.IndexOf(errors.Min())].Lambda, Number(json.RootElement, "lambda_least_held_out_error"));
        Assert.Equal("lambda,of_max,non_zeros,relative_squared_error,energy,uncertified,held_out_error", File.ReadAllLines(csv)[0]);
        Assert.Equal(6, File.ReadAllLines(csv).Length);
        string picture = File.ReadAllText(svg);
        Assert.Contains("</svg>", picture, StringComparison.Ordinal);
        foreach (string title in new[] { "non-zeros", "relative error", "held out: least at λ =", "energy E", "sparsity weight λ" })
            Assert.Contains(title, picture, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_files_or_held_out_values_there_is_a_table()
    {
        string[] lines = Succeed("path", workspace.Dictionary, workspace.Images, "--points", "3", "--samples", "50", "-q").Out.Split('\n');

        Assert.Equal(["lambda", "of", "max", "non-zeros", "relative", "squared", "error", "energy", "uncertified"],
            lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("1", lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        Assert.Equal("0.01", lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        Assert.Matches("^signals +50$", lines[4]);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Fewer_signals_are_drawn_at_random_and_the_same_for_the_same_seed()
    {
        string[] command = ["path", workspace.Dictionary, workspace.Signals, "--points", "2", "--samples", "20", "-q"];
        string once = Succeed(command).Out;

        Assert.Equal(once, Succeed(command).Out);
        Assert.NotEqual(once, Succeed([.. command, "--seed", "2"]).Out);
        Assert.Contains("signals            20\n", once, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_takes_a_fraction_of_every_signals_λmax()
    {
        string output = _folder.File("codes.npy");
        Matrix x = Npy.ReadMatrix(workspace.Signals);
        using JsonDocument json =
            JsonDocument.Parse(Succeed(
            "encode", workspace.Dictionary, workspace.Signals, "--lambda", "0.2max", "--non-negative", "--json", "-q", "-o", output).Out);

        Assert.Equal(new RelativeLassoEncoder(
            new ActiveSetSolver(Dictionary, new Penalty(0.2f, nonNegative: true), new SolverOptions { Tolerance = 5e-6 }))
            .Encode(x, cancellation: Cancellation).Values, Npy.ReadMatrix(output).Values);
        Assert.Equal("λ = 0.2 λmax, z ≥ 0", json.RootElement.GetProperty("penalty").GetString());
        Assert.Equal(200, Number(json.RootElement, "certified_rows"));
        Succeed("encode", workspace.Dictionary, workspace.Signals, "--lambda", "1max", "-q", "-o", output);
        Assert.DoesNotContain(Npy.ReadMatrix(output).Values.ToArray(), v => v != 0);
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        string output = _folder.File("out.npy"), none = _folder.File("none.npy"), behind = _folder.File("behind.npy"),
            csv = _folder.File("out.csv");
        Npy.Write(none, new Matrix(0, 36));
        Npy.Write(behind, new Matrix(3, 36));

        foreach (string value in new[] { "1.5max", "0max", "-0.1max", "NaNmax", "Infinitymax" })
            Refuse($"--lambda is {value}; it must be above 0max and at most 1max.", "encode", workspace.Dictionary, workspace.Signals,
                "--lambda", value, "-o", output);
        Refuse("--lambda is 0; it must be a finite number above 0.", "encode", workspace.Dictionary, workspace.Signals, "--lambda", "0",
            "-o", output);
        Refuse("--warm-start predicts codes of one λ; with a fraction of λmax every signal has another.", "encode", workspace.Dictionary,
            workspace.Signals, "--lambda", "0.1max", "--warm-start", workspace.Encoder, "-o", output);
        Assert.StartsWith("error: --lambda is '0.1 max '; it must be a number such as 0.5, or a fraction of λmax such as 0.1max.",
            Run("encode", workspace.Dictionary, workspace.Signals, "--lambda", "0.1 max ", "-o", output).Error, StringComparison.Ordinal);
        Refuse("--from is 2max; it must be above 0max and at most 1max.", [.. Path, "--from", "2max"]);
        Refuse("--to is 0.5max and --from is 0.5max: λ would go from 1 to 1; it must go down.".Replace(
            "1 to 1", Half(), StringComparison.Ordinal), [.. Path, "--from", "0.5max", "--to", "0.5max"]);
        Refuse("--points is 1; it must be from 2 to 1000.", [.. Path, "--points", "1"]);
        Refuse("--points is 10; it must be less: float32 has too few numbers from 0.5 down to 0.49999997.",
            [.. Path, "--from", "0.5", "--to", "0.49999997", "--points", "10"]);
        Refuse("--samples is 0; it must be from 1 to 10000000.", [.. Path, "--samples", "0"]);
        Refuse("--held-out is 1; it must be above 0 and below 1.", [.. Path, "--held-out", "1"]);
        Refuse("--held-out is 0; it must be above 0 and below 1.", [.. Path, "--held-out", "0"]);
        Refuse($"{csv}: is given for two outputs; each needs a file of its own.", [.. Path, "-o", csv, "--plot", csv]);
        Refuse($"{none}: holds no signals; expected at least one.", "path", workspace.Dictionary, none);
        Refuse("every code is zero whatever λ: no signal has a product with any atom that could give it one.", "path", workspace.Dictionary,
            behind);
        Refuse($"{workspace.Encoder}: holds a 'lista' encoder; expected a dictionary.", "path", workspace.Encoder, workspace.Signals);
        Assert.Equal(["behind.npy", "none.npy"], _folder.Names);

        string Half()
        {
            float half = (float)(0.5f * LassoPath.LambdaMax(Npy.ReadMatrix(workspace.Signals), Dictionary, 1));
            return FormattableString.Invariant($"{half} to {half}");
        }
    }

    private string[] Path => ["path", workspace.Dictionary, workspace.Signals];

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
