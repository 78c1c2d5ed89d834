using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class ModelFileTests : IDisposable
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(12, 9, seed: 1);
    private static readonly Matrix X = RandomData.Normal(20, 9, seed: 2);

    private readonly TempFolder _folder = new();

    private string ModelPath => _folder.File("model.safetensors");

    public static TheoryData<PatchPreprocessing?> Preprocessings => new(
        null, new PatchPreprocessing { PatchSize = 3 },
        new PatchPreprocessing { PatchSize = 3, MinimumDeviation = 0, Normalization = PatchNormalization.None },
        new PatchPreprocessing { PatchSize = 3, MinimumDeviation = 0.1f, Normalization = PatchNormalization.ZeroMean });

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Preprocessings), DisableDiscoveryEnumeration = true)]
    public void A_dictionary_reads_back_bit_for_bit(PatchPreprocessing? preprocessing)
    {
        ModelFile.Save(ModelPath, Dictionary, 0.3f, preprocessing);

        AtomDictionary loaded = ModelFile.LoadDictionary(ModelPath);
        Assert.Equal(Dictionary.Atoms.Values.ToArray(), loaded.Atoms.Values.ToArray());
        Assert.Equal(new ModelInfo("dictionary", 1, 0.3f, 0, 9, 12, Dictionary.Hash), ModelFile.ReadInfo(ModelPath));
        Assert.Equal(preprocessing, PatchPreprocessing.Read(ModelPath));
        Assert.Equal(0.3f, Assert.IsType<ActiveSetSolver>(ModelFile.Load(ModelPath)).Lambda);
    }

    [Fact]
    public void A_whitening_reads_back_bit_for_bit()
    {
        ZcaWhitening whitening = ZcaWhitening.Fit(RandomData.Normal(100, 9, seed: 3));

        ModelFile.Save(ModelPath, Dictionary, 0.3f, new PatchPreprocessing { PatchSize = 3, Whitening = whitening });

        ZcaWhitening loaded = PatchPreprocessing.Read(ModelPath)!.Whitening!;
        Assert.Equal(whitening.Mean.ToArray(), loaded.Mean.ToArray());
        Assert.Equal(whitening.Transform.Values.ToArray(), loaded.Transform.Values.ToArray());
    }

    [Theory]
    [InlineData("lista", 3, true)]
    [InlineData("lista", 0, false)]
    [InlineData("lista-layers", 3, true)]
    [InlineData("lista-coupled", 3, true)]
    [InlineData("lista-coupled", 0, false)]
    [InlineData("slista", 3, true)]
    [InlineData("lcod", 5, true)]
    [InlineData("lcod", 5, false)]
    [InlineData("shrink", 0, true)]
    [InlineData("tanh", 0, true)]
    [InlineData("tanh2", 0, false)]
    public void An_encoder_reads_back_and_encodes_to_the_same_bits(string kind, int depth, bool withDictionary)
    {
        TrainableEncoder encoder = Perturbed(kind, depth, withDictionary ? Dictionary : null);

        ModelFile.Save(ModelPath, encoder);

        TrainableEncoder loaded = ModelFile.LoadEncoder(ModelPath, withDictionary ? Dictionary : null);
        Assert.Equal((kind, depth, 0.3f), (loaded.Kind, loaded.Depth, loaded.Lambda));
        Assert.Equal(encoder.Parameters.Values.ToArray(), loaded.Parameters.Values.ToArray());
        Assert.Equal(encoder.Dictionary?.Hash, loaded.Dictionary?.Hash);
        Assert.Equal(encoder.Encode(X, cancellation: TestContext.Current.CancellationToken).Values.ToArray(),
            ModelFile.Load(ModelPath).Encode(X, cancellation: TestContext.Current.CancellationToken).Values.ToArray());
    }

    [Fact]
    public void Another_kind_than_asked_for_is_refused()
    {
        ModelFile.Save(ModelPath, Dictionary, 0.3f);
        Refused("holds a 'dictionary'; expected an encoder.", () => ModelFile.LoadEncoder(ModelPath));

        ModelFile.Save(ModelPath, Perturbed("lista", 1, null));
        Refused("holds a 'lista' encoder without its dictionary; expected a dictionary.", () => ModelFile.LoadDictionary(ModelPath));

        var other = new ModelWriter("training-checkpoint");
        other.Save(ModelPath);
        Refused("holds a 'training-checkpoint'; expected a dictionary or an encoder.", () => ModelFile.ReadInfo(ModelPath));
    }

    [Fact]
    public void An_encoder_of_another_dictionary_is_refused()
    {
        AtomDictionary other = RandomData.Dictionary(12, 9, seed: 5);

        ModelFile.Save(ModelPath, Perturbed("lista", 1, Dictionary));
        Refused($"was trained for the dictionary {Dictionary.Hash}; expected one trained for {other.Hash}.",
            () => ModelFile.LoadEncoder(ModelPath, other));

        ModelFile.Save(ModelPath, Perturbed("lista", 1, null));
        Refused($"was trained for the dictionary (none); expected one trained for {other.Hash}.",
            () => ModelFile.LoadEncoder(ModelPath, other));
    }

    [Theory]
    [InlineData("lambda", "0", "its metadata has lambda '0'; expected a number from ")]
    [InlineData("lambda", "NaN", "its metadata has lambda 'NaN'; expected a number from ")]
    [InlineData("lambda", "much", "its metadata has lambda 'much'; expected a number from ")]
    [InlineData("depth", "-1", "its metadata has depth '-1'; expected a number from 0 to ")]
    [InlineData("depth", "2000", "its encoder cannot be used: 'depth' is 2000; it must be from 0 to 1000.")]
    [InlineData("code_size", "0", "its metadata has code_size '0'; expected a number from 1 to ")]
    [InlineData("code_size", "2000000000",
        "its encoder cannot be used: 'number of parameters' is 18000000000; it must be 2147483591 or less.")]
    [InlineData("code_size", "13", "its tensor 'parameter.W_e' has shape [12, 9]; expected [13, 9].")]
    [InlineData("signal_size", "8", "its tensor 'parameter.W_e' has shape [12, 9]; expected [12, 8].")]
    public void Metadata_that_cannot_be_is_refused(string key, string value, string message)
    {
        ModelFile.Save(ModelPath, Perturbed("lista", 1, null), null);
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

        Refused(message, () => ModelFile.LoadEncoder(ModelPath));
    }

    [Fact]
    public void A_parameter_that_is_not_finite_is_neither_saved_nor_loaded()
    {
        TrainableEncoder encoder = Perturbed("lista", 1, null);
        encoder.Parameters.Values[5] = float.NaN;

        Assert.StartsWith("'W_e' ", Assert.Throws<ArgumentException>(() => ModelFile.Save(ModelPath, encoder)).Message,
            StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Damaged_files_are_refused_and_nothing_else_happens()
    {
        ModelFile.Save(ModelPath, Perturbed("lcod", 3, Dictionary), new PatchPreprocessing { PatchSize = 3 });

        Assert.InRange(Mutation.Check(ModelPath, p => ModelFile.LoadEncoder(p), 400), 390, 400);
        Assert.InRange(Mutation.Check(ModelPath, p => ModelFile.ReadInfo(p), 100), 90, 100);
        Assert.InRange(Mutation.Check(ModelPath, p => PatchPreprocessing.Read(p), 100), 90, 100);
    }

    [Fact]
    public void Preprocessing_for_other_signals_is_refused()
        => Assert.StartsWith("'preprocessing' has 100 values; it must have 9.",
            Assert.ThrowsAny<ArgumentException>(() => ModelFile.Save(ModelPath, Dictionary, 0.3f, PatchPreprocessing.Default)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Preprocessing_of_other_signals_in_a_file_is_refused()
    {
        var writer = new ModelWriter("dictionary");
        foreach ((string key, string value) in new[] { ("lambda", "0.5"), ("depth", "0"), ("signal_size", "10"), ("code_size", "12"),
            ("patch_size", "3"), ("patch_minimum_deviation", "0.02"), ("patch_normalization", "unit-std") })
            writer.Set(key, value);
        writer.Save(ModelPath);

        Refused("its metadata has patch_size '3', patches of 9 values; its signals have 10.", () => PatchPreprocessing.Read(ModelPath));
    }

    private static TrainableEncoder Perturbed(string kind, int depth, AtomDictionary? dictionary)
    {
        TrainableEncoder encoder = EncoderFactory.CreateEmpty(kind, 9, 12, depth, 0.3f, dictionary),
            start = EncoderFactory.Create(kind, Dictionary, 0.3f, depth);
        start.Parameters.Values.CopyTo(encoder.Parameters.Values);
        var random = new Random(7);
        foreach (ref float value in encoder.Parameters.Values)
            value += 0.01f * random.NextSingle();
        encoder.Refresh();
        return encoder;
    }

    private void Refused(string message, Action load)
        => Assert.StartsWith($"{ModelPath}: {message}", Assert.ThrowsAny<InvalidDataException>(load).Message, StringComparison.Ordinal);
}
