using System.Globalization;
using System.IO.Compression;
using System.Text;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Files that promise more than they hold, or more than can be: refused before memory or time is spent on the promise.</summary>
public sealed class HostileStorageTests : IDisposable
{
    // Of a refusal: buffers, messages and the header itself.
    private const long Little = 4_000_000;

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("x");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Codes_that_do_not_belong_together_are_refused_before_they_are_inflated()
    {
        const int Count = 20_000_000;       // three arrays of 80 MB in 240 kB
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create))
        {
            foreach ((string name, string type) in new[] { ("indices", "<i4"), ("indptr", "<i4"), ("data", "<f4") })
                Add(zip, name, NpyBytes.Header(type, $"({Count},)"), Count * 4L);
            Add(zip, "format", NpyBytes.Header("|S3", "()"), 0, "csr"u8.ToArray());
            Add(zip, "shape", NpyBytes.Header("<i8", "(2,)"), 0, [1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
        }
        Assert.InRange(new FileInfo(Path).Length, 1, 300_000);

        RefusedCheaply("holds 20000000 row starts for 1 rows; expected 2.", () => Npz.ReadCodes(Path));
    }

    [Fact]
    public void A_shape_of_many_dimensions_is_refused_and_not_repeated()
    {
        string ones = string.Concat(Enumerable.Repeat("1,", 3_000_000));
        SafeTensors($$"""{"a":{"dtype":"F32","shape":[{{ones}}1],"data_offsets":[0,4]} }""", new byte[4]);
        Refused("its tensor 'a' has a shape of 3000001 numbers; at most 8 are read.", () => FileDescription.Read(Path));

        File.WriteAllBytes(Path, NpyBytes.Make(NpyBytes.Header("<f4", $"({ones[..200_000]})"), new byte[4], major: 2));
        Refused("promises an array of 100000 dimensions; at most 64 are read.", () => Npy.ReadMatrix(Path));
    }

    [Theory]
    [InlineData("lista", 46_341, 1,
        "its encoder cannot be used: 'number of parameters' is 2147534622; it must be 2147483591 or less. (Parameter 'number of "
        + "parameters')")]
    [InlineData("lcod", 40_000, 1, "has no tensor 'parameter.W_e'.")]
    [InlineData("lista-layers", 30_000, 1, "has no tensor 'parameter.W_e'.")]
    [InlineData("shrink", 30_000, 30_000, "has no tensor 'parameter.W_e'.")]
    [InlineData("tanh2", 2_000_000_000, 1,
        "its encoder cannot be used: 'number of parameters' is 4000000000; it must be 2147483591 or less. (Parameter 'number of "
        + "parameters')")]
    public void A_model_is_not_built_before_its_parameters_are_there(string kind, int codeSize, int signalSize, string message)
    {
        Model(kind, codeSize, signalSize);
        RefusedCheaply(message, () => ModelFile.LoadEncoder(Path));
    }

    [Fact]
    public void A_classifier_of_codes_is_not_built_before_its_parameters_are_there()
    {
        var meta = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = "fast-sparse-coding",
            ["format_version"] = "1",
            ["kind"] = "classifier",
            ["classes"] = "2",
            ["code_size"] = "40000",
            ["codes_of"] = "lista",
            ["depth"] = "3",
            ["signal_size"] = "1",
            ["lambda"] = "0.5",
        };
        string pairs = string.Join(",", meta.Select(p => $"\"{p.Key}\":\"{p.Value}\""));
        SafeTensors(
            $$"""{"__metadata__":{ {{pairs}} },"classifier.weights":{"dtype":"F32","shape":[2,40000],"data_offsets":[0,320000]},"classifier.bias":{"dtype":"F32","shape":[1,2],"data_offsets":[320000,320008]} }""", new byte[320_008]);

        RefusedCheaply("has no tensor 'parameter.W_e'.", () => ClassifierFile.Load(Path));
    }

    [Fact]
    public void More_than_memory_is_refused_in_one_line()
    {
        long values = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 + 1_000_000;
        using (FileStream file = File.Create(Path))
        {
            file.Write(NpyBytes.Make(NpyBytes.Header("<f4", $"(1, {values})"), []));
            file.SetLength(file.Length + values * 4);       // a hole: takes no room on the disk
        }
        string expected = values > Array.MaxLength ? $"{Path}: has {values} columns; at most {Array.MaxLength} fit a row."
            : $"{Path}: its array takes ";
        Assert.StartsWith(expected, Cheaply(() => Npy.ReadMatrix(Path)).Message, StringComparison.Ordinal);

        string shape = values.ToString(CultureInfo.InvariantCulture);
        byte[] header = Encoding.UTF8.GetBytes(
            $$"""{"__metadata__":{"format":"fast-sparse-coding","format_version":"1","kind":"lista","checksum":"0"},"x":{"dtype":"F32","shape":[{{shape}}],"data_offsets":[0,{{values * 4}}]} }""");
        using (FileStream file = File.Create(Path))
        {
            file.Write(BitConverter.GetBytes((long)header.Length));
            file.Write(header);
            file.SetLength(8 + header.Length + values * 4);
        }
        Assert.StartsWith($"{Path}: its tensors take ", Cheaply(() => ModelFile.ReadInfo(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_arrays_of_one_name_are_refused()
    {
        foreach (string second in new[] { "D.npy", "D" })
        {
            File.Delete(Path);
            using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create))
                foreach (string name in new[] { "D.npy", second })
                {
                    using Stream member = zip.CreateEntry(name).Open();
                    member.Write(NpyBytes.Make(NpyBytes.Header("<f4", "(1, 1)"), NpyBytes.Singles(1)));
                }
            Refused("holds two arrays 'D'; expected one of every name.", () => Npz.ReadMatrix(Path, "D"));
        }
    }

    [Fact]
    public void Arrays_that_share_their_bytes_are_refused()
    {
        // Each name meant a megabyte of header to read again: 250 kB took 14 seconds to describe.
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create))
            Add(zip, "D", NpyBytes.Header("<f4", "(1, 1)") + new string(' ', 60_000), 4);
        byte[] bytes = File.ReadAllBytes(Path);
        int directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8), end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        const int Members = 5;
        List<byte> many = [.. bytes[..directory]];
        for (int i = 0; i < Members; i++)
        {
            byte[] entry = bytes[directory..end];
            entry[46] = (byte)('A' + i);        // the name's first letter
            many.AddRange(entry);
        }
        byte[] tail = bytes[end..];
        (tail[8], tail[10]) = (Members, Members);
        BitConverter.TryWriteBytes(tail.AsSpan(12), Members * (end - directory));
        File.WriteAllBytes(Path, [.. many, .. tail]);

        Refused("holds members that claim more bytes together than the file has; the archive is damaged.",
            () => FileDescription.Read(Path));
    }

    [Fact]
    public void An_encrypted_array_is_refused()
    {
        using (ZipArchive zip = ZipFile.Open(Path, ZipArchiveMode.Create))
            Add(zip, "D", NpyBytes.Header("<f4", "(1, 1)"), 4);
        byte[] bytes = File.ReadAllBytes(Path);
        bytes[6] |= 1;
        bytes[bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        File.WriteAllBytes(Path, bytes);

        Assert.Equal($"{Path}(D): is encrypted; expected an archive without a password.",
            Assert.Throws<InvalidDataException>(() => Npz.ReadMatrix(Path, "D")).Message);
    }

    [Fact]
    public void A_key_given_twice_is_refused()
    {
        File.WriteAllBytes(Path,
            NpyBytes.Make("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'shape': (1, 2), }", new byte[8]));
        Refused("its .npy header gives 'shape' twice.", () => Npy.ReadMatrix(Path));
    }

    private static void Add(ZipArchive zip, string name, string header, long zeros, byte[]? data = null)
    {
        using Stream member = zip.CreateEntry(name + ".npy", CompressionLevel.SmallestSize).Open();
        member.Write(NpyBytes.Make(header, data ?? []));
        for (long left = zeros; left > 0; left -= 1 << 20)
            member.Write(new byte[Math.Min(left, 1 << 20)]);
    }

    private void Model(string kind, int codeSize, int signalSize)
        => SafeTensors(
            $$"""{"__metadata__":{"format":"fast-sparse-coding","format_version":"1","kind":"{{kind}}","depth":"{{(kind is "lista" or "lcod" or "lista-layers" ? 3 : 0)}}","signal_size":"{{signalSize}}","code_size":"{{codeSize}}","lambda":"0.5"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]} }""", new byte[4]);

    private void SafeTensors(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes((long)text.Length), .. text, .. data]);
    }

    private void Refused(string message, Action read)
        => Assert.Equal($"{Path}: {message}", Assert.Throws<InvalidDataException>(read).Message);

    private void RefusedCheaply(string message, Action read) => Assert.Equal($"{Path}: {message}", Cheaply(read).Message);

    private static InvalidDataException Cheaply(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException e = Assert.Throws<InvalidDataException>(read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Little);
        return e;
    }
}
