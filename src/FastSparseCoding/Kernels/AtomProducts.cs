namespace FastSparseCoding.Kernels;

/// <summary>Products of atoms with each other, −S of one atom with a few others, gathered from a stored S or computed from the atoms.</summary>
internal static unsafe class AtomProducts
{
    /// <summary>products_j = −S_{atom, others_j}.</summary>
    public static void Gather(AlignedRows s, int atom, ReadOnlySpan<int> others, Span<float> products)
    {
        Throw.IfNotIndex(atom, s.Rows);
        Throw.IfBelow(products.Length, others.Length, "products.Length");
        float* row = s.Data + (nint)atom * s.Stride;
        for (int j = 0; j < others.Length; j++)
            products[j] = -row[others[j]];
        GC.KeepAlive(s);
    }

    /// <summary>The same in double.</summary>
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
