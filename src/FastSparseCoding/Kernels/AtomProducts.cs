namespace FastSparseCoding.Kernels;

/// <summary>Products of atoms with each other, gathered from S = I − G.</summary>
internal static unsafe class AtomProducts
{
    /// <summary>products_j = −S_{atom, others_j} in double.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public static void Gather(AlignedRows s, int atom, ReadOnlySpan<int> others, Span<double> products)
    {
        Throw.IfNotIndex(atom, s.Rows);
        Throw.IfBelow(products.Length, others.Length, "products.Length");
        float* row = s.Data + (nint)atom * s.Stride;
        for (int j = 0; j < others.Length; j++)
            products[j] = -row[others[j]];
        GC.KeepAlive(s);
    }
}
