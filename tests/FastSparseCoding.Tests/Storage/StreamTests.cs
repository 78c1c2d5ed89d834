using System.IO.Compression;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Whatever is read from a path is read from streams and bytes too, and the same for writing.</summary>
public sealed class StreamTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(7, 4, seed: 1);
    private static readonly ListaEncoder Lista = ListaEncoder.FromDictionary(Dictionary, 0.3f, 2);
    private static readonly Matrix X = RandomData.Normal(6, 4, seed: 2), Z = Sparse();

    /// <summary>Every kind of file: how it is written, and how what is read from it is written again.</summary>
    private static readonly (string Name, Action<FileTarget> Write, Action<Func<FileSource>, FileTarget> Copy)[] Files =
    [
        ("dictionary", t => ModelFile.Save(t, Dictionary, 0.3f),
            (s, t) => ModelFile.Save(t, ModelFile.LoadDictionary(s()), ModelFile.ReadInfo(s()).Penalty)),
        ("encoder", t => ModelFile.Save(t, Lista), (s, t) => ModelFile.Save(t, ModelFile.LoadEncoder(s()))),
        ("any encoder", t => ModelFile.Save(t, Lista), (s, t) => ModelFile.Save(t, (TrainableEncoder)ModelFile.Load(s()))),
        ("exact", t => ModelFile.Save(t, Dictionary, 0.3f),
            (s, t) => ModelFile.Save(t, ((ActiveSetSolver)ModelFile.Load(s())).Dictionary, 0.3f)),
        ("classifier", t => ClassifierFile.Save(t, new ClassifierModel(new LinearClassifier(7, 3), Lista)),
            (s, t) => ClassifierFile.Save(t, ClassifierFile.Load(s()))),
        ("denoiser", t => DenoiserFile.Save(t, NewDenoiser()), (s, t) => DenoiserFile.Save(t, DenoiserFile.Load(s()))),
        ("npy", t => Npy.Write(t, X), (s, t) => Npy.Write(t, Npy.ReadMatrix(s()))),
        ("npy of doubles", t => Npy.WriteDoubles(t, 2, 2, [1, 2, 3, Math.PI]), (s, t) =>
        {
            (int rows, int columns, double[] values) = Npy.ReadDoubles(s());
            Npy.WriteDoubles(t, rows, columns, values);
        }),
        ("rows of an npy", t => Npy.Write(t, X), CopyRows),
        ("npz", t => Npz.Write(t, [new("a", X), new("b", Z)]),
            (s, t) => Npz.Write(t, [new("a", Npz.ReadMatrix(s(), "a")), new("b", Npz.ReadMatrix(s(), "b"))])),
        ("codes", t => Npz.WriteCodes(t, SparseCodes.FromDense(Z)), (s, t) => Npz.WriteCodes(t, Npz.ReadCodes(s()))),
        ("rows of codes", t => Npz.WriteCodes(t, SparseCodes.FromDense(Z)), CopyCodes),
    ];

    public static TheoryData<string> Names { get; } = [.. Files.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Streams_and_bytes_hold_what_files_do(string name)
    {
        (_, Action<FileTarget> write, Action<Func<FileSource>, FileTarget> copy) = Files.Single(f => f.Name == name);
        using var folder = new TempFolder();
        write(folder.File("file"));
        byte[] expected = File.ReadAllBytes(folder.File("file"));
        using var written = new MemoryStream();

        write(written);
        Assert.Equal(expected, written.ToArray());

        foreach (Func<Stream> open in (Func<Stream>[])[() => new MemoryStream(expected), () => new OneWay(expected), () => Later(expected)])
        {
            using var target = new MemoryStream();
            copy(() => open(), target);
            Assert.Equal(expected, target.ToArray());
        }
        using var room = new MemoryStream();
        room.Write([1, 2, 3]);
        copy(() => expected, room);
        Assert.Equal([1, 2, 3, .. expected], room.ToArray());
        Assert.Equal(room.Length, room.Position);
    }

    [Theory]
    [InlineData("dictionary")]
    [InlineData("classifier")]
    [InlineData("denoiser")]
    [InlineData("npy")]
    public void Streams_that_cannot_seek_are_written_too(string name)
    {
        using var target = new MemoryStream();
        using var file = new MemoryStream();
        using (var oneWay = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
            Files.Single(f => f.Name == name).Write(oneWay);
        Files.Single(f => f.Name == name).Write(target);
        file.Position = 0;
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var result = new MemoryStream();

        unpacked.CopyTo(result);

        Assert.Equal(target.ToArray(), result.ToArray());
    }

    [Fact]
    public void Archives_are_written_to_streams_that_cannot_seek()
    {
        using var file = new MemoryStream();
        using (var oneWay = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
        using (CsrNpzWriter writer = CsrNpzWriter.Create(oneWay, Z.Columns))
        {
            writer.AppendRows(Z);
            writer.Complete();
        }
        file.Position = 0;
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);

        Assert.Equal(Z.Values.ToArray(), Npz.ReadCodes(unpacked).ToDense().Values.ToArray());
    }

    [Fact]
    public void Streams_stay_open_and_stand_at_their_end()
    {
        using var stream = new MemoryStream();
        Npy.Write(stream, X);
        Assert.Equal(stream.Length, stream.Position);
        stream.Position = 0;

        Npy.ReadMatrix(stream);

        Assert.Equal(stream.Length, stream.Position);
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Messages_name_the_stream_as_its_caller_does()
    {
        byte[] damaged = [1, 2, 3];
        Assert.Equal("stream: is not a safetensors file: it has 3 bytes, fewer than the 8 that give its header's length.",
            Message<InvalidDataException>(() => ModelFile.Load(new MemoryStream(damaged))));
        Assert.Equal("upload.npy: is not an .npy file; one begins with the bytes \\x93NUMPY, a version and a header length.",
            Message<InvalidDataException>(() => Npy.ReadMatrix(new FileSource(new OneWay([.. damaged, .. new byte[20]]), "upload.npy"))));
        Assert.StartsWith("bytes: is not a readable zip archive: ", Message<InvalidDataException>(() => Npz.Names(damaged)),
            StringComparison.Ordinal);
        Assert.Equal("slow: cannot be read: the line is dead", Message<IOException>(() => Npy.ReadMatrix(new FileSource(new Dead(), "slow"))));
        Assert.Equal("stream: cannot be written: the line is dead.", Message<IOException>(() => Npy.Write(new Dead(), X)));
        Assert.Equal("'stream' cannot be read; it must be open for reading. (Parameter 'stream')",
            Message<ArgumentException>(() => Npy.ReadMatrix(new GZipStream(new MemoryStream(), CompressionMode.Compress))));
        Assert.Equal("'stream' cannot be written; it must be open for writing. (Parameter 'stream')",
            Message<ArgumentException>(() => Npy.Write(new MemoryStream(damaged, writable: false), X)));
        Assert.Equal("'file' cannot seek; it must, since the number of rows is written last. (Parameter 'file')",
            Message<ArgumentException>(() => NpyWriter.Create(new GZipStream(new MemoryStream(), CompressionMode.Compress), 3)));
        Assert.Equal("'path' is empty; it must be the name of a file. (Parameter 'path')",
            Message<ArgumentException>(() => Npy.ReadMatrix(default(FileSource))));
    }

    [Fact]
    public void A_stream_without_end_is_given_up()
        => Assert.Equal("stream: has more than 1000 bytes; a stream that is read whole has 1000 at most.",
            Message<InvalidDataException>(() => InputFile.OfStream(new OneWay(new byte[1001]), "stream", most: 1000)));

    [Fact]
    public void Readers_of_a_stream_may_be_shared()
    {
        Matrix x = RandomData.Normal(2000, 5, seed: 3);
        using var stream = new MemoryStream();
        Npy.Write(stream, x);
        stream.Position = 0;
        using NpyReader reader = NpyReader.Open(stream);

        Parallel.For(0, 2000, i =>
        {
            var row = new Matrix(1, 5);
            reader.Read(i, row);
            Assert.Equal(x.Row(i).ToArray(), row.Values.ToArray());
        });
    }

    private static string Message<T>(Action action)
        where T : Exception
        => Assert.Throws<T>(action).Message;

    /// <summary>A stream that does not stand at its beginning.</summary>
    private static MemoryStream Later(byte[] content)
    {
        var stream = new MemoryStream();
        stream.Write([0xEE, 0xEE, 0xEE, .. content]);
        stream.Position = 3;
        return stream;
    }

    private static void CopyRows(Func<FileSource> source, FileTarget target)
    {
        using NpyReader reader = NpyReader.Open(source());
        using NpyWriter writer = NpyWriter.Create(target, reader.Columns);
        for (int i = 0; i < reader.Rows; i++)
        {
            var row = new Matrix(1, reader.Columns);
            reader.Read(i, row);
            writer.AppendRows(row);
        }
        writer.Complete();
    }

    private static void CopyCodes(Func<FileSource> source, FileTarget target)
    {
        using CodesReader reader = CodesReader.Open(source());
        using CsrNpzWriter writer = CsrNpzWriter.Create(target, reader.Columns);
        for (int i = 0; i < reader.Rows; i++)
            writer.AppendRows(reader.Read(1));
        writer.Complete();
    }

    private static Denoiser NewDenoiser() => Denoiser.FromDct(patchSize: 2, atoms: 4, depth: 1);

    private static Matrix Sparse()
    {
        Matrix z = RandomData.Normal(6, 7, seed: 5);
        foreach (ref float value in z.Values)
            value = value > 0 ? value : 0;
        return z;
    }

    /// <summary>A stream that is read once from front to back, a few bytes at a time.</summary>
    private sealed class OneWay(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
    }

    private sealed class Dead : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("the line is dead");

        public override int Read(Span<byte> buffer) => throw new IOException("the line is dead");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("the line is dead");
    }
}
