using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>Pinned memory aligned to 64 bytes, so that a vector never straddles two cache lines.</summary>
internal static unsafe class AlignedMemory
{
    public const int Alignment = 64;

    /// <summary>An array that holds <paramref name="count"/> floats from <see cref="Start"/> on. The garbage collector never moves
    /// it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One array does not hold so many.</exception>
    public static float[] Allocate(long count)
    {
        Throw.IfAbove(count, Array.MaxLength - Alignment / sizeof(float));
        return GC.AllocateArray<float>((int)count + Alignment / sizeof(float), pinned: true);
    }

    /// <summary>The first aligned float; valid while the array is reachable.</summary>
    public static float* Start(float[] array)
    {
        var p = (nuint)Unsafe.AsPointer(ref array[0]);
        return (float*)((p + Alignment - 1) / Alignment * Alignment);
    }
}

/// <summary>Scratch memory of the kernels, one buffer a thread; it grows to the largest use and is then allocated no more.</summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static float[]? _buffer;

    /// <summary>At least <paramref name="count"/> aligned floats of any content, valid until this thread's next call.</summary>
    public static float* Rent(int count)
    {
        if (_buffer is null || _buffer.Length < count + AlignedMemory.Alignment / sizeof(float))
            _buffer = AlignedMemory.Allocate(count);
        return AlignedMemory.Start(_buffer);
    }
}
