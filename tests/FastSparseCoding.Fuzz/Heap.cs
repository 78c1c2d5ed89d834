using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Fuzz;

/// <summary>The memory that readers are given.</summary>
internal static class Heap
{
    private const int Largest = 1 << 16;

    /// <summary>Fills managed, pooled and native memory of many sizes and lets it go, so that a reader that does not write what it returns
    /// is seen.</summary>
    public static void Dirty(byte dirt)
    {
        for (int size = 64; size <= Largest; size *= 2)
        {
            byte[] bytes = GC.AllocateUninitializedArray<byte>(size), pooled = ArrayPool<byte>.Shared.Rent(size);
            bytes.AsSpan().Fill(dirt);
            pooled.AsSpan().Fill(dirt);
            nint native = Marshal.AllocHGlobal(size);
            Marshal.Copy(bytes, 0, native, size);
            Marshal.FreeHGlobal(native);
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    /// <summary>Bytes of the process that the collector does not account for, after it has collected.</summary>
    public static long NativeBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 - GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;
    }
}
