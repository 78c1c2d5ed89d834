using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>
/// S = I − DDᵀ: what lies on and above the diagonal is computed and mirrored, a block of rows at a time. Blocks touch no value of each
/// other's, so that threads may share them.
/// </summary>
internal static unsafe class SymmetricGram
{
    /// <summary>Rows in a block: whole panels of every vector width, so that a block's columns begin where its rows do.</summary>
    public const int Block = 64;

    /// <summary>Fills the values of S [m×m] that block number <paramref name="block"/> computes: its rows from the diagonal on, and their
    /// mirror image.</summary>
    /// <param name="atoms">Atoms D [m×n].</param>
    /// <param name="transposed">Dᵀ [n×m].</param>
    /// <param name="s">Receives the block's part of S.</param>
    /// <param name="block">Number of the block, from 0 on.</param>
    public static void Fill(ReadOnlyMatrixView atoms, PackedMatrix transposed, AlignedRows s, int block)
    {
        int n = atoms.Columns, m = atoms.Rows, first = block * Block, count = Math.Min(Block, m - first);
        Throw.IfShapeNot(transposed.Rows, transposed.Columns, n, m, nameof(transposed));
        Throw.IfShapeNot(s.Rows, s.Columns, m, m, nameof(s));
        float* minus = Scratch.Rent(checked(count * n));
        TensorPrimitives.Negate(atoms.RowRange(first, count).Values, new Span<float>(minus, count * n));
        float* corner = s.Data + (nint)first * s.Stride + first;
        var product = new Product
        {
            Rows = count,
            Columns = m - first,
            K = n,
            A = minus,
            ARow = n,
            AColumn = 1,
            B = new RightFactor { Data = transposed.Data + (nint)first * n },
            C = corner,
            CRow = s.Stride,
        };
        Gemm.Run(ref product);                                      // −D_block·Dᵀ
        for (int k = 0; k < count; k++)
            corner[k * (nint)s.Stride + k] = 0;                     // 1 − ‖d_k‖²
        Mirror(corner, s.Stride, count, m - first);
        GC.KeepAlive(transposed);
        GC.KeepAlive(s);
    }

    /// <summary>
    /// Copies what is right of a square on the diagonal to below it, by way of a strip of vectors that lies close together: rows a power of
    /// two apart would push each other out of the cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mirror(float* corner, nint stride, int count, int columns)
    {
        const int Width = 16;
        float* strip = stackalloc float[Block * Width];
        for (int j = count; j < columns; j += Width)
        {
            int width = Math.Min(Width, columns - j);
            for (int i = 0; i < count; i++)
                new ReadOnlySpan<float>(corner + i * stride + j, width).CopyTo(new Span<float>(strip + i * Width, width));
            for (int c = 0; c < width; c++)
            {
                float* from = strip + c, to = corner + (j + c) * stride;
                for (int i = 0; i < count; i++)
                    to[i] = from[i * Width];
            }
        }
    }
}
