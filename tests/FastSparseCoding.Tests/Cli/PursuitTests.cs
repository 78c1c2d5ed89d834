using System.Text.Json;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>encode by orthogonal matching pursuit: the library's codes, and one line for what is wrong.</summary>
public sealed class PursuitTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    private string Output => _folder.File("out.npy");

    private AtomDictionary Dictionary => ModelFile.LoadDictionary(workspace.Dictionary);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Codes_are_those_of_the_library()
    {
        Check(new OmpOptions { MaxAtoms = 3 }, "OMP", "--max-atoms", "3");
        Check(new OmpOptions { Error = 5.5f }, "OMP", "--error", "5.5");
        Check(new OmpOptions { MaxAtoms = 3, Error = 5.5f }, "OMP", "--error", "5.5", "--max-atoms", "3");
        Check(new OmpOptions { MaxAtoms = 4, NonNegative = true }, "OMP, z ≥ 0", "--max-atoms", "4", "--non-negative");
    }

    [Fact]
    public void Rows_that_do_not_reach_the_error_are_told_once()
    {
        Outcome outcome = Succeed("encode", workspace.Dictionary, workspace.Signals, "--error", "1e-3", "--quiet", "-o", Output);

        Assert.Matches(@"^warning: 200 of 200 codes did not reach the error 0\.001; the largest is \d\.\d+\.\n$", outcome.Error);
        Assert.Contains("error reached rows  0", outcome.Out, StringComparison.Ordinal);
        Assert.Equal("", Succeed("encode", workspace.Dictionary, workspace.Signals, "--error", "100", "--quiet", "-o", Output).Error);
        Assert.Equal("", Succeed("encode", workspace.Dictionary, workspace.Signals, "--max-atoms", "1", "--quiet", "-o", Output).Error);
    }

    [Fact]
    public void Pictures_are_coded_into_sparse_files_too()
    {
        string codes = _folder.File("codes.npz");

        using var json = JsonDocument.Parse(
            Succeed("encode", workspace.Dictionary, workspace.Images, "--max-atoms", "2", "--sparse", "--json", "-q", "-o", codes).Out);

        Assert.InRange(json.RootElement.GetProperty("rows").GetInt64(), 400, 12 * 64);      // but for those that are flat
        Assert.InRange(json.RootElement.GetProperty("non_zeros").GetDouble(), 0.5, 2);
        Assert.True(File.Exists(codes));
    }

    [Theory]
    [InlineData("--lambda", "0.3")]
    [InlineData("--weights", "w.npy")]
    [InlineData("--ridge", "0.1")]
    [InlineData("--solver", "cd")]
    [InlineData("--tolerance", "1e-4")]
    [InlineData("--warm-start", "lista.safetensors")]
    public void The_options_of_the_lasso_are_refused(params string[] option)
    {
        Refused($"{option[0]} is for the lasso; --max-atoms asks for orthogonal matching pursuit, which has no use for it.",
            ["--max-atoms", "3", .. option]);
        Refused($"{option[0]} is for the lasso; --error asks for orthogonal matching pursuit, which has no use for it.",
            ["--error", "3", .. option]);
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Refused("--max-atoms is 0; it must be from 1 to 12.", "--max-atoms", "0");
        Refused("--max-atoms is 13; it must be from 1 to 12.", "--max-atoms", "13");
        Refused("--error is 0; it must be a finite number above 0.", "--error", "0");
        Refused("--error is -1; it must be a finite number above 0.", "--error", "-1", "--max-atoms", "3");
        Refused("--error is NaN; it must be a finite number above 0.", "--error", "NaN");
    }

    [Theory]
    [InlineData("--max-atoms", "3")]
    [InlineData("--error", "3")]
    public void A_learned_encoder_pursues_nothing(params string[] option)
    {
        Refuse($"{option[0]} is for exact codes; {workspace.Encoder} holds a 'lista' encoder, which predicts codes of λ = 0.5.",
            ["encode", workspace.Encoder, workspace.Signals, .. option, "-o", Output]);
        Assert.Empty(_folder.Names);
    }

    private void Refused(string message, params string[] options)
    {
        Refuse(message, ["encode", workspace.Dictionary, workspace.Signals, .. options, "-o", Output]);
        Assert.Empty(_folder.Names);
    }

    private void Check(OmpOptions options, string method, params string[] arguments)
    {
        using var json = JsonDocument.Parse(
            Succeed(["encode", workspace.Dictionary, workspace.Signals, .. arguments, "--json", "-q", "-o", Output]).Out);
        Matrix x = Npy.ReadMatrix(workspace.Signals), z = new(200, 12);

        OmpReport report = new OmpEncoder(Dictionary, options).Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(z.Values.ToArray(), Npy.ReadMatrix(Output).Values.ToArray());
        JsonElement root = json.RootElement;
        Assert.Equal((method, 200L, 12),
            (root.GetProperty("method").GetString(), root.GetProperty("rows").GetInt64(), root.GetProperty("code_size").GetInt32()));
        Assert.Equal(report.Atoms.Average(), root.GetProperty("non_zeros").GetDouble(), 1e-12);
        Assert.Equal(report.ResidualNorms.Average(), root.GetProperty("mean_error").GetDouble(), 1e-12);
        Assert.Equal(report.ResidualNorms.Max(), root.GetProperty("largest_error").GetDouble());
        Assert.Equal(options.Error is not null, root.TryGetProperty("error_reached_rows", out JsonElement reached));
        if (options.Error is not null)
            Assert.Equal(report.CountOf(OmpStatus.ErrorReached), reached.GetInt32());
    }
}
