using System.Runtime.CompilerServices;

namespace FastSparseCoding;

/// <summary>Random numbers as a pure function of a counter: the finaliser of SplitMix64 (Steele, Lea and Flood 2014).</summary>
internal static class CounterRandom
{
    /// <summary>64 well-mixed bits of a counter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong counter)
    {
        ulong z = counter + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="count"/> − 1, uniform to one part in 2³².</summary>
    public static int Below(ulong bits, int count) => (int)((bits >> 32) * (ulong)count >> 32);
}
