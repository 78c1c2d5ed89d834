using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class ClassifierFileTests : IDisposable
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(12, 9, seed: 1);
    private static readonly Matrix X = RandomData.Normal(20, 9, seed: 2);

    private readonly TempFolder _folder = new();

    private string ModelPath => _folder.File("classifier.safetensors");

    public static TheoryData<string> Encoders { get; } = ["none", "dictionary", .. EncoderFactory.Kinds];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Encoders))]
    public void A_classifier_reads_back_with_what_gives_its_codes(string kind)
    {
        var preprocessing = new PatchPreprocessing { PatchSize = 3, Normalization = PatchNormalization.ZeroMean };
        ClassifierModel saved = new(Classifier(kind == "none" ? 9 : 12), Encoder(kind));

        ClassifierFile.Save(ModelPath, saved, preprocessing);

        ClassifierModel loaded = ClassifierFile.Load(ModelPath);
        Assert.Equal(preprocessing, PatchPreprocessing.Read(ModelPath));
        Assert.Equal((saved.Classifier.CodeSize, 3), (loaded.Classifier.CodeSize, loaded.Classifier.ClassCount));
        Assert.Equal(saved.Classifier.Parameters.Values.ToArray(), loaded.Classifier.Parameters.Values.ToArray());
        Assert.Equal(saved.Encoder?.GetType(), loaded.Encoder?.GetType());
        Assert.Equal(Predictions(saved), Predictions(loaded));
        Assert.True(Predictions(loaded).Distinct().Count() > 1);
    }

    [Fact]
    public void Info_describes_it()
    {
        ClassifierFile.Save(ModelPath, new ClassifierModel(Classifier(12), Encoder("lcod")));

        FileDescription info = FileDescription.Read(ModelPath);
        string[] facts = [.. info.Texts.Select(f => $"{f.Key}: {f.Value}")];

        Assert.Equal("kind: classifier", facts[0]);
        Assert.Superset(
            new HashSet<string>(["classes: 3", "codes_of: lcod", "depth: 4", "lambda: 0.3", "code_size: 12", "signal_size: 9",
                "classifier.weights: [3, 12] F32", "classifier.bias: [1, 3] F32", "parameter.W_e: [12, 9] F32",
                "dictionary.atoms: [12, 9] F32"], StringComparer.Ordinal),
            new HashSet<string>(facts, StringComparer.Ordinal));
    }

    [Fact]
    public void Another_kind_than_asked_for_is_refused()
    {
        ClassifierFile.Save(ModelPath, new ClassifierModel(Classifier(12), Encoder("lista")));
        Refused("holds a 'classifier'; expected a dictionary or an encoder.", () => ModelFile.ReadInfo(ModelPath));
        Refused("holds a 'classifier'; expected an encoder.", () => ModelFile.LoadEncoder(ModelPath));

        ModelFile.Save(ModelPath, Dictionary, 0.3f);
        Refused("holds a 'dictionary'; expected a classifier.", () => ClassifierFile.Load(ModelPath));
    }

    [Theory]
    [InlineData("classes", "1", "its metadata has classes '1'; expected a number from 2 to 256.")]
    [InlineData("classes", "200", "its tensor 'classifier.weights' has shape [3, 12]; expected [200, 12].")]
    [InlineData("classes", "4", "its tensor 'classifier.weights' has shape [3, 12]; expected [4, 12].")]
    [InlineData("code_size", "11", "its tensor 'classifier.weights' has shape [3, 12]; expected [3, 11].")]
    [InlineData("codes_of", "gru",
        "its metadata has codes_of 'gru'; expected one of none, dictionary, lista, lcod, shrink, tanh, tanh2, lista-layers, "
        + "lista-coupled, slista.")]
    [InlineData("codes_of", "shrink", "its encoder cannot be used: 'depth' is 4; it must be 0 for 'shrink', which has no depth.")]
    [InlineData("dictionary_hash", "0123", "its atoms have the fingerprint ")]
    public void Metadata_that_cannot_be_is_refused(string key, string value, string message)
    {
        ClassifierFile.Save(ModelPath, new ClassifierModel(Classifier(12), Encoder("lista")));
        using (SafeTensorsReader reader = SafeTensorsReader.Open(ModelPath))
        {
            var writer = new SafeTensorsWriter();
            foreach ((string name, string text) in reader.Metadata)
                if (name != "checksum")
                    writer.Metadata[name] = name == key ? value : text;
            foreach (TensorInfo tensor in reader.Tensors)
                writer.Add<float>(tensor.Name, [.. tensor.Shape.Select(s => (int)s)], reader.Read<float>(tensor.Name));
            AtomicFile.Write(ModelPath, writer.WriteTo);
        }

        Refused(message, () => ClassifierFile.Load(ModelPath));
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_not_saved()
    {
        NotSaved("'encoder.CodeSize' has 12 values; it must have 11.", new ClassifierModel(Classifier(11), Encoder("lista")));
        NotSaved("'encoder' is a FistaSolver; it must be a trainable encoder, an active-set solver or nothing.",
            new ClassifierModel(Classifier(12), new FistaSolver(Dictionary, 0.3f)));
        NotSaved("'preprocessing' has 100 values; it must have 9.", new ClassifierModel(Classifier(12), Encoder("lista")),
            PatchPreprocessing.Default);
        NotSaved("'preprocessing' has 100 values; it must have 9.", new ClassifierModel(Classifier(9), null), PatchPreprocessing.Default);
        LinearClassifier spoilt = Classifier(12);
        spoilt.Parameters.Values[5] = float.NaN;
        NotSaved("'weights' holds NaN at row 0, column 5; every value must be finite.", new ClassifierModel(spoilt, Encoder("lista")));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Damaged_files_are_refused_and_nothing_else_happens()
    {
        ClassifierFile.Save(ModelPath, new ClassifierModel(Classifier(12), Encoder("lcod")), new PatchPreprocessing { PatchSize = 3 });

        Assert.InRange(Mutation.Check(ModelPath, p => ClassifierFile.Load(p), 400), 390, 400);
    }

    private static ISparseEncoder? Encoder(string kind) => kind switch
    {
        "none" => null,
        "dictionary" => new ActiveSetSolver(Dictionary, 0.3f),
        _ => EncoderFactory.Create(kind, Dictionary, 0.3f, kind is "lista" or "lcod" ? 4 : 0),
    };

    private static LinearClassifier Classifier(int codeSize)
    {
        var classifier = new LinearClassifier(codeSize, 3);
        RandomData.Normal(1, classifier.Parameters.Values.Length, seed: 4).Values.CopyTo(classifier.Parameters.Values);
        return classifier;
    }

    private static byte[] Predictions(ClassifierModel model) => model.Classifier.Predict(model.Encoder?.Encode(X) ?? X);

    private void NotSaved(string message, ClassifierModel model, PatchPreprocessing? preprocessing = null)
        => Assert.StartsWith(message,
            Assert.ThrowsAny<ArgumentException>(() => ClassifierFile.Save(ModelPath, model, preprocessing)).Message,
            StringComparison.Ordinal);

    private void Refused(string message, Action load)
        => Assert.StartsWith($"{ModelPath}: {message}", Assert.ThrowsAny<InvalidDataException>(load).Message, StringComparison.Ordinal);
}
