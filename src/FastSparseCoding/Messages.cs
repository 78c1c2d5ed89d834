using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastSparseCoding;

/// <summary>Messages between ranks: arrays one after the other, of lengths that both sides know.</summary>
internal static class Messages
{
    /// <summary>Appends values to a message.</summary>
    public static void Put<T>(this IBufferWriter<byte> message, ReadOnlySpan<T> values)
        where T : unmanaged
        => message.Write(MemoryMarshal.AsBytes(values));

    /// <summary>Takes the next values off a message; valid as long as the message is.</summary>
    public static ReadOnlySpan<T> Take<T>(this ref ReadOnlySpan<byte> message, int count)
        where T : unmanaged
    {
        int length = checked(count * Unsafe.SizeOf<T>());
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(message[..length]);
        message = message[length..];
        return values;
    }
}
