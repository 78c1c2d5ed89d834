using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Fuzz.Seeds;

/// <summary>What the library keeps in safetensors files: dictionaries, encoders, classifiers, denoisers, and where a learning or a training
/// stands.</summary>
internal static class ModelFormats
{
    private const int Atoms = 5;

    private static readonly AtomDictionary Dictionary =
        AtomDictionary.Normalize(new Matrix(Atoms, 4, [1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, -1, 1, -1]));
    private static readonly Penalty Whole = new(0.3f, [1, 2, 0.5f, 1, 1], ridge: 0.1f, nonNegative: true);
    private static readonly PatchPreprocessing Patches =
        new()
        {
            PatchSize = 2,
            Whitening =
        new ZcaWhitening(new float[4], new Matrix(4, 4, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]))
        };

    private static readonly IReadOnlyList<byte[]> Words = Format.Lines(
        "\"F32\"\n\"F16\"\n\"BF16\"\n\"F64\"\n\"I64\"\n\"BOOL\"\n\"__metadata__\"\n\"shape\":[\n\"data_offsets\":[0,4]\n[0,0]\n{\n}\n\"kind\":\"lista\"\n\"kind\":\"lcod\"\n\"dictionary\"\n\"classifier\"\n"
        + "\"non_negative\":\"true\"\n\"ridge\":\"1\"\n\"lambda\":\"NaN\"\n\"depth\":\"2147483647\"\n\"code_size\":\"46341\"\n\\u001b[2J\n\\ud800\n\0");

    public static IReadOnlyList<Format> All { get; } =
    [
        new("model", ".safetensors", Parts(Models()), Words,
            [FormatReader.Of(ReadModel), FormatReader.Of(ReadInfo), FormatReader.Of(ReadPatches), ArrayFormats.Description]),
        new("checkpoint", ".checkpoint", Parts(Checkpoints()), Words, [new(ReadTraining), new(ReadLearner)]),
        new("classifier", ".safetensors", Parts(Classifiers()), Words,
            [FormatReader.Of(ReadClassifier), FormatReader.Of(ReadPatches), ArrayFormats.Description]),
        new("denoiser", ".safetensors", Parts(Denoisers()), Words, [FormatReader.Of(ReadDenoiser), ArrayFormats.Description]),
        new("onnx", ".onnx", [.. Graphs().Select(g => new FilePart(g))],
            Format.Lines("\u0008\u0008\n\u0012\u0010\n:\u0001\nB\u0002\u0010\u0011\nr\u0003\n\u007f\n\u001b[2J\n\0"),
            [ArrayFormats.Description]),
    ];

    /// <summary>Mostly without their check sum, which would hide what is behind it.</summary>
    private static IReadOnlyList<FilePart> Parts(byte[][] files)
        => [.. files.Select(WithoutChecksum).Select(Containers.SafeTensors), Containers.SafeTensors(files[0])];

    private static byte[] WithoutChecksum(byte[] file)
    {
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        JsonNode header = JsonNode.Parse(file.AsSpan(8, end - 8))!;
        header["__metadata__"]!.AsObject().Remove(ModelFormat.ChecksumKey);
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString()), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. file[end..]];
    }

    private static byte[][] Models() =>
    [
        TempFile.Written(p => ModelFile.Save(p, Dictionary, 0.5f, Patches)),
        TempFile.Written(p => ModelFile.Save(p, Dictionary, Whole)),
        .. EncoderFactory.Kinds.Select(kind => TempFile.Written(p => ModelFile.Save(p, Encoder(kind, 0.5f)))),
        TempFile.Written(p => ModelFile.Save(p, Encoder("lista", Whole), Patches)),
        TempFile.Written(p => ModelFile.Save(p, new ListaEncoder(4, Atoms, 1, 0.5f, dictionary: null))),
    ];

    private static byte[][] Classifiers() =>
    [
        .. ((string[])["lista", "lcod", "tanh"]).Select(kind => Classifier(Encoder(kind, 0.5f), Atoms)),
        Classifier(new ActiveSetSolver(Dictionary, Whole), Atoms),
        Classifier(null, 4),
    ];

    private static byte[][] Denoisers() =>
    [
        TempFile.Written(p => DenoiserFile.Save(p, Denoiser.FromDct(2, 4, depth: 1))),
        TempFile.Written(p => DenoiserFile.Save(p, Denoiser.FromDct(2, 16, depth: 0, channels: 3))),
    ];

    private static byte[] Classifier(ISparseEncoder? encoder, int codeSize)
        => TempFile.Written(p => ClassifierFile.Save(p, new ClassifierModel(new LinearClassifier(codeSize, 3), encoder), Patches));

    private static byte[][] Graphs() =>
    [
        TempFile.Written(p => OnnxFile.Save(p, Encoder("lista", 0.5f), Patches)),
        TempFile.Written(p => DenoiserFile.SaveOnnx(p, Denoiser.FromDct(2, 4, depth: 1))),
    ];

    private static byte[][] Checkpoints() =>
    [
        TempFile.Written(p => CheckpointFile.Save(p, State())),
        TempFile.Written(p => CheckpointFile.Save(
            p, new LearnerState("atoms 5", 300, 3, 1, 0, new Matrix(2, 3, [1, 0, 0, 0, 1, 0]), new Matrix(2, 2), new Matrix(2, 3),
            [0.5f, 1], [0, 0.5f, 1]))),
    ];

    private static TrainingCheckpoint State() => new()
    {
        Settings = "lista depth 2",
        FusedMultiplyAdd = true,
        Samples = 300,
        Evaluations = 2,
        SkippedBatches = 1,
        TotalSamples = 1000,
        Setbacks = 1,
        LeftOut = 2,
        Loss = 3,
        LossSamples = 40,
        Start = new Score(1, 0),
        Best = new Score(0.25, 0),
        BestAtSamples = 200,
        Slabs = [new SlabState([1, 2, 3], [1, 2, 4], [[0.1f, 0.2f, 0.3f], [1, 1, 1]]), new SlabState([1], [2], [[3], [4]])],
    };

    private static TrainableEncoder Encoder(string kind, Penalty penalty)
        => EncoderFactory.Create(kind, Dictionary, penalty, kind.StartsWith('l') ? 2 : 0);

    private static int ReadModel(FileSource file) => Digest(ModelFile.Load(file));

    private static int ReadInfo(FileSource file) => new Digest().Add(ModelFile.ReadInfo(file).ToString()).Value;

    private static int ReadPatches(FileSource file) => new Digest().Add(PatchPreprocessing.Read(file)?.ToString()).Value;

    private static int ReadClassifier(FileSource file)
    {
        ClassifierModel model = ClassifierFile.Load(file);
        return new Digest().Add<float>(model.Classifier.Parameters.Values).Add(model.Encoder is null ? 0 : Digest(model.Encoder)).Value;
    }

    private static int ReadDenoiser(FileSource file)
    {
        Denoiser d = DenoiserFile.Load(file);
        return new Digest().Add(d.PatchSize, d.Channels, d.AtomCount, d.Depth, d.SigmaFrom, d.SigmaTo)
            .Add<float>(d.Parameters.Values).Value;
    }

    private static int ReadTraining(string path)
    {
        TrainingCheckpoint c = CheckpointFile.LoadTraining(path);
        Digest digest = new Digest().Add(c.Settings, c.Samples, c.SkippedBatches, c.LeftOut, c.BestError, c.BestAtSamples, c.Evaluations)
            .Add(c.FusedMultiplyAdd, c.Loss, c.LossSamples, c.Start.ToString(), c.Best.ToString());
        foreach (float[] values in c.Slabs.SelectMany(slab => slab.Moments.Append(slab.Parameters).Append(slab.Best)))
            digest = digest.Add<float>(values);
        return digest.Value;
    }

    private static int ReadLearner(string path)
    {
        LearnerState s = CheckpointFile.LoadLearner(path);
        return new Digest().Add(
            s.Settings, s.Samples, s.Batches, s.ReseededAtoms, s.Uncertified, Fuzz.Digest.Of(s.Atoms), Fuzz.Digest.Of(s.A),
            Fuzz.Digest.Of(s.B))
            .Add<float>(s.Use).Add<float>(s.Filled).Value;
    }

    private static int Digest(ISparseEncoder encoder)
        => encoder is TrainableEncoder trained
            ? new Digest().Add(trained.Kind, trained.Depth, trained.Penalty.ToString(), trained.Dictionary?.Hash)
                .Add<float>(trained.Parameters.Values).Value
            : new Digest().Add(((ActiveSetSolver)encoder).Dictionary.Hash, ((ActiveSetSolver)encoder).Penalty.ToString()).Value;
}
