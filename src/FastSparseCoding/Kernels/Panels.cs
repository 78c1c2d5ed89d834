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
        var kernel = new PackKernel { B = b, Stride = stride, K = k, M = m, To = panels };
        Simd.Run(ref kernel);
    }

    /// <summary>Packs one row of B [k×m].</summary>
    public static void PackRow(float* values, int row, int k, int m, float* panels)
    {
        var kernel = new PackRowKernel { Values = values, Row = row, K = k, M = m, To = panels };
        Simd.Run(ref kernel);
    }

    /// <summary>Packs Bᵀ [k×m] from B [m×k], whose rows are <paramref name="stride"/> floats apart.</summary>
    public static void PackTransposed(float* b, nint stride, int k, int m, float* panels)
    {
        var kernel = new PackTransposedKernel { B = b, Stride = stride, K = k, M = m, To = panels };
        Simd.Run(ref kernel);
    }

    private struct PackKernel : ISimdKernel
    {
        public float* B;
        public nint Stride;
        public int K;
        public int M;
        public float* To;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            float* to = To;
            int width = TS.PanelVectors * TS.Count;
            for (int j = 0; j < M; j += width)
            {
                int columns = Math.Min(width, M - j);
                float* from = B + j;
                for (int p = 0; p < K; p++, from += Stride)
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

    private struct PackRowKernel : ISimdKernel
    {
        public float* Values;
        public int Row;
        public int K;
        public int M;
        public float* To;

        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            int width = TS.PanelVectors * TS.Count;
            for (int j = 0; j < M; j += width)
            {
                int columns = Math.Min(width, M - j), padded = (columns + TS.Count - 1) / TS.Count * TS.Count;
                float* to = To + (nint)j * K + (nint)Row * padded;
                for (int c = 0; c < columns; c += TS.Count)
                    TS.Store(to + c, TS.LoadFirst(Values + j + c, Math.Min(TS.Count, columns - c)));
            }
        }
    }

    private struct PackTransposedKernel : ISimdKernel
    {
        public float* B;
        public nint Stride;
        public int K;
        public int M;
        public float* To;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TS, TV>()
            where TS : struct, ISimd<TV>
            where TV : unmanaged
        {
            float* to = To;
            int width = TS.PanelVectors * TS.Count;
            for (int j = 0; j < M; j += width)
            {
                int columns = Math.Min(width, M - j);
                int padded = (columns + TS.Count - 1) / TS.Count * TS.Count;
                for (int p = 0; p < K; p++, to += padded)
                {
                    float* from = B + j * Stride + p;
                    for (int c = 0; c < padded; c++)
                        to[c] = c < columns ? from[c * Stride] : 0;
                }
            }
        }
    }
}
