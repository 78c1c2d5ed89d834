using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class ModelContainerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("x.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_texts_and_arrays_read_back_bit_for_bit()
    {
        var writer = new ModelWriter("test");
        writer.Set("text", "naïve \"λ\"\n");
        writer.Set("single", 0.1f);
        writer.Set("double", Math.PI);
        writer.Set("long", long.MaxValue);
        writer.Add("matrix", RandomData.Normal(3, 2, seed: 1));
        writer.Add<double>("doubles", [double.NaN, -0.0]);
        writer.Save(Path);

        using ModelReader reader = ModelReader.Open(Path);

        Assert.Equal((Path, "test", 1), (reader.Path, reader.Kind, reader.FormatVersion));
        Assert.Equal("naïve \"λ\"\n", reader.Text("text"));
        Assert.Equal(0.1f, reader.Number("single", 0f, 1f));
        Assert.Equal(Math.PI, reader.Number("double", 0.0, 4.0));
        Assert.Equal(long.MaxValue, reader.Number("long", 0L, long.MaxValue));
        Assert.Equal(RandomData.Normal(3, 2, seed: 1).Values.ToArray(), reader.Matrix("matrix").Values.ToArray());
        Assert.Equal(RandomData.Normal(3, 2, seed: 1).Values.ToArray(), reader.Matrix("matrix", 3, 2).Values.ToArray());
        Assert.Equal([double.NaN, -0.0], reader.Values<double>("doubles"));
        Assert.True(reader.Has("text") && !reader.Has("none") && reader.HasTensor("matrix") && !reader.HasTensor("none"));
    }

    [Fact]
    public void The_same_content_makes_the_same_bytes_in_any_order_of_setting()
    {
        Assert.Equal(Bytes("a", "b"), Bytes("b", "a"));

        byte[] Bytes(string first, string second)
        {
            var writer = new ModelWriter("test");
            writer.Set(first, first);
            writer.Set(second, second);
            writer.Add("w", RandomData.Normal(3, 2, seed: 1));
            writer.Save(Path);
            return File.ReadAllBytes(Path);
        }
    }

    [Fact]
    public void Every_single_changed_bit_that_matters_is_found()
    {
        var writer = new ModelWriter("test");
        writer.Set("lambda", 0.5f);
        writer.Add("w", RandomData.Normal(2, 2, seed: 1));
        writer.Save(Path);
        byte[] valid = File.ReadAllBytes(Path);
        int key = valid.AsSpan().IndexOf("checksum"u8), padding = valid.AsSpan().LastIndexOf("}"u8) + 1;

        for (int bit = 0; bit < 8 * valid.Length; bit++)
        {
            // The name of the checksum and the padding after the header say nothing about the content.
            int at = bit / 8;
            if ((at >= key && at < key + 8) || (at >= padding && at < valid.Length - 16))
                continue;
            byte[] changed = [.. valid];
            changed[at] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Path, changed);
            Assert.ThrowsAny<InvalidDataException>(() => ModelReader.Open(Path).Dispose());
        }
    }

    [Fact]
    public void A_file_without_a_checksum_is_read()
    {
        var writer = new SafeTensorsWriter();
        (writer.Metadata["format"], writer.Metadata["format_version"], writer.Metadata["kind"]) = ("fast-sparse-coding", "1", "test");
        AtomicFile.Write(Path, writer.WriteTo);
        using ModelReader reader = ModelReader.Open(Path);
        Assert.Equal("test", reader.Kind);
    }

    [Theory]
    [InlineData("format", "other", "is a safetensors file but no model of this library: its metadata has no format 'fast-sparse-coding'.")]
    [InlineData("format", null, "is a safetensors file but no model of this library: its metadata has no format 'fast-sparse-coding'.")]
    [InlineData("format_version", "3", "is of model format version 3; this version of the library reads up to 2.")]
    [InlineData("format_version", "one", "its metadata has format_version 'one'; expected a number from 1 to 2147483647.")]
    [InlineData("format_version", null, "its metadata has no 'format_version'.")]
    [InlineData("kind", null, "its metadata has no 'kind'.")]
    [InlineData("checksum", "00", "does not match its checksum; the file is damaged.")]
    public void Metadata_that_is_missing_or_wrong_is_refused(string key, string? value, string message)
    {
        var writer = new SafeTensorsWriter();
        (writer.Metadata["format"], writer.Metadata["format_version"], writer.Metadata["kind"]) = ("fast-sparse-coding", "1", "test");
        if (value is null)
            writer.Metadata.Remove(key);
        else
            writer.Metadata[key] = value;
        AtomicFile.Write(Path, writer.WriteTo);
        Assert.Equal($"{Path}: {message}", Assert.Throws<InvalidDataException>(() => ModelReader.Open(Path)).Message);
    }

    [Fact]
    public void What_is_asked_for_and_not_there_is_named()
    {
        var writer = new ModelWriter("test");
        writer.Set("number", double.NaN);
        writer.Add<float>("vector", [1f]);
        writer.Save(Path);
        using ModelReader reader = ModelReader.Open(Path);

        Refused("holds a 'test'; expected a dictionary.", () => reader.RequireKind("a dictionary", "dictionary", "other"));
        Refused("its metadata has no 'lambda'.", () => reader.Number("lambda", 0f, 1f));
        Refused("its metadata has number 'NaN'; expected a number from 0 to 1.", () => reader.Number("number", 0f, 1f));
        Refused("its metadata has number 'NaN'; expected a number from 0 to 9.", () => reader.Number("number", 0, 9));
        Refused("its tensor 'vector' has shape [1]; expected two dimensions.", () => reader.Matrix("vector"));
        Refused("has no tensor 'w'.", () => reader.Matrix("w"));
        Refused("its dictionary cannot be used: no good",
            () => reader.Build<int>("dictionary", () => throw new ArgumentException("no good")));
    }

    private void Refused(string message, Action action)
        => Assert.Equal($"{Path}: {message}", Assert.Throws<InvalidDataException>(action).Message);
}
