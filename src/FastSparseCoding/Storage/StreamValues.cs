using System.Runtime.InteropServices;

namespace FastSparseCoding.Storage;

/// <summary>Values to and from streams as little-endian bytes, in chunks, because a span of bytes ends at 2 GB and a matrix does
/// not.</summary>
internal static class StreamValues
{
    private const int ChunkValues = 1 << 20;

    public static void WriteValues<T>(this Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        for (int done = 0; done < values.Length; done += ChunkValues)
            stream.Write(MemoryMarshal.AsBytes(values.Slice(done, Math.Min(ChunkValues, values.Length - done))));
    }

    public static void ReadValues<T>(this InputFile file, Span<T> values, long offset)
        where T : unmanaged
    {
        for (int done = 0; done < values.Length; done += ChunkValues)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(values.Slice(done, Math.Min(ChunkValues, values.Length - done)));
            file.ReadExactly(bytes, offset);
            offset += bytes.Length;
        }
    }
}
