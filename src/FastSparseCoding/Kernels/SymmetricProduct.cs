using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastSparseCoding.Kernels;

/// <summary>
/// C ← C + s·RᵀR in double, for the upper triangle of C: the products of a Gram matrix and the trailing update of a Cholesky factorisation.
/// Every element is summed in the order of R's rows, without a fused multiply-add, so all machines give the same bits.
/// </summary>
internal static unsafe class SymmetricProduct
{
    /// <summary>Columns in a panel: the columns of R and C are filled up with zeros to whole panels.</summary>
    public const int Panel = 8;

    private const int Tile = 4;

    /// <summary>Adds s·RᵀR; of the blocks on the diagonal, the part below it is written too.</summary>
    /// <param name="r">R [rows×columns], its rows <paramref name="stride"/> doubles apart; columns in whole panels.</param>
    /// <param name="rows">Rows of R.</param>
    /// <param name="columns">Columns of R, rows and columns of C.</param>
    /// <param name="stride">Doubles from a row to the next, in R and in C.</param>
    /// <param name="sign">s: 1 or −1.</param>
    /// <param name="c">C, its rows <paramref name="stride"/> doubles apart; not overlapping R.</param>
    /// <param name="panels">Scratch of rows × columns doubles.</param>
    public static void Add(double* r, int rows, int columns, nint stride, double sign, double* c, double* panels)
    {
        Pack(r, rows, columns, stride, panels);
        for (int i = 0; i < columns; i += Tile)
        {
            int diagonal = i / Panel * Panel;
            double* left = panels + (nint)diagonal * rows + (i - diagonal);
            for (int j = diagonal; j < columns; j += Panel)
                AddTile(left, panels + (nint)j * rows, rows, sign, c + i * stride + j, stride);
        }
    }

    /// <summary>Panel after panel, each the eight values of one row after those of the row before: what a tile reads is
    /// contiguous.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(double* r, int rows, int columns, nint stride, double* panels)
    {
        for (int j = 0; j < columns; j += Panel)
        {
            for (int p = 0; p < rows; p++, panels += Panel)
            {
                double* from = r + p * stride + j;
                Vector256.Store(Vector256.Load(from), panels);
                Vector256.Store(Vector256.Load(from + Panel / 2), panels + Panel / 2);
            }
        }
    }

    /// <summary>A tile of C, 4 rows by 8 columns, in eight registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTile(double* left, double* right, int rows, double sign, double* c, nint stride)
    {
        Vector256<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default,
            c31 = default;
        for (int p = 0; p < rows; p++, left += Panel, right += Panel)
        {
            Vector256<double> r0 = Vector256.Load(right), r1 = Vector256.Load(right + Panel / 2);
            Vector256<double> l0 = Vector256.Create(left[0]), l1 = Vector256.Create(left[1]);
            c00 += l0 * r0;
            c01 += l0 * r1;
            c10 += l1 * r0;
            c11 += l1 * r1;
            Vector256<double> l2 = Vector256.Create(left[2]), l3 = Vector256.Create(left[3]);
            c20 += l2 * r0;
            c21 += l2 * r1;
            c30 += l3 * r0;
            c31 += l3 * r1;
        }
        AddRow(c, sign, c00, c01);
        AddRow(c + stride, sign, c10, c11);
        AddRow(c + 2 * stride, sign, c20, c21);
        AddRow(c + 3 * stride, sign, c30, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(double* c, double sign, Vector256<double> sum0, Vector256<double> sum1)
    {
        Vector256.Store(Vector256.Load(c) + sign * sum0, c);
        Vector256.Store(Vector256.Load(c + Panel / 2) + sign * sum1, c + Panel / 2);
    }
}
