using System.Text;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Encoders;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>What the bytes of the files say, read field by field.</summary>
public sealed class OnnxFormatTests
{
    private const int Graph = 7, Initializer = 5, Input = 11, Output = 12, Node = 1;

    /// <summary>Kinds at a depth of 3 and their initializers.</summary>
    public static TheoryData<string, string> Initializers { get; } = new()
    {
        { "shrink", "W_e theta" }, { "tanh", "W gain u" }, { "tanh2", "W gain u" }, { "lista", "S_transposed W_e theta" },
        { "lista-layers", "S_transposed W_e gain_0 gain_1 gain_2 gain_3 theta_0 theta_1 theta_2 theta_3" },
        { "lista-coupled", "A D theta_0 theta_1 theta_2 theta_3" }, { "slista", "D theta_0 theta_1 theta_2 theta_3" },
        { "lcod", "S_transposed W_e columns one theta zero" },
    };

    [Theory]
    [MemberData(nameof(Initializers))]
    public void Every_parameter_is_one_initializer_and_no_input(string kind, string names)
    {
        Proto graph = new Proto(File(Encoder(kind))).Message(Graph);

        Assert.Equal(names.Split(' '), graph.All(Initializer).Select(i => new Proto(i).Text(8)).Order(StringComparer.Ordinal));
        Assert.Equal(["x"], graph.All(Input).Select(i => new Proto(i).Text(1)));
        Assert.Equal(["z"], graph.All(Output).Select(o => new Proto(o).Text(1)));
        Assert.Equal(kind, graph.Text(2));
    }

    [Fact]
    public void What_no_output_needs_is_left_out()
    {
        Proto graph = new Proto(File(EncoderCase.Create("lista", 0).Encoder)).Message(Graph);
        Proto greedy = new Proto(File(EncoderCase.Create("lcod", 1).Encoder)).Message(Graph);

        Assert.Equal(["W_e", "theta"], graph.All(Initializer).Select(i => new Proto(i).Text(8)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("Where", greedy.All(Node).Select(n => new Proto(n).Text(4)));
    }

    [Fact]
    public void Versions_and_producer_are_those_of_the_format()
    {
        var model = new Proto(File(Encoder("lista")));

        Assert.Equal((8, 17), (model.Number(1), model.Message(8).Number(2)));
        Assert.Equal("FastSparseCoding", model.Text(2));
        Assert.Equal(typeof(OnnxFile).Assembly.GetName().Version!.ToString(3), model.Text(3));
    }

    /// <summary>No loop, and nothing that scatters: what runtimes do slowly or not at all.</summary>
    [Fact]
    public void Operations_are_few()
    {
        string[] used = [.. EncoderFactory.Kinds.SelectMany(k => new Proto(File(Encoder(k))).Message(Graph).All(Node))
            .Select(n => new Proto(n).Text(4)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        Assert.Equal(["Abs", "Add", "ArgMax", "Equal", "Gather", "GatherElements", "Gemm", "Max", "Min", "Mul", "Neg", "Sub", "Tanh",
            "Unsqueeze", "Where"], used);
    }

    [Fact]
    public void The_metadata_are_those_of_the_model_file()
    {
        var preprocessing = new PatchPreprocessing { PatchSize = 3, Normalization = PatchNormalization.ZeroMean };
        AtomDictionary dictionary = RandomData.Dictionary(12, 9, seed: 1);
        LcodEncoder encoder = LcodEncoder.FromDictionary(dictionary, new Penalty(0.3f, ridge: 0.5f), depth: 4);
        using var session = new OnnxSession(OnnxSession.Bytes(s => OnnxFile.Save(s, encoder, preprocessing)));

        Assert.Equal(
            [
                "code_size: 12", "depth: 4", $"dictionary_hash: {dictionary.Hash}",
                "input: signals as rows, prepared as for training: patches of 3×3 pixels from 0 to 1, less their mean",
                "kind: lcod", "lambda: 0.3", "non_negative: false", "patch_minimum_deviation: 0.02", "patch_normalization: zero-mean",
                "patch_size: 3", "ridge: 0.5", "signal_size: 9",
            ],
            session.Metadata.CustomMetadataMap.Select(p => $"{p.Key}: {p.Value}").Order(StringComparer.Ordinal));
        Assert.Equal([-1, 9], session.Inputs["x"].Dimensions);
        Assert.Equal(["N", ""], session.Inputs["x"].SymbolicDimensions);
        Assert.Equal([-1, 12], session.Outputs["z"].Dimensions);
    }

    [Fact]
    public void A_classifier_says_what_gives_its_codes()
    {
        var model = new ClassifierModel(new LinearClassifier(13, 4), EncoderCase.Create("lista", 3).Encoder);
        using var session = new OnnxSession(OnnxSession.Bytes(s => OnnxFile.Save(s, model)));
        Dictionary<string, string> metadata = session.Metadata.CustomMetadataMap;

        Assert.Equal(("classifier", "lista", "4"), (metadata["kind"], metadata["codes_of"], metadata["classes"]));
        Assert.Equal("signals as rows, prepared as for training: no images, and so as they were given", metadata["input"]);
        Assert.Equal([-1, 4], session.Outputs["probabilities"].Dimensions);
        Assert.Equal((typeof(long), 1), (session.Outputs["label"].ElementType, session.Outputs["label"].Dimensions.Length));
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "8001")]
    [InlineData(300, "ac02")]
    [InlineData(-1, "ffffffffffffffffff01")]
    public void Numbers_are_written_seven_bits_a_byte(long value, string bytes)
        => Assert.Equal("08" + bytes, Convert.ToHexStringLower(OnnxSession.Bytes(new ProtoMessage().Add(1, value).WriteTo)));

    [Fact]
    public void Large_values_stand_in_their_place_in_nested_messages()
    {
        ProtoMessage inner = new ProtoMessage().Add(1, "a").Add(2, [1, 2, 3]).Add(3, 1.5f);
        ProtoMessage outer = new ProtoMessage().Add(16, inner).Add(1, "b").Add(17, inner);

        byte[] bytes = OnnxSession.Bytes(outer.WriteTo);

        const string Inner = "0a0161" + "1203010203" + "1d0000c03f";
        Assert.Equal("82010d" + Inner + "0a0162" + "8a010d" + Inner, Convert.ToHexStringLower(bytes));
        Assert.Equal(bytes.Length, outer.Length);
    }

    private static byte[] File(TrainableEncoder encoder) => OnnxSession.Bytes(s => OnnxFile.Save(s, encoder));

    private static TrainableEncoder Encoder(string kind)
        => EncoderCase.Create(kind, EncoderFactory.Find(kind).MaxDepth == 0 ? 0 : 3).Encoder;

    /// <summary>The fields of a message in Protocol Buffers' wire format.</summary>
    private sealed class Proto
    {
        private readonly List<(int Field, long Number, byte[] Bytes)> _fields = [];

        public Proto(byte[] message)
        {
            for (int at = 0; at < message.Length;)
            {
                long tag = Varint(message, ref at), number = (tag & 7) == 5 ? 4 : Varint(message, ref at);
                int length = (tag & 7) == 0 ? 0 : (int)number;
                _fields.Add(((int)(tag >> 3), number, message[at..(at + length)]));
                at += length;
            }
        }

        public IEnumerable<byte[]> All(int field) => _fields.Where(f => f.Field == field).Select(f => f.Bytes);

        public Proto Message(int field) => new(All(field).Single());

        public string Text(int field) => Encoding.UTF8.GetString(All(field).Single());

        public long Number(int field) => _fields.Single(f => f.Field == field).Number;

        private static long Varint(byte[] bytes, ref int at)
        {
            long value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = bytes[at++];
                value |= (long)(next & 0x7f) << shift;
                if (next < 0x80)
                    return value;
            }
        }
    }
}
