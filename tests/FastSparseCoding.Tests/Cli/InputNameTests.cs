using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>What an input is, is told by its name, and what is wrong with it too.</summary>
public sealed class InputNameTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    private string Codes => _folder.File("z.npz");

    private string Places => _folder.File("p.npz");

    private string Output => _folder.File("again.png");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("IMAGES", "encode", "DICTIONARY", "", "-o", "OUT")]
    [InlineData("MODEL", "encode", "", "SIGNALS", "-o", "OUT")]
    [InlineData("--weights", "encode", "DICTIONARY", "SIGNALS", "-o", "OUT", "--weights", "")]
    [InlineData("--output", "encode", "DICTIONARY", "SIGNALS", "-o", "")]
    [InlineData("CODES", "reconstruct", "", "DICTIONARY", "-o", "OUT")]
    [InlineData("--images", "reproduce", "--quick", "--images", "")]
    [InlineData("FILE", "info", "")]
    [InlineData("DATA", "classify", "", "--raw", "-o", "OUT")]
    public void Nothing_is_no_name(string name, params string[] args)
        => Refuse($"{name} is empty; it must have a value.", [.. args.Select(word => word switch
        {
            "DICTIONARY" => workspace.Dictionary,
            "SIGNALS" => workspace.Signals,
            "OUT" => _folder.File("z.npy"),
            _ => word,
        })]);

    [Fact]
    public void A_table_without_numbers_is_told_so()
    {
        string empty = _folder.Write("x.csv", []);
        foreach (string[] command in new string[][] { ["encode", workspace.Dictionary, empty, "-o", Codes], ["info", empty],
            ["learn", empty, "-o", _folder.File("d.npy")], ["reconstruct", empty, workspace.Dictionary, "-o", _folder.File("x.npy")] })
            Refuse($"{empty}: holds no numbers; expected a row of them a line, with commas between them.", command);
    }

    [Theory]
    [InlineData("all.npz", "z")]
    [InlineData("all.safetensors", "z")]
    public void Codes_are_one_of_several_arrays(string name, string array)
    {
        string dense = _folder.File("dense.npy"), expected = _folder.File("expected.npy"), all = _folder.File(name),
            back = _folder.File("back.npy");
        Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", dense);
        Succeed("reconstruct", dense, workspace.Dictionary, "-o", expected);
        Matrix z = Npy.ReadMatrix(dense);
        if (name.EndsWith(".npz", StringComparison.Ordinal))
            Npz.Write(all, [new("other", new Matrix(1, 1)), new("z", z)]);
        else
        {
            var writer = new SafeTensorsWriter();
            writer.Add<float>("other", [1, 1], new float[1]);
            writer.Add<float>("z", [z.Rows, z.Columns], z.Values.ToArray());
            AtomicFile.Write(all, writer.WriteTo);
        }

        Succeed("reconstruct", $"{all}:{array}", workspace.Dictionary, "-o", back);

        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(back));
        Refuse($"{all}: is an input too, which no output may replace; give another name.",
            "reconstruct", $"{all}:{array}", workspace.Dictionary, "-o", all);
    }

    [Fact]
    public void Pictures_are_put_together_with_the_dictionary_of_their_codes_alone()
    {
        string picture = Path.Combine(workspace.Images, "05.png"), other = _folder.File("other.npy"), atoms = _folder.File("atoms.npy");
        AtomDictionary dictionary = ModelFile.LoadDictionary(workspace.Dictionary);
        Matrix turned = new(dictionary.AtomCount, dictionary.SignalSize, [.. dictionary.Atoms.Values.ToArray().Select(v => -v)]);
        Npy.Write(other, turned);
        Npy.Write(atoms, dictionary.Atoms);
        Succeed("encode", workspace.Dictionary, picture, "--places", Places, "-o", Codes);

        using (PatchPlacesReader places = PatchPlacesReader.Open(Places))
            Assert.Equal(dictionary.Hash, places.DictionaryHash);
        Refuse($"{Places}: its patches were encoded with the dictionary {dictionary.Hash}; {other} holds "
            + $"{new AtomDictionary(turned).Hash}.", "reconstruct", Codes, other, "--image", Places, "-o", Output);
        Succeed("reconstruct", Codes, atoms, "--image", Places, "-o", Output);
        Succeed("encode", workspace.Encoder, picture, "--places", Places, "-o", Codes);
        Succeed("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", Output);
    }
}
