using System.Text.Json;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

public sealed class InfoTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Info_tells_what_the_machine_computes_with()
    {
        JsonElement root = JsonDocument.Parse(Succeed("info", "--machine", "--json").Out).RootElement;

        Assert.Equal(Machine.ProcessorName ?? "unknown", root.GetProperty("processor").GetString());
        Assert.Equal(Environment.ProcessorCount, root.GetProperty("cores").GetInt32());
        Assert.Equal(Machine.VectorBits, root.GetProperty("vector_bits").GetInt32());
        Assert.Equal(Machine.FusedMultiplyAdd, root.GetProperty("fused_multiply_add").GetBoolean());
        Assert.True(root.GetProperty("memory_bytes").GetInt64() > 1 << 20);
        Assert.StartsWith(".NET ", root.GetProperty("runtime").GetString(), StringComparison.Ordinal);
        Assert.Matches($@"\nvector bits +{Machine.VectorBits}\n", Succeed("info", "--machine").Out);
    }

    [Fact]
    public void Numbers_of_a_file_are_numbers_and_names_are_its_own()
    {
        string encoder = workspace.Encoder, codes = _folder.File("z.npz");
        Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", codes);
        JsonElement model = JsonDocument.Parse(Succeed("info", encoder, "--json").Out).RootElement,
            sparse = JsonDocument.Parse(Succeed("info", codes, "--json").Out).RootElement,
            array = JsonDocument.Parse(Succeed("info", workspace.Signals, "--json").Out).RootElement;

        Assert.Equal(0.5, model.GetProperty("metadata").GetProperty("lambda").GetDouble());
        Assert.Equal(36, model.GetProperty("metadata").GetProperty("signal_size").GetInt32());
        Assert.Equal(16, model.GetProperty("metadata").GetProperty("dictionary_hash").GetString()!.Length);
        JsonElement tensor = model.GetProperty("tensors").GetProperty("parameter.S_transposed");
        Assert.Equal([12, 12], tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal("F32", tensor.GetProperty("type").GetString());
        Assert.Equal((200, 12), (sparse.GetProperty("rows").GetInt32(), sparse.GetProperty("columns").GetInt32()));
        Assert.True(sparse.GetProperty("non_zeros").GetInt64() > 0 && sparse.GetProperty("non_zeros_per_row").GetDouble() > 0);
        Assert.Equal([200, 36], array.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.True(array.GetProperty("bytes").GetInt64() > 200 * 36 * 4);
        foreach (JsonElement root in new[] { model, sparse, array })
            Assert.All(root.EnumerateObject(), p => Assert.Matches("^[a-z_]+$", p.Name));
    }

    [Fact]
    public void Tables_graphs_and_IDX_files_are_described()
    {
        string csv = _folder.File("x.csv"), onnx = _folder.File("x.onnx"), digits = DigitFiles.Write(_folder.File("digits"), 40, 20);
        File.WriteAllText(csv, "1,2,3\n4,5,6\n");
        Succeed("export", workspace.Encoder, "-o", onnx);

        JsonElement table = Described(csv), graph = Described(onnx),
            zipped = Described(Path.Combine(digits, "train-images-idx3-ubyte.gz")),
            labels = Described(Path.Combine(digits, "t10k-labels-idx1-ubyte"));

        Assert.Equal(("csv", 2, 3), (Text(table, "holds"), Number(table, "rows"), Number(table, "columns")));
        Assert.Equal(("onnx", 8, "17"), (Text(graph, "holds"), Number(graph, "ir_version"), Text(graph, "opset")));
        Assert.Equal("lista", Text(graph.GetProperty("metadata"), "kind"));
        Assert.Equal(0.5, graph.GetProperty("metadata").GetProperty("lambda").GetDouble());
        Assert.Equal(("idx", "pictures", "gzip"), (Text(zipped, "holds"), Text(zipped, "kind"), Text(zipped, "packed")));
        Assert.Equal([40, 8, 8], zipped.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal(("idx", "labels", "no"), (Text(labels, "holds"), Text(labels, "kind"), Text(labels, "packed")));
        Assert.Equal([20], labels.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Matches("\nshape +\\(20,\\)\n", Succeed("info", Path.Combine(digits, "t10k-labels-idx1-ubyte")).Out);
        Assert.Matches("\nir version +8\n", Succeed("info", onnx).Out);

        string cut = _folder.Write("cut-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 5, 1]);
        Refuse($"{cut}: holds 1 values; its sizes 5 make 5.", "info", cut);
        string packed = _folder.Write("other.gz", [0x1F, 0x8B, 1, 2, 3]);
        Refuse($"{packed}: is of no format known here; expected .npy, .npz, .safetensors, .csv or .onnx.", "info", packed);

        static JsonElement Described(string path) => JsonDocument.Parse(Succeed("info", path, "--json").Out).RootElement;
        static string? Text(JsonElement root, string name) => root.GetProperty(name).GetString();
        static int Number(JsonElement root, string name) => root.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData]
    [InlineData("model.safetensors", "--machine")]
    public void Info_needs_a_file_or_the_machine_and_not_both(params string[] args)
    {
        Outcome outcome = Run(["info", .. args]);

        Assert.Equal("error: exactly one of FILE and --machine must be given.\n'sparsecode info --help' lists what can be given.\n",
            outcome.Error);
        Assert.Equal((FastSparseCoding.Cli.ExitCode.BadUsage, ""), (outcome.ExitCode, outcome.Out));
    }
}
