using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Storage;

/// <summary>Floating-point values of other sizes as float32: F64 is rounded, F16 and BF16 are exact.</summary>
internal static class FloatTypes
{
    private const int ChunkValues = 1 << 13;

    /// <summary>Whether values of a type become float32 here.</summary>
    public static bool AreConverted(string type) => type is SafeTensors.Float16 or SafeTensors.BFloat16 or SafeTensors.Float64;

    /// <summary>Reads values of such a type.</summary>
    public static void Read(InputFile file, long offset, string type, Span<float> values)
    {
        int size = SafeTensors.BitsOf(type)!.Value / 8;
        var buffer = new byte[Math.Min(ChunkValues, values.Length) * size];
        for (int done = 0; done < values.Length; done += ChunkValues)
        {
            Span<float> chunk = values.Slice(done, Math.Min(ChunkValues, values.Length - done));
            Span<byte> bytes = buffer.AsSpan(0, chunk.Length * size);
            file.ReadExactly(bytes, offset + (long)done * size);
            Convert(type, bytes, chunk);
        }
    }

    private static void Convert(string type, Span<byte> bytes, Span<float> values)
    {
        if (type == SafeTensors.Float64)
            ElementType.Float64.Decode(bytes, values);
        else if (type == SafeTensors.Float16)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), values);
        else
            WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(bytes), values);
    }

    // The upper half of a float32.
    private static void WidenBFloat16(ReadOnlySpan<ushort> halves, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
    }
}
