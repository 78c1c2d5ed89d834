using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>A model for other programs: the ending says which form.</summary>
public sealed class ExportTests : IDisposable
{
    private static readonly PatchPreprocessing Preprocessing = new() { PatchSize = 3, Normalization = PatchNormalization.ZeroMean };
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(12, 9, seed: 1);
    private static readonly ListaEncoder Encoder = ListaEncoder.FromDictionary(Dictionary, 0.3f, depth: 2);

    private readonly TempFolder _folder = new();

    public ExportTests()
    {
        ModelFile.Save(Named("dictionary"), Dictionary, 0.3f, Preprocessing);
        ModelFile.Save(Named("encoder"), Encoder, Preprocessing);
        ModelFile.Save(Named("orphan"), ListaEncoder.Random(9, 12, 0.3f, 1, seed: 2));
        ClassifierFile.Save(Named("classifier"), new ClassifierModel(new LinearClassifier(12, 3), Encoder), Preprocessing);
        ClassifierFile.Save(Named("exact"), new ClassifierModel(new LinearClassifier(12, 3), new ActiveSetSolver(Dictionary, 0.3f)));
        ClassifierFile.Save(Named("raw"), new ClassifierModel(new LinearClassifier(9, 3), null));
        DenoiserFile.Save(Named("denoiser"), Denoiser.FromDictionary(Dictionary, depth: 1));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("encoder", "lista", "z")]
    [InlineData("classifier", "classifier", "label")]
    [InlineData("raw", "classifier", "label")]
    [InlineData("denoiser", "denoiser", "y")]
    public void Models_become_onnx(string file, string kind, string output)
    {
        string target = _folder.File("model.ONNX");

        Outcome outcome = Succeed("export", Named(file), "-o", target);

        Assert.Equal($"onnx   {target}\nkind   {kind}\nbytes  {new FileInfo(target).Length}\n", outcome.Out);
        using var session = new OnnxSession(File.ReadAllBytes(target));
        Assert.Contains(output, session.Outputs.Keys);
        Assert.Equal(kind, session.Metadata.CustomMetadataMap["kind"]);
        Assert.Equal(file is "encoder" or "classifier", session.Metadata.CustomMetadataMap.ContainsKey("patch_normalization"));
    }

    [Fact]
    public void The_encoder_of_a_classifier_becomes_a_model()
    {
        string target = _folder.File("out.safetensors"), expected = _folder.File("expected.safetensors");
        ModelFile.Save(expected, Encoder, Preprocessing);

        Outcome outcome = Succeed("export", Named("classifier"), "-o", target);

        Assert.Equal($"encoder  {target}\nkind     lista\nbytes    {new FileInfo(target).Length}\n", outcome.Out);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(target));
    }

    [Theory]
    [InlineData("dictionary", "dictionary")]
    [InlineData("encoder", "lista")]
    [InlineData("classifier", "classifier")]
    [InlineData("exact", "classifier")]
    public void Atoms_become_an_array(string file, string kind)
    {
        string target = _folder.File("atoms.npy");

        Outcome outcome = Succeed("export", Named(file), "-o", target);

        Assert.StartsWith($"atoms        {target}\nkind         {kind}\ncount        12\nsignal size  9\n", outcome.Out,
            StringComparison.Ordinal);
        Assert.Equal(Dictionary.Atoms.Values.ToArray(), Npy.ReadMatrix(target).Values.ToArray());
    }

    [Fact]
    public void What_it_did_is_told_as_json()
        => Assert.Contains("\"kind\": \"lista\"", Succeed("export", Named("encoder"), "-o", _folder.File("z.onnx"), "--json").Out,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("encoder", "z.txt", "ends in '.txt'")]
    [InlineData("encoder", "z", "has no ending")]
    public void Other_endings_are_refused(string file, string output, string problem)
        => RefuseExport(file, output,
            $"{_folder.File(output)}: {problem}; it must end in .onnx (an encoder, a classifier or a denoiser), .safetensors (the encoder "
            + "of a classifier) or .npy (the atoms of a dictionary).");

    [Theory]
    [InlineData("dictionary", "z.onnx", "holds a dictionary; .onnx is for encoders, classifiers and denoisers (.npy for its atoms).")]
    [InlineData("exact", "z.onnx",
        "classifies the exact codes of a dictionary, which a solver finds; expected one with an encoder.")]
    [InlineData("exact", "z.safetensors",
        "classifies the exact codes of a dictionary, which a solver finds; expected one with an encoder.")]
    [InlineData("raw", "z.safetensors", "classifies signals as they are; it has no encoder.")]
    [InlineData("raw", "z.npy", "holds a classifier without a dictionary; .npy is for the atoms of one.")]
    [InlineData("denoiser", "z.npy", "holds a denoiser without a dictionary; .npy is for the atoms of one.")]
    [InlineData("orphan", "z.npy", "holds a 'lista' encoder without its dictionary; expected a dictionary.")]
    [InlineData("encoder", "z.safetensors", "holds a 'lista' encoder; .safetensors is for the encoder of a classifier.")]
    [InlineData("dictionary", "z.safetensors", "holds a dictionary; .safetensors is for the encoder of a classifier.")]
    public void What_a_file_does_not_hold_is_refused(string file, string output, string problem)
        => RefuseExport(file, output, $"{Named(file)}: {problem}");

    [Fact]
    public void The_input_is_not_replaced()
        => Refuse($"{Named("classifier")}: is an input too, which no output may replace; give another name.",
            "export", Named("classifier"), "-o", Named("classifier"));

    private void RefuseExport(string file, string output, string message)
    {
        string[] before = _folder.Names;
        Refuse(message, "export", Named(file), "-o", _folder.File(output));
        Assert.Equal(before, _folder.Names);
    }

    private string Named(string file) => _folder.File($"{file}.safetensors");
}
