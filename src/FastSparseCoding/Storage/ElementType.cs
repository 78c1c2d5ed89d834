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

    /// <summary>Whether the values are float32 or float64, of either byte order.</summary>
    public bool IsFloat => Kind == 'f' && Size is 4 or 8;

    /// <summary>Whether the values are int32 or int64, of either byte order.</summary>
    public bool IsInteger => Kind == 'i' && Size is 4 or 8;

    /// <summary>Whether the values are bool or uint8, as masks are.</summary>
    public bool IsFlag => Kind is 'b' or 'u' && Size == 1;

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
    /// Bytes of this type to values: f8 is rounded to the nearest f4, integers that do not fit saturate. The bytes are put into this
    /// machine's order in place.
    /// </summary>
    public void Decode<T>(Span<byte> bytes, Span<T> values)
        where T : unmanaged, INumber<T>
    {
        if (BigEndian && Size > 1)
            Swap(bytes);
        if (this with { BigEndian = false } == Of<T>())
            MemoryMarshal.Cast<byte, T>(bytes).CopyTo(values);
        else if (Kind == 'f' && Size == 4)
            TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, float>(bytes), values);
        else if (Kind == 'f')
            TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, double>(bytes), values);
        else if (Size == 1)
            TensorPrimitives.ConvertSaturating<byte, T>(bytes, values);
        else if (Size == 4)
            TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, int>(bytes), values);
        else
            TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, long>(bytes), values);
    }

    private void Swap(Span<byte> bytes)
    {
        if (Size == 4)
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, int>(bytes), MemoryMarshal.Cast<byte, int>(bytes));
        else
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, long>(bytes), MemoryMarshal.Cast<byte, long>(bytes));
    }
}
