using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FastSparseCoding.Storage;

/// <summary>
/// The header of an .npy array: type, order and shape. Format 1.0, 2.0 and 3.0 of NumPy's lib.format are read; 1.0 is written, byte for
/// byte as numpy.save does.
/// </summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="FortranOrder">Whether the first index varies fastest.</param>
/// <param name="Shape">Sizes of the dimensions, none for a scalar.</param>
/// <param name="Length">Bytes before the first element.</param>
internal sealed record NpyHeader(ElementType Type, bool FortranOrder, long[] Shape, int Length)
{
    private const int MaxLength = 1 << 20;

    /// <summary>The most dimensions that a NumPy array may have.</summary>
    private const int MaxRank = 64;

    // NumPy leaves room for a first dimension of this many digits, so that a file can grow in place; a writer that learns N last needs the
    // same.
    private const int DimensionDigits = 21;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes of all elements.</summary>
    public long DataBytes => Count * Type.Bytes;

    /// <summary>The shape as Python writes it.</summary>
    public string ShapeText => FormatShape(Shape);

    /// <summary>Whether a file begins as an .npy does.</summary>
    public static bool IsNpy(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <summary>Reads the header at the beginning of a stream and checks it against the number of bytes the stream holds.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or it promises more or fewer bytes than follow.</exception>
    public static NpyHeader Read(string path, Stream stream, long available)
    {
        Span<byte> prefix = stackalloc byte[12];
        int got = stream.ReadAtLeast(prefix[..10], 10, throwOnEndOfStream: false);
        if (got < 10 || !IsNpy(prefix))
            Throw.InvalidFile(path, @"is not an .npy file; one begins with the bytes \x93NUMPY, a version and a header length.");
        (int major, int minor) = (prefix[6], prefix[7]);
        if (major is < 1 or > 3 || minor != 0)
            Throw.InvalidFile(path, $"is of .npy format version {major}.{minor}; expected 1.0, 2.0 or 3.0.");
        int prefixLength = 10;
        if (major > 1)
            prefixLength += stream.ReadAtLeast(prefix[10..], 2, throwOnEndOfStream: false);
        long length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]);
        if (length > available - prefixLength)
            Throw.InvalidFile(path, $"promises an .npy header of {length} bytes, but only {available - prefixLength} follow.");
        if (length > MaxLength)
            Throw.InvalidFile(path, $"promises an .npy header of {length} bytes; at most {MaxLength} are read.");
        var text = new byte[length];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
            Throw.InvalidFile(path, "ends within its .npy header.");
        NpyHeader header = Parse(path, (major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text), prefixLength + (int)length);
        header.CheckLength(path, available);
        return header;
    }

    /// <summary>The bytes of the header. Their number depends on the type and on all sizes but the first (the last in Fortran
    /// order).</summary>
    public static byte[] Format(ElementType type, ReadOnlySpan<long> shape)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': {FormatShape(shape)}, }}");
        if (shape.Length > 0)
            text += new string(' ', DimensionDigits - shape[0].ToString(CultureInfo.InvariantCulture).Length);
        int total = (10 + text.Length + 1 + 63) / 64 * 64;      // data begins on a multiple of 64 bytes
        text = text.PadRight(total - 11) + '\n';
        var bytes = new byte[total];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)text.Length);
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(10));
        return bytes;
    }

    /// <summary>The shape as rows and columns: a one-dimensional array is a single row, as numpy.atleast_2d makes it.</summary>
    /// <exception cref="InvalidDataException">There are no or more than two dimensions, or more columns than one row can have.</exception>
    public (long Rows, int Columns) AsMatrix(string path)
    {
        if (Shape.Length is 0 or > 2)
            Throw.InvalidFile(path, $"has shape {ShapeText}; expected one or two dimensions (samples in rows).");
        long columns = Shape[^1];
        if (columns > Array.MaxLength)
            Throw.InvalidFile(path, $"has {columns} columns; at most {Array.MaxLength} fit a row.");
        return (Shape.Length == 1 ? 1 : Shape[0], (int)columns);
    }

    /// <summary>Refuses values that are not float32 or float64.</summary>
    public void RequireFloat(string path)
    {
        if (!Type.IsFloat)
            Throw.InvalidFile(path, $"holds values of type '{Type}'; expected '<f4' or '<f8' (in NumPy: x.astype(numpy.float32)).");
    }

    /// <summary>Refuses values that are not real numbers of up to 8 bytes.</summary>
    public void RequireNumber(string path)
    {
        if (!Type.IsNumber)
            Throw.InvalidFile(
                path, $"holds values of type '{Type}'; expected real numbers of up to 8 bytes (in NumPy: x.astype(numpy.float32)).");
    }

    public static string FormatShape(ReadOnlySpan<long> shape)
    {
        var text = new StringBuilder("(");
        for (int i = 0; i < shape.Length; i++)
            text.Append(CultureInfo.InvariantCulture,
                $"{(i > 0 ? " " : "")}{shape[i]}{(i + 1 < shape.Length || shape.Length == 1 ? "," : "")}");
        return text.Append(')').ToString();
    }

    private static NpyHeader Parse(string path, string text, int length)
    {
        Dictionary<string, object> fields = PythonLiteral.ParseDictionary(path, text);
        object descr = Field(path, fields, "descr");
        if (descr is not string name)
            return Throw.InvalidFile<NpyHeader>(path, "holds a structured array; expected one plain number per element.");
        if (!ElementType.TryParse(name, out ElementType type))
            Throw.InvalidFile(path, $"holds values of the unknown type '{name}'; expected '<f4' or '<f8'.");
        if (Field(path, fields, "fortran_order") is not bool fortranOrder)
            return Throw.InvalidFile<NpyHeader>(path, "its .npy header has a 'fortran_order' that is not True or False.");
        return new NpyHeader(type, fortranOrder, ReadShape(path, Field(path, fields, "shape"), type), length);
    }

    private static object Field(string path, Dictionary<string, object> fields, string name)
        => fields.TryGetValue(name, out object? value) ? value : Throw.InvalidFile<object>(path, $"its .npy header has no '{name}'.");

    private static long[] ReadShape(string path, object field, ElementType type)
    {
        if (field is not object[] items || !items.All(i => i is long and >= 0))
            return Throw.InvalidFile<long[]>(path, "its .npy header has a 'shape' that is not a tuple of sizes.");
        if (items.Length > MaxRank)
            Throw.InvalidFile(path, $"promises an array of {items.Length} dimensions; at most {MaxRank} are read.");
        long[] shape = [.. items.Cast<long>()];
        // A size or a type of 0 must not hide that the others overflow.
        Int128 bytes = Math.Max(type.Bytes, 1);
        foreach (long size in shape)
        {
            bytes *= Math.Max(size, 1);
            if (bytes > long.MaxValue)
                Throw.InvalidFile(path, $"promises an array of shape {FormatShape(shape)}; that is more than a file can hold.");
        }
        return shape;
    }

    private void CheckLength(string path, long available)
    {
        long data = available - Length;
        if (data < DataBytes)
            Throw.InvalidFile(
                path, $"is truncated: {ShapeText} values of type '{Type}' take {DataBytes} bytes, but {data} follow its header.");
        if (data > DataBytes)
            Throw.InvalidFile(
                path, $"is too long: {ShapeText} values of type '{Type}' take {DataBytes} bytes, but {data} follow its header.");
    }
}
