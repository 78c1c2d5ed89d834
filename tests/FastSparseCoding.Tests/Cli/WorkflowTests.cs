using System.Text.Json;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Every command does what its help says.</summary>
public sealed class WorkflowTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Learn_writes_a_dictionary_with_its_settings_and_a_mosaic()
    {
        string output = _folder.File("d.safetensors"), mosaic = _folder.File("atoms.png");

        Outcome outcome = Succeed(
            "learn", workspace.Images, "--patch", "5", "--atoms", "9", "--lambda", "0.3", "--samples", "1000", "--normalize", "zero-mean",
            "--min-std", "0.01", "--mosaic", mosaic, "-o", output);

        Assert.Contains("learning: 1,000 of 1,000", outcome.Error, StringComparison.Ordinal);
        ModelInfo info = ModelFile.ReadInfo(output);
        Assert.Equal(0.3f, info.Lambda);
        Assert.Equal(new PatchPreprocessing { PatchSize = 5, MinimumDeviation = 0.01f, Normalization = PatchNormalization.ZeroMean },
            PatchPreprocessing.Read(output));
        AtomDictionary dictionary = ModelFile.LoadDictionary(output);
        Assert.Equal((9, 25), (dictionary.AtomCount, dictionary.SignalSize));
        GrayImage drawn = ImageFile.Load(mosaic), expected = AtomMosaic.Render(dictionary.Atoms, 5);
        Assert.Equal((expected.Width, expected.Height), (drawn.Width, drawn.Height));
        Assert.Equal(["atoms.png", "d.safetensors"], _folder.Names);
    }

    [Theory]
    [InlineData("online")]
    [InlineData("sgd")]
    public void Both_ways_of_learning_lower_the_objective(string method)
    {
        string first = _folder.File("1.safetensors"), last = _folder.File("2.safetensors");

        Succeed("learn", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "1", "--method", method, "-o", first);
        Succeed("learn", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "6000", "--batch", "100", "--method", method, "-o",
            last);

        Assert.True(MeanEnergy(last) < 0.95 * MeanEnergy(first));
    }

    [Fact]
    public void Whitening_is_stored_and_applied_when_encoding()
    {
        string dictionary = _folder.File("white.safetensors"), signals = _folder.File("x.npy");

        Succeed("learn", workspace.Images, "--patch", "4", "--atoms", "8", "--samples", "500", "--whiten", "-o", dictionary);
        Succeed("encode", dictionary, workspace.Images, "--samples", "3000", "--signals", signals, "-o", _folder.File("z.npz"));

        Matrix x = Npy.ReadMatrix(signals);
        Assert.NotNull(PatchPreprocessing.Read(dictionary)!.Whitening);
        for (int j = 1; j < 16; j++)
        {
            double dot = 0, own = 0;
            for (int i = 0; i < x.Rows; i++)
            {
                dot += x.Row(i)[0] * x.Row(i)[j];
                own += x.Row(i)[j] * x.Row(i)[j];
            }
            Assert.InRange(Math.Abs(dot) / own, 0, 0.5);      // neighbours in a picture are worth 0.9
        }
    }

    [Theory]
    [InlineData("lista", "2")]
    [InlineData("lista-layers", "2")]
    [InlineData("lista-coupled", "2")]
    [InlineData("lcod", "4")]
    [InlineData("shrink", null)]
    [InlineData("tanh", null)]
    [InlineData("tanh2", null)]
    public void Train_writes_an_encoder_that_is_better_than_it_began(string kind, string? depth)
    {
        string output = _folder.File("e.safetensors");

        Succeed(["train", workspace.Dictionary, workspace.Images, "--encoder", kind, .. depth is null ? Array.Empty<string>()
            : ["--depth", depth], "--samples", "4000", "-o", output]);

        AtomDictionary dictionary = ModelFile.LoadDictionary(workspace.Dictionary);
        TrainableEncoder trained = ModelFile.LoadEncoder(output, dictionary);
        int layers = int.Parse(depth ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        Matrix x = Patches.Sample(
            ImageFolder.Load(workspace.Images, TestContext.Current.CancellationToken), PatchPreprocessing.Default with { PatchSize = 6 },
            500, seed: 9);
        Matrix exact = new ActiveSetSolver(dictionary, 0.5f).Encode(x, cancellation: TestContext.Current.CancellationToken);
        double before = CodeEvaluator.CodeError(
            EncoderFactory.Create(kind, dictionary, 0.5f, layers).Encode(x, cancellation: TestContext.Current.CancellationToken), exact);
        Assert.Equal((kind, layers), (trained.Kind, trained.Depth));
        Assert.True(CodeEvaluator.CodeError(trained.Encode(x, cancellation: TestContext.Current.CancellationToken), exact) < 0.9 * before);
    }

    [Fact]
    public void Encode_gives_the_codes_of_the_library()
    {
        Matrix x = Npy.ReadMatrix(workspace.Signals);
        string output = _folder.File("z.npy");

        Succeed("encode", workspace.Dictionary, workspace.Signals, "--lambda", "0.2", "-o", output);
        Assert.Equal(new ActiveSetSolver(ModelFile.LoadDictionary(workspace.Dictionary), 0.2f)
            .Encode(x, cancellation: TestContext.Current.CancellationToken).Values.ToArray(), Npy.ReadMatrix(output).Values.ToArray());

        Succeed("encode", workspace.Encoder, workspace.Signals, "-o", output);
        Assert.Equal(ModelFile.LoadEncoder(workspace.Encoder).Encode(x, cancellation: TestContext.Current.CancellationToken)
            .Values.ToArray(), Npy.ReadMatrix(output).Values.ToArray());
    }

    [Theory]
    [InlineData("active-set")]
    [InlineData("cd")]
    [InlineData("cod")]
    [InlineData("fista")]
    [InlineData("ista")]
    public void Every_solver_certifies_its_codes(string solver)
    {
        Outcome outcome = Succeed(
            "encode", workspace.Dictionary, workspace.Signals, "--solver", solver, "--tolerance", "1e-4", "--json", "-q", "-o",
            _folder.File("z.npy"));

        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        Assert.Equal(200, json.RootElement.GetProperty("certified_rows").GetInt64());
        Assert.InRange(json.RootElement.GetProperty("largest_relative_gap").GetDouble(), 0, 1e-4);
        Assert.Equal("", outcome.Error);
    }

    [Theory]
    [InlineData("active-set")]
    [InlineData("fista")]
    public void A_warm_start_ends_at_the_same_codes_after_fewer_iterations(string solver)
    {
        string cold = _folder.File("cold.npy"), warm = _folder.File("warm.npy"), signals = _folder.File("x.npy");
        Succeed("encode", workspace.Dictionary, workspace.Images, "--stride", "4", "--signals", signals, "-o", cold);

        double coldIterations = Iterations(Succeed("encode", workspace.Dictionary, signals, "--solver", solver, "-o", cold, "--json"));
        double warmIterations = Iterations(
            Succeed("encode", workspace.Dictionary, signals, "--solver", solver, "--warm-start", workspace.Encoder, "-o", warm, "--json"));

        Assert.True(solver == "active-set" ? warmIterations != coldIterations : warmIterations < coldIterations,
            FormattableString.Invariant($"{warmIterations}, {coldIterations}"));
        Assert.InRange(CodeEvaluator.CodeError(Npy.ReadMatrix(warm), Npy.ReadMatrix(cold)), 0, 1e-6);
    }

    [Fact]
    public void Sparse_codes_are_the_dense_ones()
    {
        string dense = _folder.File("z.npy"), sparse = _folder.File("z.npz");

        Succeed("encode", workspace.Dictionary, workspace.Images, "--stride", "3", "-o", dense);
        Succeed("encode", workspace.Dictionary, workspace.Images, "--stride", "3", "--sparse", "-o", sparse);

        Matrix z = Npy.ReadMatrix(dense);
        Assert.InRange(z.Rows, 1, 12 * 15 * 15);
        Assert.Equal(z.Values.ToArray(), Npz.ReadCodes(sparse).ToDense().Values.ToArray());
    }

    [Fact]
    public void Evaluate_tells_quality_work_and_time()
    {
        Outcome outcome = Succeed(
            "evaluate", workspace.Encoder, workspace.Images, "--samples", "400", "--dictionary", workspace.Dictionary, "--json");

        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        JsonElement root = json.RootElement;
        Assert.Equal("lista", root.GetProperty("kind").GetString());
        Assert.InRange(root.GetProperty("relative_code_error").GetDouble(), 0.001, 1);
        Assert.InRange(root.GetProperty("support_f1").GetDouble(), 0.1, 1);
        Assert.InRange(root.GetProperty("fista_iterations_for_equal_error").GetDouble(), 1, 200);
        Assert.InRange(root.GetProperty("cod_updates_for_equal_error").GetDouble(), 1, 120);
        Assert.Equal(36 * 12 + 12 * 12, root.GetProperty("multiply_adds").GetInt64());
        Assert.True(root.GetProperty("microseconds_per_signal").GetDouble() > 0);
    }

    [Fact]
    public void Evaluate_against_given_codes_equals_evaluate_against_computed_ones()
    {
        string codes = _folder.File("z.npy");
        Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", codes);

        using JsonDocument given =
            JsonDocument.Parse(Succeed("evaluate", workspace.Encoder, workspace.Signals, "--codes", codes, "--json").Out);
        using JsonDocument computed = JsonDocument.Parse(Succeed("evaluate", workspace.Encoder, workspace.Signals, "--json").Out);

        Assert.Equal(computed.RootElement.GetProperty("code_error").GetDouble(), given.RootElement.GetProperty("code_error").GetDouble());
        Assert.Equal(computed.RootElement.GetProperty("relative_objective_gap").GetDouble(),
            given.RootElement.GetProperty("relative_objective_gap").GetDouble());
    }

    [Fact]
    public void Info_tells_what_models_and_arrays_hold()
    {
        using JsonDocument model = JsonDocument.Parse(Succeed("info", workspace.Encoder, "--json").Out);
        using JsonDocument array = JsonDocument.Parse(Succeed("info", workspace.Signals, "--json").Out);

        Assert.Equal(("lista", 1, 6), (model.RootElement.GetProperty("kind").GetString(), Metadata("depth"), Metadata("patch_size")));
        Assert.Contains("36", array.RootElement.ToString(), StringComparison.Ordinal);
        Assert.Contains("kind", Succeed("info", workspace.Dictionary).Out, StringComparison.Ordinal);

        int Metadata(string key) => model.RootElement.GetProperty("metadata").GetProperty(key).GetInt32();
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        foreach (string threads in new[] { "1", "3" })
        {
            Succeed("learn", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "1500", "--threads", threads, "-o",
                _folder.File($"d{threads}.safetensors"));
            Succeed("train", workspace.Dictionary, workspace.Images, "--encoder", "lcod", "--batch", "200", "--samples", "1500",
                "--threads", threads, "-o", _folder.File($"e{threads}.safetensors"));
            Succeed("encode", workspace.Dictionary, workspace.Images, "--stride", "2", "--threads", threads, "-o",
                _folder.File($"z{threads}.npy"));
        }

        Assert.Equal(File.ReadAllBytes(_folder.File("d1.safetensors")), File.ReadAllBytes(_folder.File("d3.safetensors")));
        Assert.Equal(File.ReadAllBytes(_folder.File("e1.safetensors")), File.ReadAllBytes(_folder.File("e3.safetensors")));
        Assert.Equal(File.ReadAllBytes(_folder.File("z1.npy")), File.ReadAllBytes(_folder.File("z3.npy")));
    }

    private static double Iterations(Outcome outcome)
    {
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        return json.RootElement.GetProperty("mean_iterations").GetDouble();
    }

    private double MeanEnergy(string dictionary)
    {
        AtomDictionary atoms = ModelFile.LoadDictionary(dictionary);
        Matrix x = Patches.Sample(
            ImageFolder.Load(workspace.Images, TestContext.Current.CancellationToken), PatchPreprocessing.Default with { PatchSize = 6 },
            500, seed: 8);
        return LassoObjective.Energies(
            x, atoms, new ActiveSetSolver(atoms, 0.5f).Encode(x, cancellation: TestContext.Current.CancellationToken), 0.5f).Average();
    }
}
