using FastSparseCoding.Encoders;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>What an ONNX file says about itself, whoever wrote it, and what is wrong with one that is none.</summary>
public sealed class OnnxInfoTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_of_ours_shows_versions_producer_and_metadata()
    {
        string path = _folder.File("x.onnx");
        TrainableEncoder encoder = EncoderFactory.Create("lista", RandomData.Dictionary(5, 4, seed: 1), 0.3f, 2);
        OnnxFile.Save(path, encoder);

        FileDescription found = FileDescription.Read(path);

        Assert.Equal("onnx", found.Format);
        string version = typeof(OnnxFile).Assembly.GetName().Version!.ToString(3);
        Assert.Equal(
            [("ir_version", 8L), ("opset", "17"), ("producer", $"FastSparseCoding {version}"), ("bytes", new FileInfo(path).Length)],
            found.Facts.Select(fact => (fact.Key, fact.Value)));
        Assert.Contains(KeyValuePair.Create("kind", "lista"), found.Metadata);
        Assert.Contains(KeyValuePair.Create("dictionary_hash", encoder.Dictionary!.Hash), found.Metadata);
        Assert.Empty(found.Tensors);
    }

    [Fact]
    public void A_file_of_others_may_have_fields_in_any_order_and_operators_of_other_domains()
    {
        string path = Write(new ProtoMessage()
            .Add(14, Pair("b", "2")).Add(99, 1.5f).Add(7, new ProtoMessage()).Add(14, Pair("a", "1"))
            .Add(8, new ProtoMessage().Add(1, "ai.onnx.ml").Add(2, 3)).Add(8, new ProtoMessage().Add(2, 21)).Add(1, 10));

        FileDescription found = FileDescription.Read(path);

        Assert.Equal(["ir_version: 10", "opset: 21, ai.onnx.ml 3", "producer: ", $"bytes: {new FileInfo(path).Length}", "a: 1", "b: 2"],
            found.Texts.Select(fact => $"{fact.Key}: {fact.Value}"));
    }

    [Fact]
    public void What_is_no_model_is_refused()
    {
        Refused("is no ONNX model: it has no version of the format, or no graph.", new ProtoMessage().Add(1, 8));
        Refused("is no ONNX model: it has no version of the format, or no graph.", new ProtoMessage().Add(7, new ProtoMessage()));
        Refused("is damaged or no ONNX model: its field 1 is not a whole number.", new ProtoMessage().Add(1, "8"));
        Refused("is damaged or no ONNX model: its field 2 is not a text or a message.", new ProtoMessage().Add(2, 8));
        Refused("has two metadata 'a'; expected one of every name.", new ProtoMessage().Add(14, Pair("a", "1")).Add(14, Pair("a", "2")));
        Refused("its field 2 has 1048577 bytes; at most 1048576 are read.", new ProtoMessage().Add(2, new byte[(1 << 20) + 1]));
        Refused("has metadata of more than 16777216 characters; no more are read.", Enumerable.Range(0, 17).Aggregate(
            new ProtoMessage(), (message, i) => message.Add(14, Pair($"{i}", new string('x', (1 << 20) - 20)))));
        Refused("has a message of more than 1048576 fields; it is no ONNX model.",
            [.. Enumerable.Repeat<byte[]>([0x28, 1], (1 << 20) + 1).SelectMany(field => field)]);
        Refused("is damaged or no ONNX model: its byte 2 begins no field that it holds.", [0x12, 5, 1]);  // 5 bytes of which 1 is there
        Refused("is damaged or no ONNX model: its byte 1 begins no field that it holds.", [0x0F]);        // a wire type that is none
        Refused("is damaged or no ONNX model: its byte 2 begins no field that it holds.", [0x02, 0]);     // field 0
        Refused("is damaged or no ONNX model: a number before its byte 3 has no end.", [0x08, 0x80, 0x80]);
        Refused("is damaged or no ONNX model: a number before its byte 11 has no end.", [0x08, .. Enumerable.Repeat((byte)0xFF, 20)]);
    }

    [Fact]
    public void Damaged_files_are_refused_or_described_and_nothing_else()
    {
        string path = _folder.File("x.onnx");
        OnnxFile.Save(path, EncoderFactory.Create("shrink", RandomData.Dictionary(3, 2, seed: 1), 0.3f, 0));

        Assert.InRange(Mutation.Check(path, p => FileDescription.Read(p), 1500), 300, 1499);
    }

    private static ProtoMessage Pair(string key, string value) => new ProtoMessage().Add(1, key).Add(2, value);

    private string Write(ProtoMessage message)
    {
        AtomicFile.Write(_folder.File("x.onnx"), message.WriteTo);
        return _folder.File("x.onnx");
    }

    private void Refused(string problem, ProtoMessage message) => Refused(problem, File.ReadAllBytes(Write(message)));

    private void Refused(string problem, byte[] content)
    {
        string path = _folder.Write("x.onnx", content);
        Assert.Equal($"{path}: {problem}", Assert.Throws<InvalidDataException>(() => FileDescription.Read(path)).Message);
    }
}
