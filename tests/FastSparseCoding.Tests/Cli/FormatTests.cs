using System.Text;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>What a file is follows from its ending, in and out.</summary>
public sealed class FormatTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("d.npy")]
    [InlineData("d.npz")]
    [InlineData("d.csv")]
    public void A_dictionary_has_the_format_of_its_ending(string name)
    {
        string path = _folder.File(name);
        Succeed("learn", workspace.Images, "--patch", "6", "--atoms", "12", "--samples", "2000", "--batch", "100", "-o", path);

        ReadOnlySpan<float> atoms = ModelFile.LoadDictionary(workspace.Dictionary).Atoms.Values;
        Assert.Equal(atoms.ToArray(), RowsReader.ReadMatrix(path).Values.ToArray());
        Assert.Equal(Encoded(workspace.Dictionary), Encoded(path));
    }

    [Theory]
    [InlineData("z.npy")]
    [InlineData("z.npz")]
    [InlineData("z.safetensors")]
    [InlineData("z.csv")]
    public void Codes_and_signals_have_the_format_of_their_ending(string name)
    {
        string codes = _folder.File(name), signals = _folder.File("x" + Path.GetExtension(name));
        Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", codes, "--signals", signals);
        using CodesReader reader = CodesReader.Open(codes);
        Assert.Equal(Encoded(workspace.Dictionary), reader.Read((int)reader.Rows).Values.ToArray());
        Assert.Equal(Npy.ReadMatrix(workspace.Signals).Values.ToArray(), RowsReader.ReadMatrix(signals).Values.ToArray());

        string back = _folder.File("back" + Path.GetExtension(name)), expected = _folder.File("expected.npy");
        Succeed("reconstruct", codes, workspace.Dictionary, "-o", back);
        Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", _folder.File("dense.npy"));
        Succeed("reconstruct", _folder.File("dense.npy"), workspace.Dictionary, "-o", expected);
        Assert.Equal(Npy.ReadMatrix(expected).Values.ToArray(), RowsReader.ReadMatrix(back).Values.ToArray());
    }

    [Theory]
    [InlineData("encode", "z.mat", "ends in '.mat'; codes are written as .npy, .npz, .safetensors or .csv.")]
    [InlineData("learn", "d.h5", "ends in '.h5'; dictionaries are written as .safetensors, .npy, .npz or .csv.")]
    [InlineData("learn", "-", "is standard output; dictionaries are written as .safetensors, .npy, .npz or .csv.")]
    [InlineData("train", "e.npy", "ends in '.npy'; encoders are written as .safetensors.")]
    [InlineData("path", "p.txt", "ends in '.txt'; tables are written as .csv.")]
    [InlineData("encode", "z", "has no ending; codes are written as .npy, .npz, .safetensors or .csv.")]
    [InlineData("learn", "d", "has no ending; dictionaries are written as .safetensors, .npy, .npz or .csv.")]
    [InlineData("train", "e", "has no ending; encoders are written as .safetensors.")]
    [InlineData("train-denoiser", "n", "has no ending; denoisers are written as .safetensors.")]
    [InlineData("path", "p", "has no ending; tables are written as .csv.")]
    public void Another_ending_is_refused_before_any_work(string command, string name, string problem)
    {
        string path = name == "-" ? name : _folder.File(name);
        Refuse($"{path}: {problem}",
            [command, .. command is "learn" or "train-denoiser" ? [] : new[] { workspace.Dictionary }, _folder.File("no such images"),
                "-o", path]);
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData("x.npz")]
    [InlineData("x.safetensors")]
    [InlineData("x.csv")]
    public void Signals_of_every_format_give_the_same_codes(string name)
    {
        RowsWriter.Write(_folder.File(name), Npy.ReadMatrix(workspace.Signals), "signals");
        Assert.Equal(Encoded(workspace.Dictionary), Encoded(workspace.Dictionary, _folder.File(name)));
        if (!name.EndsWith(".csv", StringComparison.Ordinal))
            Assert.Equal(Encoded(workspace.Dictionary), Encoded(workspace.Dictionary, _folder.File(name) + ":signals"));
        Succeed("train", workspace.Dictionary, _folder.File(name), "--depth", "1", "--samples", "500", "-o", _folder.File("e.safetensors"));
        Succeed("evaluate", _folder.File("e.safetensors"), _folder.File(name));
        Succeed("path", workspace.Dictionary, _folder.File(name), "--points", "2");
        Succeed("learn", _folder.File(name), "--atoms", "4", "--samples", "100", "-o", _folder.File("d.safetensors"));
    }

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3C, 0x00, 0xC1 })]
    [InlineData("BF16", new byte[] { 0x80, 0x3F, 0x20, 0xC0 })]
    public void Half_precision_tensors_are_signals(string type, byte[] one)
    {
        byte[] values = [.. Enumerable.Range(0, 36).SelectMany(_ => one)];      // 1, −2.5, 1, −2.5, …
        byte[] header = Encoding.ASCII.GetBytes($"{{\"x\":{{\"dtype\":\"{type}\",\"shape\":[2,36],\"data_offsets\":[0,144]}}}}");
        string tensor = _folder.Write("x.safetensors", [.. BitConverter.GetBytes((long)header.Length), .. header, .. values]),
            array = _folder.File("x.npy");
        Npy.Write(array, new Matrix(2, 36, [.. Enumerable.Range(0, 72).Select(i => i % 2 == 0 ? 1f : -2.5f)]));

        Assert.Equal(Encoded(workspace.Dictionary, array), Encoded(workspace.Dictionary, tensor));
    }

    [Fact]
    public void One_of_several_arrays_is_named()
    {
        string path = _folder.File("x.npz"), tensors = _folder.File("x.safetensors");
        Matrix x = Npy.ReadMatrix(workspace.Signals);
        Npz.Write(path, [new("a", x), new("b", x)]);
        var writer = new SafeTensorsWriter();
        writer.Add<float>("a", [2, 36], new float[72]);
        writer.Add<float>("c", [1, 2, 36], new float[72]);
        AtomicFile.Write(tensors, writer.WriteTo);

        string[] command = ["encode", workspace.Dictionary, "", "-o", _folder.File("z.npy")];
        string[] With(string input) => [command[0], command[1], input, .. command[3..]];
        Refuse($"{path}: holds 2 arrays; say which with FILE:NAME, of a, b.", With(path));
        Refuse($"{path}: has no array 'd'; it has a, b.", With(path + ":d"));
        Refuse($"{tensors}: holds 2 tensors; say which with FILE:NAME, of a, c.", With(tensors));
        Refuse($"{tensors}: its tensor 'c' has shape [1, 2, 36]; expected one or two dimensions.", With(tensors + ":c"));
        Refuse($"{workspace.Dictionary}: is a model; expected an array (FILE:NAME is one of its tensors).", With(workspace.Dictionary));
        Succeed(With(path + ":b"));
        Succeed(With(workspace.Dictionary + ":dictionary.atoms"));
    }

    [Fact]
    public void Standard_input_and_output_carry_arrays()
    {
        byte[] signals = File.ReadAllBytes(workspace.Signals);
        string expected = _folder.File("z.npy"), back = _folder.File("back.npy"), csv = _folder.File("x.csv");
        Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", expected);
        Succeed("reconstruct", expected, workspace.Dictionary, "-o", back);
        RowsWriter.Write(csv, Npy.ReadMatrix(workspace.Signals), "");

        (Outcome outcome, byte[] codes) = Pipe(signals, "encode", workspace.Dictionary, "-", "-o", "-", "--quiet");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith("codes ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(expected), codes);
        Assert.Equal(codes, Pipe(File.ReadAllBytes(csv), "encode", workspace.Dictionary, "-", "-o", "-").Output);
        Assert.Equal(File.ReadAllBytes(back), Pipe(codes, "reconstruct", "-", workspace.Dictionary, "-o", "-").Output);
        string table = Encoding.UTF8.GetString(Pipe(signals, "path", workspace.Dictionary, "-", "--points", "2", "-o", "-").Output);
        Assert.Equal(3, table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("error: standard input: is empty; expected an array: .npy, .npz, .safetensors, .csv.\n",
            Pipe([], "encode", workspace.Dictionary, "-", "-o", "-").Outcome.Error);
        Assert.StartsWith("error: standard input: ",
            Pipe([1, 2, 3, 4], "encode", workspace.Dictionary, "-", "-o", "-").Outcome.Error, StringComparison.Ordinal);
        Assert.Equal("error: standard input: its signals have 1 values; the model takes signals of 36.\n",
            Pipe("1\n"u8.ToArray(), "encode", workspace.Dictionary, "-", "-o", "-").Outcome.Error);
        Assert.Equal("error: '-' is the one array that comes from standard input; 2 inputs are given.\n",
            Pipe(signals, "encode", workspace.Dictionary, "-", "-", "-o", "-").Outcome.Error);
    }

    [Fact]
    public void Patterns_in_quotes_are_expanded()
    {
        string pattern = Path.Combine(workspace.Images, "0?.p*g"), folder = Path.Combine(Path.GetDirectoryName(workspace.Images)!, "im*");
        string[] nine = [.. Directory.EnumerateFiles(workspace.Images, "0*.png").Order(StringComparer.Ordinal)];
        Assert.Equal(10, nine.Length);

        Assert.Equal(Encoded([workspace.Dictionary, .. nine]), Encoded(workspace.Dictionary, pattern));
        Assert.Equal(Encoded(workspace.Dictionary, workspace.Images), Encoded(workspace.Dictionary, Path.Combine(folder, "*.png")));
        Assert.Equal(Encoded(workspace.Dictionary, workspace.Images), Encoded(workspace.Dictionary, folder));
        string none = Path.Combine(workspace.Images, "*.tif");
        Refuse($"no file matches '{none}'.", "encode", workspace.Dictionary, none, "-o", _folder.File("z.npy"));
    }

    [Fact]
    public void Atoms_that_are_no_dictionary_are_told_how_they_become_one()
    {
        AtomDictionary dictionary = ModelFile.LoadDictionary(workspace.Dictionary);
        Matrix atoms = new(12, 36, dictionary.Atoms.Values.ToArray()), scaled = new(12, 36, [.. atoms.Values.ToArray().Select(v => 3 * v)]);
        string columns = _folder.File("columns.npy"), large = _folder.File("large.npy"), both = _folder.File("both.csv");
        Npy.Write(columns, atoms.Transpose());
        Npy.Write(large, scaled);
        RowsWriter.Write(both, scaled.Transpose(), "");
        string[] rest = [workspace.Signals, "-o", _folder.File("z.npy")];

        Outcome transposed = Run(["encode", columns, .. rest]), norms = Run(["encode", large, .. rest]);
        Assert.EndsWith(" Its columns are of norm 1: --transpose takes them.\n", transposed.Error, StringComparison.Ordinal);
        Assert.Equal(
            $"error: {large}: 'atoms' has norm 3 at row 0; it must be 1 (AtomDictionary.Normalize scales rows to it). --normalize-atoms "
            + "scales them.\n", norms.Error);
        Refuse($"{workspace.Signals}: its signals have 36 values; the model takes signals of 12. If the atoms of {both} stand in columns, "
            + "give --transpose.", ["encode", both, .. rest, "--normalize-atoms"]);
        float[] expected = Encoded(workspace.Dictionary);
        Assert.Equal(expected, Encoded(columns, workspace.Signals, "--transpose"));
        foreach (float[] codes in new[] { Encoded(large, workspace.Signals, "--normalize-atoms"),
            Encoded(both, workspace.Signals, "--normalize-atoms", "--transpose") })
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], codes[i], 1e-4f * (1 + Math.Abs(expected[i])));
        Refuse($"--transpose is for a dictionary that is an array; {workspace.Dictionary} is none.",
            ["encode", workspace.Dictionary, .. rest, "--transpose"]);
        Succeed("train", columns, workspace.Signals, "--transpose", "--depth", "1", "--samples", "500", "-o",
            _folder.File("e.safetensors"));
        Succeed("path", large, workspace.Signals, "--normalize-atoms", "--points", "2");
        Succeed("learn", workspace.Signals, "--start", columns, "--transpose", "--samples", "100", "-o", _folder.File("d.safetensors"));
        Encoded(workspace.Dictionary);
        Succeed("reconstruct", _folder.File("encoded.npy"), columns, "--transpose", "-o", _folder.File("back.npy"));
        Matrix unit = new(36, 36);
        for (int i = 0; i < 36; i++)
            unit[i, i] = 1;
        Npy.Write(_folder.File("unit.npy"), new Matrix(12, 36, unit.Values[..(12 * 36)].ToArray()));
        Npy.Write(_folder.File("wide.npy"), new Matrix(1, 36));
        Refuse($"{_folder.File("wide.npy")}: holds codes of 36 values; the dictionary has 12 atoms. If the atoms of "
            + $"{_folder.File("unit.npy")} stand in columns, give --transpose.",
            "reconstruct", _folder.File("wide.npy"), _folder.File("unit.npy"), "-o", _folder.File("back.npy"));
    }

    /// <summary>Codes of signals, or of others, as they stand in a file.</summary>
    private float[] Encoded(params string[] args)
    {
        string path = _folder.File("encoded.npy");
        Succeed(["encode", args[0], .. args.Length > 1 ? args[1..] : [workspace.Signals], "-o", path]);
        return Npy.ReadMatrix(path).Values.ToArray();
    }
}
