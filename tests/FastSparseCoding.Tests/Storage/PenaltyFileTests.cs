using System.Runtime.Intrinsics.X86;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Penalties in model files: whole, told from the lasso's by every version of the library, and refused when they cannot
/// be.</summary>
public sealed class PenaltyFileTests : IDisposable
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(12, 9, seed: 1);
    private static readonly Penalty Whole = Problems.Penalty("weights ridge z ≥ 0", 0.3f, 12);

    private readonly TempFolder _folder = new();

    private string ModelPath => _folder.File("model.safetensors");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Any_penalty_reads_back_with_a_dictionary_an_encoder_and_a_classifier(string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.3f, 12);
        Matrix x = RandomData.Normal(20, 9, seed: 2);

        ModelFile.Save(ModelPath, Dictionary, penalty);
        Assert.Equal((penalty, 0.3f), (ModelFile.ReadInfo(ModelPath).Penalty, ModelFile.ReadInfo(ModelPath).Lambda));
        Assert.Equal(penalty, Assert.IsType<ActiveSetSolver>(ModelFile.Load(ModelPath)).Penalty);

        foreach (string kind in EncoderFactory.Kinds.Where(
            kind => !(penalty.NonNegative && kind.StartsWith("tanh", StringComparison.Ordinal))))
        {
            TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, penalty, kind.StartsWith('l') ? 2 : 0);
            ModelFile.Save(ModelPath, encoder);
            Assert.Equal(penalty, ModelFile.LoadEncoder(ModelPath).Penalty);
            Assert.Equal(encoder.Encode(x, 1, Cancellation).Values, ModelFile.LoadEncoder(ModelPath).Encode(x, 1, Cancellation).Values);
        }

        ClassifierFile.Save(ModelPath, new ClassifierModel(new LinearClassifier(12, 3), new ActiveSetSolver(Dictionary, penalty)));
        Assert.Equal(penalty, Assert.IsType<ActiveSetSolver>(ClassifierFile.Load(ModelPath).Encoder).Penalty);
        ClassifierFile.Save(ModelPath,
            new ClassifierModel(new LinearClassifier(12, 3), ListaEncoder.FromDictionary(Dictionary, penalty, 1)));
        Assert.Equal(penalty, Assert.IsType<ListaEncoder>(ClassifierFile.Load(ModelPath).Encoder).Penalty);
    }

    /// <summary>An older version of the library reads up to format version 1 and refuses what is newer; it knows no penalty but the
    /// lasso's.</summary>
    [Theory]
    [MemberData(nameof(Problems.Members), MemberType = typeof(Problems))]
    public void Only_another_penalty_than_the_lassos_makes_a_file_too_new_for_older_versions(string member)
    {
        Penalty penalty = Problems.Penalty(member, 0.3f, 12);
        int expected = penalty.Equals(new Penalty(0.3f)) ? 1 : 2;

        ModelFile.Save(ModelPath, Dictionary, penalty);
        Assert.Equal(expected, ModelFile.ReadInfo(ModelPath).FormatVersion);
        ModelFile.Save(ModelPath, ListaEncoder.FromDictionary(Dictionary, penalty, 1));
        Assert.Equal(expected, ModelFile.ReadInfo(ModelPath).FormatVersion);
        ClassifierFile.Save(ModelPath,
            new ClassifierModel(new LinearClassifier(12, 3), ListaEncoder.FromDictionary(Dictionary, penalty, 1)));
        using ModelReader classifier = ModelReader.Open(ModelPath);
        Assert.Equal(expected, classifier.FormatVersion);
    }

    /// <summary>The fixtures were written, at λ = 0.3, before there were penalties; encoders had not been trained.</summary>
    [Theory]
    [InlineData("dictionary")]
    [InlineData("lista")]
    [InlineData("lcod")]
    [InlineData("lista-layers")]
    [InlineData("shrink")]
    [InlineData("tanh")]
    [InlineData("tanh2")]
    public void Files_from_before_there_were_penalties_load_and_begin_as_today(string kind)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Storage", "Fixtures", kind + ".safetensors");

        ModelInfo info = ModelFile.ReadInfo(path);
        Assert.Equal((kind, 1, new Penalty(0.3f)), (info.Kind, info.FormatVersion, info.Penalty));
        AtomDictionary dictionary = ModelFile.LoadDictionary(path);
        Assert.Equal((5, 4), (dictionary.AtomCount, dictionary.SignalSize));
        if (info.IsDictionary)
            ModelFile.Save(ModelPath, dictionary, 0.3f);
        else
            ModelFile.Save(ModelPath, EncoderFactory.Create(kind, dictionary, 0.3f, info.Depth));
        // Without fused multiply-add Gram matrices differ in their last digits, and files with them.
        if (Fma.IsSupported)
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(ModelPath));
        Assert.Equal(new FileInfo(path).Length, new FileInfo(ModelPath).Length);
    }

    [Theory]
    [InlineData("lambda", "0", "its metadata has lambda '0'; expected a number from ")]
    [InlineData("ridge", "-1", "its metadata has ridge '-1'; expected a number from 0 to ")]
    [InlineData("ridge", "NaN", "its metadata has ridge 'NaN'; expected a number from 0 to ")]
    [InlineData("ridge", "Infinity", "its metadata has ridge 'Infinity'; expected a number from 0 to ")]
    [InlineData("non_negative", "1", "its metadata has non_negative '1'; expected true or false.")]
    [InlineData("non_negative", "", "its metadata has non_negative ''; expected true or false.")]
    public void Metadata_that_cannot_be_is_refused(string key, string value, string message)
    {
        Rewrite(key, value, weights => weights);
        RefusedEverywhere(message);
    }

    [Fact]
    public void Weights_that_cannot_be_are_refused()
    {
        Rewrite("", "", weights => [.. weights[..3], 0, .. weights[4..]]);
        RefusedEverywhere("its penalty cannot be used: 'weights[3]' is 0; it must be a finite number above 0.");
        Rewrite("", "", weights => [.. weights[..11], -2]);
        RefusedEverywhere("its penalty cannot be used: 'weights[11]' is -2; it must be a finite number above 0.");
        Rewrite("", "", weights => [float.NaN, .. weights[1..]]);
        RefusedEverywhere("its penalty cannot be used: 'weights[0]' is NaN; it must be a finite number above 0.");
        Rewrite("", "", weights => [.. weights[..11]]);
        RefusedEverywhere("its penalty has 11 weights; expected 12, one for every value of a code.");
        Rewrite("", "", _ => []);
        RefusedEverywhere("its penalty has 0 weights; expected 12, one for every value of a code.");
    }

    [Fact]
    public void A_tanh_encoder_of_codes_without_negative_values_is_refused()
    {
        ModelFile.Save(ModelPath, TanhEncoder.FromDictionary(Dictionary, new Penalty(0.3f, ridge: 1)));
        Rewrite("non_negative", "true", weights => weights, save: false);
        Assert.StartsWith($"{ModelPath}: its encoder cannot be used: 'penalty' is λ = 0.3, μ = 1, z ≥ 0; it must allow negative codes",
            Assert.Throws<InvalidDataException>(() => ModelFile.LoadEncoder(ModelPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_number_than_atoms_are_not_saved()
    {
        Assert.Equal("'penalty.Weights' has 2 values; it must have 12. (Parameter 'penalty.Weights')",
            Assert.Throws<ArgumentException>(() => ModelFile.Save(ModelPath, Dictionary, new Penalty(1, [1, 2]))).Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Info_shows_the_penalty()
    {
        ModelFile.Save(ModelPath, Dictionary, Whole);
        FileDescription info = FileDescription.Read(ModelPath);
        string[] facts = [.. info.Texts.Select(fact => $"{fact.Key}: {fact.Value}")];
        Assert.Equal(["kind: dictionary", "penalty: λ = 0.3, 12 weights, μ = 0.3, z ≥ 0"], facts[..2]);
        Assert.Superset(new HashSet<string>(
            ["lambda: 0.3", "ridge: 0.3", "non_negative: true", "penalty.weights: [12] F32", "format_version: 2"], StringComparer.Ordinal),
            new HashSet<string>(facts, StringComparer.Ordinal));

        ModelFile.Save(ModelPath, Dictionary, 0.3f);
        Assert.Equal("penalty: λ = 0.3", FileDescription.Read(ModelPath).Facts.Select(fact => $"{fact.Key}: {fact.Value}").ElementAt(1));
    }

    [Fact]
    public void Damaged_files_are_refused_and_nothing_else_happens()
    {
        ModelFile.Save(ModelPath, ListaEncoder.FromDictionary(Dictionary, Whole, 1));
        Assert.InRange(Mutation.Check(ModelPath, p => ModelFile.LoadEncoder(p), 300), 290, 300);
        Assert.InRange(Mutation.Check(ModelPath, p => FileDescription.Read(p), 100), 90, 100);
    }

    /// <summary>The file again with a changed entry and changed weights, and no checksum that would tell.</summary>
    private void Rewrite(string key, string value, Func<float[], float[]> weights, bool save = true)
    {
        if (save)
            ModelFile.Save(ModelPath, ListaEncoder.FromDictionary(Dictionary, Whole, 1));
        var writer = new SafeTensorsWriter();
        using (SafeTensorsReader reader = SafeTensorsReader.Open(ModelPath))
        {
            foreach ((string name, string text) in reader.Metadata)
                if (name != "checksum")
                    writer.Metadata[name] = name == key ? value : text;
            foreach (TensorInfo tensor in reader.Tensors)
            {
                float[] values = reader.Read<float>(tensor.Name), changed = tensor.Name == "penalty.weights" ? weights(values) : values;
                writer.Add<float>(tensor.Name, changed == values ? [.. tensor.Shape.Select(s => (int)s)] : [changed.Length], changed);
            }
        }
        AtomicFile.Write(ModelPath, writer.WriteTo);
    }

    private void RefusedEverywhere(string message)
    {
        foreach (Action read in (Action[])[() => ModelFile.ReadInfo(ModelPath), () => ModelFile.LoadEncoder(ModelPath),
            () => ModelFile.Load(ModelPath), () => FileDescription.Read(ModelPath)])
            Assert.StartsWith($"{ModelPath}: {message}", Assert.Throws<InvalidDataException>(read).Message, StringComparison.Ordinal);
    }
}
