using System.Buffers.Binary;
using System.Text;
using CsCheck;
using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("x.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_of_every_type_read_back_bit_for_bit()
        => Gen.Select(Gen.Single.Array[0, 9], Gen.Double.Array[0, 9], Gen.Int.Array[0, 9], Gen.Long.Array[0, 9], Gen.String)
            .Sample((f, d, i, l, text) =>
        {
            var writer = new SafeTensorsWriter();
            writer.Metadata["text"] = new string([.. text.Where(c => !char.IsSurrogate(c))]);
            writer.Add<float>("f", [f.Length], f);
            writer.Add<int>("i", [1, i.Length], i);
            writer.Add<double>("d", [d.Length, 1], d);
            writer.Add<long>("l", [l.Length], l);
            AtomicFile.Write(Path, writer.WriteTo);

            using SafeTensorsReader reader = SafeTensorsReader.Open(Path);
            return reader.Read<float>("f").Select(BitConverter.SingleToInt32Bits).SequenceEqual(f.Select(BitConverter.SingleToInt32Bits))
                && reader.Read<double>("d", d.Length, 1).Select(BitConverter.DoubleToInt64Bits)
                    .SequenceEqual(d.Select(BitConverter.DoubleToInt64Bits))
                && reader.Read<int>("i", 1, i.Length).SequenceEqual(i) && reader.Read<long>("l").SequenceEqual(l)
                && reader.Metadata["text"] == writer.Metadata["text"];
        }, iter: 100, threads: 1);

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        var writer = new SafeTensorsWriter();
        writer.Metadata["b"] = "2";
        writer.Metadata["a"] = "1";
        writer.Add<float>("w", [2, 1], [1f, 2f]);
        writer.Add<double>("scalar", [], [3.0]);
        AtomicFile.Write(Path, writer.WriteTo);

        // Eight-byte values come first, so that everything is aligned; the header is padded with spaces to a multiple of 8.
        byte[] expected =
            Make("""{"__metadata__":{"a":"1","b":"2"},"scalar":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}}""" + "     ",
            [.. NpyBytes.Doubles(3), .. NpyBytes.Singles(1, 2)]);
        Assert.Equal(0, (expected.Length - 16) % 8);
        Assert.Equal(expected, File.ReadAllBytes(Path));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(1 << 20)]
    public void A_tensor_of_more_bytes_than_one_array_keeps_is_written_from_several(int chunkBytes)
    {
        byte[][] written = [.. new[] { new SafeTensorsWriter(), new SafeTensorsWriter(chunkBytes) }.Select(writer =>
        {
            writer.Add<float>("w", [3, 5], [.. Enumerable.Range(0, 15).Select(i => i / 3f)]);
            writer.Add<double>("d", [7], [.. Enumerable.Range(0, 7).Select(i => i / 7.0)]);
            using var stream = new MemoryStream();
            writer.WriteTo(stream);
            return stream.ToArray();
        })];

        Assert.True(written[0].Length > 15 * 4 + 7 * 8);
        Assert.Equal(written[0], written[1]);
    }

    [Fact]
    public void Tensors_come_in_the_order_of_their_bytes_whatever_the_headers_order()
    {
        _folder.Write("x.safetensors",
            Make("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]}}""", NpyBytes.Singles(1, 2)));
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path);
        Assert.Equal(["a", "b", "none"], reader.Tensors.Select(t => t.Name));
        Assert.Equal([2f], reader.Read<float>("b"));
        Assert.Empty(reader.Read<float>("none", 0, 3));
        Assert.Equal(Path, reader.Path);
    }

    [Fact]
    public void The_bytes_of_a_tensor_come_in_pieces_that_make_the_whole()
    {
        float[] values = [.. Enumerable.Range(0, 40_000).Select(i => (float)i)];
        var writer = new SafeTensorsWriter();
        writer.Add<float>("first", [1], [9f]);
        writer.Add<float>("w", [40_000], values);
        AtomicFile.Write(Path, writer.WriteTo);

        using SafeTensorsReader reader = SafeTensorsReader.Open(Path);
        var pieces = new List<byte>();
        reader.ForEachChunk(reader.Find("w")!, chunk => pieces.AddRange(chunk.Span));
        Assert.Equal(NpyBytes.Singles(values), pieces);
    }

    public static TheoryData<string, string> BadHeaders => new()
    {
        { "{", "its safetensors header is not valid JSON: Expected depth to be zero at the end of the JSON payload. There is an open "
            + "JSON object or array that should be closed. LineNumber: 0 | BytePositionInLine: 1." },
        { "[]", "its safetensors header is a JSON Array; expected an Object." },
        { """{"__metadata__":1}""", "its '__metadata__' is a JSON Number; expected an Object." },
        { """{"__metadata__":{"a":1}}""", "its '__metadata__' holds a Number under 'a'; expected a String." },
        { """{"w":1}""", "its tensor 'w' has no dtype, shape or data_offsets." },
        { """{"w":{"dtype":"F32","shape":[2]}}""", "its tensor 'w' has no dtype, shape or data_offsets." },
        { """{"w":{"dtype":"BF16","shape":[3],"data_offsets":[0,8]}}""",
            "its tensor 'w' of shape [3] takes 6 bytes, but its data_offsets span 8." },
        { """{"w":{"dtype":"F4","shape":[5],"data_offsets":[0,2]}}""",
            "its tensor 'w' of shape [5] takes 20 bits, which are no whole bytes." },
        { """{"w":{"dtype":7,"shape":[4],"data_offsets":[0,8]}}""",
            "its tensor 'w' has a dtype that is a JSON Number; expected a String." },
        { """{"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""",
            "its tensor 'w' has a shape of 9 numbers; at most 8 are read." },
        { """{"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""",
            "its tensor 'w' has a shape that is a JSON Number; expected an Array." },
        { """{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""",
            "its tensor 'w' has '-2' in its shape; expected whole numbers from 0 to 2^63 - 1." },
        { """{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""",
            "its tensor 'w' has '2.5' in its shape; expected whole numbers from 0 to 2^63 - 1." },
        { """{"w":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""",
            "its tensor 'w' has '\"2\"' in its shape; expected whole numbers from 0 to 2^63 - 1." },
        { """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""",
            "its tensor 'w' has data_offsets [0]; expected a begin and an end after it." },
        { """{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""",
            "its tensor 'w' has data_offsets [8, 0]; expected a begin and an end after it." },
        { """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""",
            "its tensor 'w' of shape [3] takes 12 bytes, but its data_offsets span 8." },
        { """{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""",
            "its tensor 'w' has shape [4611686018427387904, 4]; that is more than a file can hold." },
        { """{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
            "its tensor 'w' begins at byte 4 of the data; expected 0, where the one before it ends." },
        { """{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
            "its tensor 'w' begins at byte 4 of the data; expected 8, where the one before it ends." },
        { """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""",
            "is truncated: its tensors take 12 bytes, but 8 follow the header." },
        { """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "is too long: its tensors take 4 bytes, but 8 follow the header." },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void A_header_that_is_wrong_is_refused_with_what_is_wrong(string header, string message)
        => Refused(Make(header, new byte[8]), message);

    [Fact]
    public void Names_that_come_twice_are_refused()
    {
        const string Tensor = """{"dtype":"F32","shape":[0],"data_offsets":[0,0]}""";
        _folder.Write("x.safetensors", Make($$"""{"w":{{Tensor}},"w":{{Tensor}}}""", []));
        string message = Assert.Throws<InvalidDataException>(() => SafeTensorsReader.Open(Path)).Message;
        Assert.StartsWith($"{Path}: its safetensors header is not valid JSON: ", message, StringComparison.Ordinal);
        Assert.Contains("'w'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_room_for_its_header_is_refused()
    {
        Refused([1, 2, 3], "is not a safetensors file: it has 3 bytes, fewer than the 8 that give its header's length.");
        Refused([0x93, .. "NUMPY"u8, 1, 0, 118, 0], "is an .npy array; expected a safetensors file.");
        Refused(Make("{}", [])[..9], "is truncated or not a safetensors file: it promises a header of 2 bytes, but 1 follow.");
        Refused([.. Enumerable.Repeat((byte)255, 20)],
            "is truncated or not a safetensors file: it promises a header of 18446744073709551615 bytes, but 12 follow.");
    }

    [Fact]
    public void A_header_longer_than_any_real_one_is_refused()
    {
        using (FileStream file = File.Create(Path))
        {
            file.Write(BitConverter.GetBytes(16_777_217L));
            file.SetLength(8 + 16_777_217);    // a hole: takes no room on the disk
        }
        Assert.Equal($"{Path}: promises a header of 16777217 bytes; at most 16777216 are read.",
            Assert.Throws<InvalidDataException>(() => SafeTensorsReader.Open(Path)).Message);
    }

    [Fact]
    public void Floats_of_every_size_are_read_as_float32()
    {
        byte[] halves = [.. new[] { (Half)1.5f, (Half)(-65504f), Half.Epsilon }.SelectMany(BitConverter.GetBytes)];
        byte[] brains = [0xC0, 0x3F, 0x80, 0x7F, 0x01, 0x00];        // 1.5, infinity, the smallest
        byte[] doubles = NpyBytes.Doubles(0.1, 1e300);
        _folder.Write("x.safetensors",
            Make("""{"d":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"h":{"dtype":"F16","shape":[3],"data_offsets":[16,22]},"b":{"dtype":"BF16","shape":[3],"data_offsets":[22,28]}}""", [.. doubles, .. halves, .. brains]));

        using SafeTensorsReader reader = SafeTensorsReader.Open(Path);
        Assert.Equal([1.5f, -65504f, (float)Half.Epsilon], reader.Read<float>("h", 3));
        Assert.Equal([1.5f, float.PositiveInfinity, BitConverter.UInt32BitsToSingle(0x10000)], reader.Read<float>("b"));
        Assert.Equal([0.1f, float.PositiveInfinity], reader.Read<float>("d"));
        Assert.Equal($"{Path}: its tensor 'h' is of type 'F16'; expected F64.",
            Assert.Throws<InvalidDataException>(() => reader.Read<double>("h")).Message);
    }

    [Fact]
    public void Many_halves_are_read_in_pieces_that_make_the_whole()
    {
        Half[] values = [.. Enumerable.Range(0, 20_001).Select(i => (Half)(i % 2048))];
        _folder.Write("x.safetensors",
            Make("""{"h":{"dtype":"F16","shape":[20001],"data_offsets":[0,40002]}}""", [.. values.SelectMany(BitConverter.GetBytes)]));

        using SafeTensorsReader reader = SafeTensorsReader.Open(Path);
        Assert.Equal(values.Select(v => (float)v), reader.Read<float>("h"));
    }

    [Theory]
    [InlineData("BOOL", 3)]
    [InlineData("U8", 3)]
    [InlineData("F8_E4M3", 3)]
    [InlineData("SOMETHING_NEW", 5)]
    public void A_tensor_of_another_type_is_described_and_stands_in_nobodys_way(string type, int bytes)
    {
        _folder.Write("x.safetensors",
            Make($$"""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"mask":{"dtype":"{{type}}","shape":[3],"data_offsets":[4,{{4 + bytes}}]} }""", [.. NpyBytes.Singles(2), .. new byte[bytes]]));

        using SafeTensorsReader reader = SafeTensorsReader.Open(Path);
        Assert.Equal([2f], reader.Read<float>("w"));
        Assert.Equal(type, reader.Find("mask")!.Type);
        Assert.Equal($"{Path}: its tensor 'mask' is of type '{type}'; expected F32, F64, F16 or BF16.",
            Assert.Throws<InvalidDataException>(() => reader.Read<float>("mask")).Message);
    }

    [Fact]
    public void A_tensor_that_is_missing_or_of_another_type_or_shape_is_refused()
    {
        var writer = new SafeTensorsWriter();
        writer.Add<float>("w", [2, 1], [1f, 2f]);
        AtomicFile.Write(Path, writer.WriteTo);
        using SafeTensorsReader reader = SafeTensorsReader.Open(Path);
        Assert.Equal($"{Path}: has no tensor 'v'.", Assert.Throws<InvalidDataException>(() => reader.Read<float>("v", 1)).Message);
        Assert.Equal($"{Path}: its tensor 'w' is of type 'F32'; expected I64.",
            Assert.Throws<InvalidDataException>(() => reader.Read<long>("w")).Message);
        Assert.Equal($"{Path}: its tensor 'w' has shape [2, 1]; expected [1, 2].",
            Assert.Throws<InvalidDataException>(() => reader.Read<float>("w", 1, 2)).Message);
        Assert.StartsWith("'u' has 1 values; it must have 2.",
            Assert.Throws<ArgumentException>(() => writer.Add<float>("u", [2], [1f])).Message, StringComparison.Ordinal);
        Assert.Equal("arrays of Int16 are not stored.", Assert.Throws<NotSupportedException>(() => writer.Add<short>("b", [1], [1])).Message);
    }

    [Fact]
    public void Types_have_the_format_s_own_names()
        => Assert.Equal(["F32", "F64", "I32", "I64", "U8"],
            [SafeTensors.TypeName<float>(), SafeTensors.TypeName<double>(), SafeTensors.TypeName<int>(), SafeTensors.TypeName<long>(),
                SafeTensors.TypeName<byte>()]);

    [Fact]
    public void Damaged_files_are_refused_or_read_and_nothing_else()
    {
        var writer = new SafeTensorsWriter();
        writer.Metadata["kind"] = "dictionary";
        writer.Add<float>("w", [2, 2], [1f, 2f, 3f, 4f]);
        writer.Add<long>("n", [], [7L]);
        AtomicFile.Write(Path, writer.WriteTo);
        int refused = Mutation.Check(Path, p =>
        {
            using SafeTensorsReader reader = SafeTensorsReader.Open(p);
            reader.Read<float>("w");
            reader.Read<long>("n");
        }, 4000);
        Assert.InRange(refused, 2000, 3950);
    }

    private static byte[] Make(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    private void Refused(byte[] bytes, string message)
    {
        _folder.Write("x.safetensors", bytes);
        Assert.Equal($"{Path}: {message}", Assert.Throws<InvalidDataException>(() => SafeTensorsReader.Open(Path)).Message);
    }
}
