using System.Runtime.CompilerServices;

namespace FastSparseCoding.Kernels;

/// <summary>The panel layout of <see cref="PackedMatrix"/>: what it measures, and how matrices get into it.</summary>
internal static unsafe class Panels
{
    /// <summary>Floats that a packed [k×m] takes.</summary>
    public static long Length(int k, int m) => (long)k * (((long)m + Simd.Lanes - 1) / Simd.Lanes * Simd.Lanes);

    /// <summary>Packs B [k×m], whose rows are <paramref name="stride"/> floats apart.</summary>
    public static void Pack(float* b, nint stride, int k, int m, float* panels)
    {
        var kernel = new PackKernel { B = b, Stride = stride, K = k, M = m, End = k, To = panels };
        Simd.Run(ref kernel);
    }

    /// <summary>Packs Bᵀ [k×m] from B [m×k], whose rows are <paramref name="stride"/> floats apart.</summary>
    public static void PackTransposed(float* b, nint stride, int k, int m, float* panels) => PackTransposed(b, stride, k, m, 0, m, panels);

    /// <summary>Packs some rows of B [m×k], which are columns of Bᵀ, as <see cref="PackTransposed(float*, nint, int, int, float*)"/>
    /// does.</summary>
    public static void PackTransposed(float* b, nint stride, int k, int m, int first, int count, float* panels)
    {
        var kernel = new PackTransposedKernel { B = b, Stride = stride, K = k, M = m, First = first, End = first + count, To = panels };
        Simd.Run(ref kernel);
    }

    /// <summary>Packs some rows of B [k×m] as <see cref="Pack(float*, nint, int, int, float*)"/> does.</summary>
    public static void PackRows(float* b, nint stride, int k, int m, int first, int count, float* panels)
    {
        var kernel = new PackKernel { B = b, Stride = stride, K = k, M = m, First = first, End = first + count, To = panels };
        Simd.Run(ref kernel);
    }

    private struct PackKernel : ISimdKernel
    {
        public float* B;
        public nint Stride;
        public int K;
        public int M;
        public int First;
        public int End;
        public float* To;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int width = TS.PanelVectors * TS.Count;
            for (int j = 0; j < M; j += width)
            {
                int columns = Math.Min(width, M - j), padded = (columns + TS.Count - 1) / TS.Count * TS.Count;
                float* from = B + First * Stride + j, to = To + (nint)j * K + (nint)First * padded;
                for (int p = First; p < End; p++, from += Stride)
                {
                    int c = 0;
                    for (; c <= columns - TS.Count; c += TS.Count, to += TS.Count)
                        TS.Store(to, TS.Load(from + c));
                    if (c < columns)
                    {
                        TS.Store(to, TS.LoadFirst(from + c, columns - c));
                        to += TS.Count;
                    }
                }
            }
        }
    }

    /// <summary>Rows of B become columns of panels: in tiles of 4×4 where there are vectors, the rest one by one.</summary>
    private struct PackTransposedKernel : ISimdKernel
    {
        private const int Tile = 4;

        public float* B;
        public nint Stride;
        public int K;
        public int M;
        public int First;
        public int End;
        public float* To;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int width = TS.PanelVectors * TS.Count;
            for (int j = First / width * width; j < End; j += width)
            {
                int columns = Math.Min(width, M - j), padded = (columns + TS.Count - 1) / TS.Count * TS.Count;
                int first = Math.Max(First - j, 0), end = Math.Min(End - j, columns), tiles = TS.Count >= Tile ? (end - first) / Tile * Tile
                    : 0;
                float* from = B + (nint)j * Stride, to = To + (nint)j * K;
                int p = 0;
                for (; p <= K - Tile && tiles > 0; p += Tile)
                    for (int c = first; c < first + tiles; c += Tile)
                        Simd128.Transpose(from + c * Stride + p, Stride, to + (nint)p * padded + c, padded);
                OneByOne(from, to, padded, first, first + tiles, p, K);
                OneByOne(from, to, padded, first + tiles, end, 0, K);
                if (end == columns)
                    for (p = 0; p < K && columns < padded; p++)
                        new Span<float>(to + (nint)p * padded + columns, padded - columns).Clear();
            }
        }

        private readonly void OneByOne(float* from, float* to, int padded, int first, int end, int firstRow, int endRow)
        {
            for (int p = firstRow; p < endRow; p++)
                for (int c = first; c < end; c++)
                    to[(nint)p * padded + c] = from[c * Stride + p];
        }
    }
}
