using System.Text;
using CsCheck;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class NpyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_written_matrix_reads_back_bit_for_bit()
        => Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 1000]).Sample((rows, columns, seed) =>
        {
            Matrix x = RandomData.Normal(rows, columns, seed);
            Npy.Write(_folder.File("x.npy"), x);
            Matrix read = Npy.ReadMatrix(_folder.File("x.npy"));
            return (read.Rows, read.Columns) == (rows, columns) && read.Values.SequenceEqual(x.Values);
        }, iter: 100, threads: 1);

    [Fact]
    public void Written_doubles_read_back_bit_for_bit()
    {
        double[] values = [Math.PI, -0.0, 1e-310, double.MaxValue, double.NaN, double.NegativeInfinity];
        Npy.WriteDoubles(_folder.File("e.npy"), 2, 3, values);
        (int rows, int columns, double[] read) = Npy.ReadDoubles(_folder.File("e.npy"));
        Assert.Equal((2, 3), (rows, columns));
        Assert.Equal(Array.ConvertAll(values, BitConverter.DoubleToInt64Bits), Array.ConvertAll(read, BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void What_is_written_is_what_numpy_writes()
    {
        // numpy.save of numpy.array([[1, 2, 3], [4, 5, 6]], dtype='<f4'): text padded to 128 bytes with a line break at the end.
        Npy.Write(_folder.File("x.npy"), new Matrix(2, 3, [1, 2, 3, 4, 5, 6]));
        string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".PadRight(117) + "\n";
        Assert.Equal(NpyBytes.Make(header, NpyBytes.Singles(1, 2, 3, 4, 5, 6)), File.ReadAllBytes(_folder.File("x.npy")));
    }

    [Theory]
    [InlineData("<f4", false)]
    [InlineData("<f8", false)]
    [InlineData(">f4", false)]
    [InlineData(">f8", false)]
    [InlineData("=f4", false)]
    [InlineData("<f4", true)]
    [InlineData("<f8", true)]
    [InlineData(">f8", true)]
    public void Every_type_and_order_reads_the_same_matrix(string descr, bool fortran)
    {
        float[] order = fortran ? [1, 4, 2, 5, 3, 6.5f] : [1, 2, 3, 4, 5, 6.5f];
        byte[] data = descr[^1] == '4' ? NpyBytes.Singles(order) : NpyBytes.Doubles(Array.ConvertAll(order, v => (double)v));
        if (descr[0] == '>')
            data = NpyBytes.Reversed(data, descr[^1] - '0');
        string path = _folder.Write("x.npy", NpyBytes.Make(NpyBytes.Header(descr, "(2, 3)", fortran), data));

        Matrix x = Npy.ReadMatrix(path);
        (int rows, int columns, double[] doubles) = Npy.ReadDoubles(path);

        Assert.Equal((2, 3, 2, 3), (x.Rows, x.Columns, rows, columns));
        Assert.Equal([1, 2, 3, 4, 5, 6.5f], x.Values.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6.5], doubles);
    }

    [Theory]
    [InlineData(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }")]
    [InlineData(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }   \n")]
    [InlineData(3, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1)}")]
    [InlineData(1, "{\"shape\":(2L,1L),\"fortran_order\":False,\"descr\":\"<f4\"}")]
    [InlineData(1, " { 'extra' : ('é', [1, (-2,)], True) , 'shape' : [2,1,] ,\t'descr':'<f4','fortran_order':False\n}\n")]
    public void Every_format_version_and_spelling_of_the_header_is_read(byte major, string header)
        => Assert.Equal([7, 8], Npy.ReadMatrix(_folder.Write("x.npy", NpyBytes.Make(header, NpyBytes.Singles(7, 8), major)))
            .Values.ToArray());

    [Fact]
    public void One_dimension_is_a_single_row()
    {
        Matrix x = Npy.ReadMatrix(_folder.Write("x.npy", NpyBytes.Make(NpyBytes.Header("<f8", "(3,)"), NpyBytes.Doubles(1, 2, 3))));
        Assert.Equal((1, 3), (x.Rows, x.Columns));
        Assert.Equal([1, 2, 3], x.Values.ToArray());
    }

    [Fact]
    public void Doubles_round_to_the_nearest_float()
    {
        double[] values = [1 + Math.Pow(2, -24), 1 + 1.5 * Math.Pow(2, -24), 0.1, 1e300, -1e-50, double.NaN];
        Npy.WriteDoubles(_folder.File("x.npy"), 1, values.Length, values);
        Assert.Equal(Array.ConvertAll(values, v => (float)v), Npy.ReadMatrix(_folder.File("x.npy")).Values.ToArray());
    }

    [Fact]
    public void A_large_matrix_of_any_type_and_order_reads_in_pieces()
    {
        const int Rows = 9001, Columns = 3;
        double[] values = [.. Enumerable.Range(0, Rows * Columns).Select(i => (double)i)];
        double[] transposed = [.. Enumerable.Range(0, Rows * Columns).Select(i => values[i % Rows * Columns + i / Rows])];
        string plain = _folder.Write("c.npy", NpyBytes.Make(NpyBytes.Header("<f8", $"({Rows}, {Columns})"), NpyBytes.Doubles(values)));
        string fortran = _folder.Write(
            "f.npy", NpyBytes.Make(NpyBytes.Header("<f8", $"({Rows}, {Columns})", fortran: true), NpyBytes.Doubles(transposed)));

        Assert.Equal(values, Npy.ReadDoubles(plain).Values);
        Assert.Equal(values, Npy.ReadDoubles(fortran).Values);
        Assert.Equal(Array.ConvertAll(values, v => (float)v), Npy.ReadMatrix(fortran).Values.ToArray());
    }

    [Theory]
    [InlineData("<f2", new byte[] { 0x00, 0x3C, 0x00, 0xC1 }, 1f, -2.5f)]
    [InlineData(">f2", new byte[] { 0x3C, 0x00, 0xC1, 0x00 }, 1f, -2.5f)]
    [InlineData("|b1", new byte[] { 1, 0 }, 1f, 0f)]
    [InlineData("|i1", new byte[] { 7, 0xFE }, 7f, -2f)]
    [InlineData("|u1", new byte[] { 7, 0xFE }, 7f, 254f)]
    [InlineData("<i2", new byte[] { 1, 2, 0xFE, 0xFF }, 513f, -2f)]
    [InlineData(">u2", new byte[] { 2, 1, 0xFF, 0xFE }, 513f, 65534f)]
    [InlineData("<i4", new byte[] { 1, 2, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF }, 513f, -2f)]
    [InlineData("<u4", new byte[] { 1, 2, 0, 0, 0, 0, 0, 0x80 }, 513f, 2147483648f)]
    [InlineData("<i8", new byte[] { 1, 2, 0, 0, 0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, 513f, -2f)]
    [InlineData(">u8", new byte[] { 0, 0, 0, 0, 0, 0, 2, 1, 0x80, 0, 0, 0, 0, 0, 0, 0 }, 513f, 9223372036854775808f)]
    public void Other_numbers_are_read_as_what_they_are(string type, byte[] bytes, float first, float second)
    {
        string path = _folder.Write("x.npy", NpyBytes.Make(NpyBytes.Header(type, "(2,)"), bytes));

        Assert.Equal([first, second], Npy.ReadMatrix(path).Values.ToArray());
        Assert.Equal([(double)first, second], Npy.ReadDoubles(path).Values);
    }

    [Theory]
    [InlineData("(0, 5)", 0, 5)]
    [InlineData("(5, 0)", 5, 0)]
    public void A_matrix_of_nothing_keeps_its_shape(string shape, int rows, int columns)
    {
        Matrix x = Npy.ReadMatrix(_folder.Write("x.npy", NpyBytes.Make(NpyBytes.Header("<f4", shape), [])));
        Assert.Equal((rows, columns), (x.Rows, x.Columns));
    }

    public static TheoryData<string, string> BadHeaders => new()
    {
        { "", "its .npy header is malformed at character 0; expected '{'." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), ",
            "its .npy header is malformed at character 58; expected a quoted key." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1)} 1",
            "its .npy header is malformed at character 58; expected nothing more." },
        { "{'descr': '<f4, 'fortran_order': False, 'shape': (2, 1)}", "its .npy header is malformed at character 17; expected ','." },
        { "{'descr': '<f4", "its .npy header is malformed at character 10; expected a closing quote." },
        { "{'descr' '<f4'}", "its .npy header is malformed at character 9; expected ':'." },
        { "{'descr': None}", "its .npy header is malformed at character 10; expected a string, a number, True, False or a tuple." },
        { "{'shape': ((((((((((1,),),),),),),),),),)}",
            "its .npy header is malformed at character 18; expected a string, a number, True, False or a tuple." },
        { "{'shape': (99999999999999999999, 1)}", "its .npy header is malformed at character 11; expected a number below 2^63." },
        { "{'shape': (-, 1)}", "its .npy header is malformed at character 11; expected a number below 2^63." },
        { "{'fortran_order': False, 'shape': (2, 1)}", "its .npy header has no 'descr'." },
        { "{'descr': '<f4', 'shape': (2, 1)}", "its .npy header has no 'fortran_order'." },
        { "{'descr': '<f4', 'fortran_order': False}", "its .npy header has no 'shape'." },
        { "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 1)}", "its .npy header has a 'fortran_order' that is not True or False." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': 2}", "its .npy header has a 'shape' that is not a tuple of sizes." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -1)}", "its .npy header has a 'shape' that is not a tuple of sizes." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, '1')}", "its .npy header has a 'shape' that is not a tuple of sizes." },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
            "holds a structured array; expected one plain number per element." },
        { "{'descr': '<q4', 'fortran_order': False, 'shape': (2, 1)}", "holds values of the unknown type '<q4'; expected '<f4' or '<f8'." },
        { "{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1)}",
            "holds values of type '<c8'; expected real numbers of up to 8 bytes (in NumPy: x.astype(numpy.float32))." },
        { "{'descr': '|S8', 'fortran_order': False, 'shape': (1, 1)}",
            "holds values of type '|S8'; expected real numbers of up to 8 bytes (in NumPy: x.astype(numpy.float32))." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 1)}",
            "has shape (2, 1, 1); expected one or two dimensions (samples in rows)." },
        { "{'descr': '<f8', 'fortran_order': False, 'shape': ()}", "has shape (); expected one or two dimensions (samples in rows)." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1)}",
            "is truncated: (3, 1) values of type '<f4' take 12 bytes, but 8 follow its header." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}",
            "is too long: (1, 1) values of type '<f4' take 4 bytes, but 8 follow its header." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 2)}",
            "promises an array of shape (4611686018427387904, 2); that is more than a file can hold." },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904)}",
            "promises an array of shape (0, 4611686018427387904); that is more than a file can hold." },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void A_header_that_is_wrong_is_refused_with_what_is_wrong(string header, string message)
        => Refused(NpyBytes.Make(header, NpyBytes.Singles(7, 8)), message);

    [Fact]
    public void A_file_that_is_no_npy_is_refused()
    {
        const string NotNpy = @"is not an .npy file; one begins with the bytes \x93NUMPY, a version and a header length.";
        Refused([], NotNpy);
        Refused(Encoding.ASCII.GetBytes("just a text, long enough"), NotNpy);
        Refused(NpyBytes.Make("{}", [])[..9], NotNpy);
        Refused(NpyBytes.Make("{}", [], 4), "is of .npy format version 4.0; expected 1.0, 2.0 or 3.0.");
        Refused(NpyBytes.Make("{}", [], 1, 1), "is of .npy format version 1.1; expected 1.0, 2.0 or 3.0.");
        Refused(NpyBytes.Make(new string(' ', 300), [])[..100], "promises an .npy header of 300 bytes, but only 90 follow.");
        Refused(NpyBytes.Make(new string(' ', 300), [], 2)[..11], "promises an .npy header of 300 bytes, but only 0 follow.");
        Refused(NpyBytes.Make(new string(' ', 1_048_577), [], 2), "promises an .npy header of 1048577 bytes; at most 1048576 are read.");
    }

    [Fact]
    public void Shapes_that_no_matrix_can_have_are_refused()
    {
        Refused(NpyBytes.Make(NpyBytes.Header("<f4", "(0, 4294967296)"), []), "has 4294967296 columns; at most 2147483591 fit a row.");
        Refused(NpyBytes.Make(NpyBytes.Header("<f4", "(4294967296, 0)"), []),
            "is [4294967296×0]; one matrix holds at most 2147483591 values (read it in blocks of rows).");
    }

    [Fact]
    public void A_path_that_is_no_readable_file_is_refused()
    {
        string missing = _folder.File("none.npy");
        Assert.Equal($"{missing}: there is no such file.", Assert.Throws<FileNotFoundException>(() => Npy.ReadMatrix(missing)).Message);
        Assert.Equal($"{missing}/x: there is no such file.",
            Assert.Throws<FileNotFoundException>(() => Npy.ReadMatrix(missing + "/x")).Message);
        Assert.Equal($"{_folder.Path}: cannot be read: it is a folder; a file is expected.",
            Assert.Throws<IOException>(() => Npy.ReadMatrix(_folder.Path)).Message);
        Assert.Throws<ArgumentException>(() => Npy.ReadMatrix(""));
    }

    [Fact]
    public void Doubles_whose_number_is_not_that_of_the_shape_are_refused()
        => Assert.StartsWith("'values' has 5 values; it must have 6.",
            Assert.Throws<ArgumentException>(() => Npy.WriteDoubles(_folder.File("x.npy"), 2, 3, new double[5])).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("<f4", false)]
    [InlineData(">f8", true)]
    public void Damaged_files_are_refused_or_read_and_nothing_else(string descr, bool fortran)
    {
        string path = _folder.Write(
            "x.npy", NpyBytes.Make(NpyBytes.Header(descr, "(3, 4)", fortran).PadRight(117) + "\n", new byte[12 * (descr[^1] - '0')]));
        Assert.InRange(Mutation.Check(path, p => Npy.ReadMatrix(p), 3000), 1000, 2900);
    }

    private void Refused(byte[] bytes, string message)
    {
        string path = _folder.Write("x.npy", bytes);
        Assert.Equal($"{path}: {message}", Assert.Throws<InvalidDataException>(() => Npy.ReadMatrix(path)).Message);
    }
}
