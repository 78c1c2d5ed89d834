using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Storage;

/// <summary>The type of an array's elements as NumPy writes it: byte order, kind ('f' float, 'i' integer, 'S' bytes, 'U' text, …) and
/// size.</summary>
/// <param name="Kind">NumPy's letter for the kind.</param>
/// <param name="Size">Number after the letter: bytes of an element, or characters of a text.</param>
/// <param name="BigEndian">Whether the most significant byte comes first.</param>
internal readonly record struct ElementType(char Kind, int Size, bool BigEndian = false)
{
    public static readonly ElementType Float32 = new('f', 4);
    public static readonly ElementType Float64 = new('f', 8);
    public static readonly ElementType Int32 = new('i', 4);
    public static readonly ElementType Int64 = new('i', 8);
    public static readonly ElementType UInt8 = new('u', 1);

    /// <summary>Whether the values are float32 or float64, of either byte order.</summary>
    public bool IsFloat => Kind == 'f' && Size is 4 or 8;

    /// <summary>Whether the values are real numbers: float16, float32, float64, bool, or integers of up to 8 bytes.</summary>
    public bool IsNumber => Kind switch
    {
        'f' => Size is 2 or 4 or 8,
        'i' or 'u' => Size is 1 or 2 or 4 or 8,
        'b' => Size == 1,
        _ => false,
    };

    /// <summary>Whether the values are int32 or int64, of either byte order.</summary>
    public bool IsInteger => Kind == 'i' && Size is 4 or 8;

    /// <summary>Bytes of one element: NumPy's text has four bytes a character.</summary>
    public int Bytes => Kind == 'U' ? 4 * Size : Size;

    /// <summary>The type of the same meaning as a type of the language.</summary>
    public static ElementType Of<T>()
        where T : unmanaged
        => default(T) switch
        {
            float => Float32,
            double => Float64,
            int => Int32,
            long => Int64,
            byte => UInt8,
            _ => Throw.NotSupported<ElementType>($"arrays of {typeof(T).Name} are not stored."),
        };

    /// <summary>Reads NumPy's notation, such as &lt;f4, &gt;f8, |S3.</summary>
    /// <returns>Whether the text is a simple type of at most a million bytes.</returns>
    public static bool TryParse(string text, out ElementType type)
    {
        type = default;
        int kindAt = text.Length > 0 && "<>=|".Contains(text[0], StringComparison.Ordinal) ? 1 : 0;
        if (text.Length < kindAt + 2 || !"biufcSUV".Contains(text[kindAt], StringComparison.Ordinal))
            return false;
        if (!int.TryParse(text.AsSpan(kindAt + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size > 1_000_000)
            return false;
        type = new ElementType(text[kindAt], size, text[0] == '>');
        return true;
    }

    /// <summary>NumPy's notation.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{(Kind is 'S' or 'V' || Bytes == 1 ? '|' : BigEndian ? '>' : '<')}{Kind}{Size}");

    /// <summary>
    /// Bytes of this type to values: f8 and large integers are rounded to the nearest f4, integers that do not fit an integer saturate. The
    /// bytes are put into this machine's order in place.
    /// </summary>
    public void Decode<T>(Span<byte> bytes, Span<T> values)
        where T : unmanaged, INumber<T>
    {
        if (BigEndian)
            Swap(bytes);
        switch ((Kind, Size))
        {
            case ('f', 2): Convert<Half, T>(bytes, values); break;
            case ('f', 4): Convert<float, T>(bytes, values); break;
            case ('f', _): Convert<double, T>(bytes, values); break;
            case ('i', 1): Convert<sbyte, T>(bytes, values); break;
            case (_, 1): Convert<byte, T>(bytes, values); break;
            case ('u', 2): Convert<ushort, T>(bytes, values); break;
            case ('u', 4): Convert<uint, T>(bytes, values); break;
            case ('u', _): Convert<ulong, T>(bytes, values); break;
            case (_, 2): Convert<short, T>(bytes, values); break;
            case (_, 4): Convert<int, T>(bytes, values); break;
            default: Convert<long, T>(bytes, values); break;
        }
    }

    private static void Convert<TFrom, T>(Span<byte> bytes, Span<T> values)
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged, INumber<T>
    {
        if (typeof(TFrom) == typeof(T))
            MemoryMarshal.Cast<byte, T>(bytes).CopyTo(values);
        else
            TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, TFrom>(bytes), values);
    }

    private void Swap(Span<byte> bytes)
    {
        if (Size == 2)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, short>(bytes), MemoryMarshal.Cast<byte, short>(bytes));
        else if (Size == 4)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(bytes), MemoryMarshal.Cast<byte, int>(bytes));
        else if (Size == 8)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, long>(bytes), MemoryMarshal.Cast<byte, long>(bytes));
    }
}
