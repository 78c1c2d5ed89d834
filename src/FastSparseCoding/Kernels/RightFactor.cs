namespace FastSparseCoding.Kernels;

/// <summary>The right factor B of a product as the register tiles find it: in the panels of <see cref="PackedMatrix"/>, or row-major where
/// it lies.</summary>
internal unsafe struct RightFactor
{
    /// <summary>The first panel, or the first row.</summary>
    public float* Data;

    /// <summary>Floats from a row to the next of a row-major B; 0 for panels.</summary>
    public nint Stride;

    /// <summary>Rows of a panel where the product takes only some of them from <see cref="FirstRow"/> on; 0 where it takes all.</summary>
    public int PanelRows;
    public int FirstRow;

    /// <summary>For a row-major B whose columns do not fill whole vectors: its last columns, packed.</summary>
    public float* LastColumns;

    /// <summary>Weights packed before; the caller keeps them alive.</summary>
    public static RightFactor Packed(PackedMatrix w) => new() { Data = w.Data };

    /// <summary>Floats of scratch that <see cref="WhereItLies"/> needs.</summary>
    public static int ScratchLength(int k, int m) => checked((int)Panels.Length(k, m % Simd.Lanes));

    /// <summary>A row-major B [k×m], read where it lies but for the columns that do not fill a vector.</summary>
    public static RightFactor WhereItLies(float* b, int k, int m, float* scratch)
    {
        int rest = m % Simd.Lanes;
        Panels.Pack(b + m - rest, m, k, rest, scratch);
        return new RightFactor { Data = b, Stride = m, LastColumns = scratch };
    }

    /// <summary>B's part in the tile whose first column is <paramref name="j"/>: as many columns up to <paramref name="end"/> as a tile
    /// takes.</summary>
    /// <returns>Number of columns.</returns>
    public readonly int Locate<TS, TV>(int j, int end, int k, TileOperands* t, out int vectors)
        where TS : struct, ISimd<TV>
        where TV : unmanaged
    {
        int columns = Math.Min(TS.PanelVectors * TS.Count, end - j);
        bool lastColumns = Stride != 0 && columns < TS.Count;
        if (Stride != 0 && !lastColumns)
            columns -= columns % TS.Count;      // whole vectors are read where they lie, the rest from their packed copy
        vectors = (columns + TS.Count - 1) / TS.Count;
        t->LastLanes = columns - (vectors - 1) * TS.Count;
        t->B = Stride == 0 ? Data + (nint)j * (PanelRows == 0 ? k : PanelRows) + (nint)FirstRow * vectors * TS.Count : lastColumns
            ? LastColumns : Data + j;
        t->BRow = Stride == 0 ? vectors * TS.Count : lastColumns ? TS.Count : Stride;
        return columns;
    }
}
