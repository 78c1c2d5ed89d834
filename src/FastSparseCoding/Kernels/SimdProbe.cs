using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace FastSparseCoding.Kernels;

/// <summary>What the kernels find on this machine, found by asking one: the vectors it is run with, and how they round.</summary>
internal struct SimdProbe : ISimdKernel
{
    /// <summary>Lanes of float32 in a vector.</summary>
    public int Lanes { get; private set; }

    /// <summary>Whether a·b + c is rounded once.</summary>
    public bool RoundsOnce { get; private set; }

    /// <summary>Asks.</summary>
    public static SimdProbe Run()
    {
        var probe = new SimdProbe();
        Simd.Run(ref probe);
        return probe;
    }

    public void Run<TS, TV>()
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, whose last term float32 has no place for.
        float a = 1 + MathF.ScaleB(1, -12), c = -(1 + MathF.ScaleB(1, -11));
        Lanes = TS.Count;
        RoundsOnce = TS.MaxLane(TS.MultiplyAdd(TS.Broadcast(a), TS.Broadcast(a), TS.Broadcast(c))) != 0;
    }

    /// <summary>The name that an x64 processor gives itself; null where the runtime does not say.</summary>
    public static string? ProcessorName()
    {
        const int NameLeaf = unchecked((int)0x80000002), Leaves = 3;
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < unchecked((uint)NameLeaf) + Leaves - 1)
            return null;
        Span<int> text = stackalloc int[4 * Leaves];
        for (int leaf = 0; leaf < Leaves; leaf++)
            (text[4 * leaf], text[4 * leaf + 1], text[4 * leaf + 2], text[4 * leaf + 3]) = X86Base.CpuId(NameLeaf + leaf, 0);
        string name = Encoding.ASCII.GetString(MemoryMarshal.AsBytes(text)).Trim('\0', ' ');
        return name.Length > 0 ? name : null;
    }
}
