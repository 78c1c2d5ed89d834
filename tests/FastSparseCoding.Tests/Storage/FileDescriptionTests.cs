using System.Text;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class FileDescriptionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_npy_shows_shape_type_and_order()
    {
        string path = _folder.Write("any.name", NpyBytes.Make(NpyBytes.Header(">f8", "(2, 1)", fortran: true), new byte[16]));
        Assert.Equal(["shape: (2, 1)", "type: >f8", "order: Fortran", "bytes: 84"], Facts(path, "npy"));
        Npy.Write(path, new Matrix(3, 2));
        Assert.Equal(["shape: (3, 2)", "type: <f4", "order: C", "bytes: 152"], Facts(path, "npy"));
    }

    [Fact]
    public void An_npz_shows_its_members()
    {
        string path = _folder.File("x.npz");
        Npz.Write(path, [new("b", new Matrix(1, 2)), new("a", new Matrix(3, 4))]);
        Assert.Equal(["b: (1, 2) <f4", "a: (3, 4) <f4"], Facts(path, "npz"));
        Npz.Write(path, []);
        Assert.Empty(Facts(path, "npz"));
    }

    [Fact]
    public void Sparse_codes_show_their_size_and_density()
    {
        string path = _folder.File("x.npz");
        Npz.WriteCodes(path, SparseCodes.FromDense(new Matrix(3, 2, [1, 0, 0, 0, 2, 3])));
        Assert.Equal(
            ["sparse_format: csr", "rows: 3", "columns: 2", "non_zeros: 3", "non_zeros_per_row: 1",
                "indices: (3,) <i4", "indptr: (4,) <i4", "format: () |S3",
                "shape: (2,) <i8", "data: (3,) <f4"],
            Facts(path, "npz"));
    }

    [Fact]
    public void A_safetensors_file_of_others_shows_its_metadata_and_tensors()
    {
        string path = _folder.File("x.bin");
        var writer = new SafeTensorsWriter();
        writer.Metadata["by"] = "others";
        writer.Add<float>("w", [2, 1], [1f, 2f]);
        AtomicFile.Write(path, writer.WriteTo);
        Assert.Equal(["by: others", "w: [2, 1] F32"], Facts(path, "safetensors"));
    }

    [Fact]
    public void A_csv_shows_its_size()
    {
        string path = _folder.File("x.csv");
        File.WriteAllText(path, "a,b\n1,2\n3,4\n5,6\n");
        Assert.Equal(["rows: 3", "columns: 2", "bytes: 16"], Facts(path, "csv"));
    }

    [Theory]
    [InlineData("x.npy", @"is not an .npy file; one begins with the bytes \x93NUMPY, a version and a header length.")]
    [InlineData("x.safetensors",
        "is truncated or not a safetensors file: it promises a header of 8031924123371070824 bytes, but 3 follow.")]
    [InlineData("x.txt", "is of no format known here; expected .npy, .npz, .safetensors, .csv or .onnx.")]
    public void A_file_of_no_known_format_is_refused_by_what_its_name_promises(string name, string message)
    {
        string path = _folder.Write(name, Encoding.ASCII.GetBytes("hello world"));
        Assert.Equal($"{path}: {message}", Assert.Throws<InvalidDataException>(() => FileDescription.Read(path)).Message);
    }

    [Fact]
    public void An_empty_or_missing_file_is_refused()
    {
        string path = _folder.Write("x", []);
        Assert.Equal($"{path}: is of no format known here; expected .npy, .npz, .safetensors, .csv or .onnx.",
            Assert.Throws<InvalidDataException>(() => FileDescription.Read(path)).Message);
        Assert.Equal($"{path}y: there is no such file.",
            Assert.Throws<FileNotFoundException>(() => FileDescription.Read(path + "y")).Message);
        Assert.StartsWith($"{_folder.Write("x.npz", [1, 2])}: is not a readable zip archive: ",
            Assert.Throws<InvalidDataException>(() => FileDescription.Read(_folder.File("x.npz"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.npy")]
    [InlineData("x.npz")]
    [InlineData("x.safetensors")]
    public void Damaged_files_are_refused_or_described_and_nothing_else(string name)
    {
        string path = _folder.File(name);
        var model = new ModelWriter("test");
        model.Add("w", new Matrix(2, 3));
        if (name == "x.npy")
            Npy.Write(path, new Matrix(2, 3));
        else if (name == "x.npz")
            Npz.WriteCodes(path, SparseCodes.FromDense(RandomData.Normal(2, 2, seed: 1)));
        else
            model.Save(path);
        Assert.InRange(Mutation.Check(path, p => FileDescription.Read(p), 1500), 300, 1499);
    }

    private static string[] Facts(string path, string format)
    {
        FileDescription description = FileDescription.Read(path);
        Assert.Equal((path, format), (description.Path, description.Format));
        return [.. description.Texts.Select(fact => $"{fact.Key}: {fact.Value}")];
    }
}
