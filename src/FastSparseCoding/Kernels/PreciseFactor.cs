using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastSparseCoding.Kernels;

/// <summary>
/// The Cholesky factor of a small symmetric positive definite matrix in double precision, A = UᵀU with U upper triangular, which rows and
/// columns can be appended to and taken from (Golub and Van Loan 2013, 6.5). Vectors over it are filled up to <see cref="Padded"/> values.
/// </summary>
internal sealed unsafe class PreciseFactor
{
    private const int Lanes = 8;

    private double[] _rows = [];        // U, row by row; zero left of the diagonal
    private int _stride;

    /// <summary>Size of the matrix.</summary>
    public int Count { get; private set; }

    /// <summary>A length filled up to whole vectors.</summary>
    public static int Padded(int count) => (count + Lanes - 1) / Lanes * Lanes;

    /// <summary>Makes room for a matrix of some size, and an empty one; the room only grows.</summary>
    public void Clear(int capacity)
    {
        Count = 0;
        Reserve(capacity);
    }

    /// <summary>Makes room for a matrix of some size around the one there is.</summary>
    public void Reserve(int capacity)
    {
        if (capacity <= _stride)
            return;
        int stride = Padded(Math.Max(capacity, _stride + _stride / 2));
        var rows = new double[checked(stride * stride)];
        for (int i = 0; i < Count; i++)
            _rows.AsSpan(i * _stride, Padded(Count)).CopyTo(rows.AsSpan(i * stride));
        (_rows, _stride) = (rows, stride);
    }

    /// <summary>The row of A from its diagonal on, to be set before <see cref="TryFactor"/>.</summary>
    public Span<double> Row(int i, int count) => _rows.AsSpan(i * _stride + i, count - i);

    /// <summary>Factors the matrix of some size whose rows were set; false when a pivot is at most
    /// <paramref name="smallestPivot"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryFactor(int count, double smallestPivot)
    {
        Count = count;
        fixed (double* u = _rows)
        {
            for (int i = 0; i < count; i++)
            {
                double* row = u + (nint)i * _stride;
                int first = i / Lanes * Lanes, end = Padded(count);
                new Span<double>(row + first, i - first).Clear();
                new Span<double>(row + count, end - count).Clear();
                EliminateRow(u, _stride, i, first, end);
                if (!(row[i] > smallestPivot))
                    return false;
                Scale(row, first, end, 1 / Math.Sqrt(row[i]));
                new Span<double>(row + first, i - first).Clear();
            }
        }
        return true;
    }

    /// <summary>v ← A⁻¹v. v [<see cref="Count"/> padded], zero beyond.</summary>
    public void Solve(Span<double> v)
    {
        SolveTransposed(v);
        SolveUpper(v);
    }

    /// <summary>v ← U⁻ᵀv.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SolveTransposed(Span<double> v)
    {
        fixed (double* u = _rows, p = v)
        {
            for (int i = 0; i < Count; i++)
            {
                double* row = u + (nint)i * _stride;
                double value = p[i] / row[i];
                p[i] = value;
                SubtractAfter(row, i, Count, value, p);
            }
        }
    }

    /// <summary>v ← U⁻¹v.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SolveUpper(Span<double> v)
    {
        fixed (double* u = _rows, p = v)
        {
            for (int i = Count - 1; i >= 0; i--)
            {
                double* row = u + (nint)i * _stride;
                double value = p[i], diagonal = row[i];
                p[i] = 0;
                p[i] = (value - DotFrom(row, i, Padded(Count), p)) / diagonal;
            }
        }
    }

    /// <summary>Appends a row and column, given u = U⁻ᵀg for its products g and the squared pivot, gkk − uᵀu.</summary>
    public void Append(ReadOnlySpan<double> u, double pivot)
    {
        int k = Count;
        for (int i = 0; i < k; i++)
            _rows[i * _stride + k] = u[i];
        Span<double> last = _rows.AsSpan(k * _stride, _stride);
        last.Clear();
        last[k] = Math.Sqrt(pivot);
        for (int i = 0; i < k; i++)
            _rows.AsSpan(i * _stride + k + 1, Padded(k + 1) - k - 1).Clear();
        Count = k + 1;
    }

    /// <summary>Takes row and column i out; those behind move up by one. Givens rotations make the factor triangular again.</summary>
    public void RemoveAt(int i)
    {
        int count = Count, last = count - 1;
        for (int j = 0; j < count; j++)
        {
            Span<double> row = _rows.AsSpan(j * _stride, Padded(count));
            row[(i + 1)..].CopyTo(row[i..]);
            row[^1] = 0;
        }
        for (int j = i; j < last; j++)
            Rotate(_rows.AsSpan(j * _stride + j, last - j), _rows.AsSpan((j + 1) * _stride + j, last - j));
        Count = last;
    }

    /// <summary>Rotates two rows so that the second one's first element becomes zero, the first one's positive.</summary>
    private static void Rotate(Span<double> a, Span<double> b)
    {
        double length = Math.Sqrt(a[0] * a[0] + b[0] * b[0]), c = a[0] / length, s = b[0] / length;
        for (int j = 0; j < a.Length; j++)
            (a[j], b[j]) = (c * a[j] + s * b[j], c * b[j] - s * a[j]);
        b[0] = 0;
    }

    /// <summary>row_i −= Σ_{p&lt;i} u_pi·u_p from column <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EliminateRow(double* u, nint stride, int i, int first, int end)
    {
        double* row = u + i * stride, above = u + i;
        int j = first;
        for (; j <= end - 4 * Lanes; j += 4 * Lanes)
        {
            Vector512<double> a = Vector512.Load(row + j), b = Vector512.Load(row + j + Lanes), c = Vector512.Load(row + j + 2 * Lanes),
                d = Vector512.Load(row + j + 3 * Lanes);
            for (int p = 0; p < i; p++)
            {
                Vector512<double> minus = Vector512.Create(-above[p * stride]);
                double* other = u + p * stride + j;
                a = Vector512.MultiplyAddEstimate(minus, Vector512.Load(other), a);
                b = Vector512.MultiplyAddEstimate(minus, Vector512.Load(other + Lanes), b);
                c = Vector512.MultiplyAddEstimate(minus, Vector512.Load(other + 2 * Lanes), c);
                d = Vector512.MultiplyAddEstimate(minus, Vector512.Load(other + 3 * Lanes), d);
            }
            a.Store(row + j);
            b.Store(row + j + Lanes);
            c.Store(row + j + 2 * Lanes);
            d.Store(row + j + 3 * Lanes);
        }
        for (; j < end; j += Lanes)
        {
            Vector512<double> a = Vector512.Load(row + j);
            for (int p = 0; p < i; p++)
                a = Vector512.MultiplyAddEstimate(Vector512.Create(-above[p * stride]), Vector512.Load(u + p * stride + j), a);
            a.Store(row + j);
        }
    }

    private static void Scale(double* row, int first, int end, double factor)
    {
        for (int j = first; j < end; j += Lanes)
            (Vector512.Load(row + j) * factor).Store(row + j);
    }

    /// <summary>v_j −= factor·row_j for j &gt; i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubtractAfter(double* row, int i, int count, double factor, double* v)
    {
        int j = i + 1;
        for (; j < count && j % Lanes != 0; j++)
            v[j] -= factor * row[j];
        Vector512<double> minus = Vector512.Create(-factor);
        for (; j < count; j += Lanes)
            Vector512.MultiplyAddEstimate(minus, Vector512.Load(row + j), Vector512.Load(v + j)).Store(v + j);
    }

    /// <summary>Σ row_j·v_j over whole vectors from that of column i on; the row is zero left of its diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double DotFrom(double* row, int i, int end, double* v)
    {
        Vector512<double> sum = default;
        for (int j = i / Lanes * Lanes; j < end; j += Lanes)
            sum = Vector512.MultiplyAddEstimate(Vector512.Load(row + j), Vector512.Load(v + j), sum);
        return PreciseRows.Sum(sum);
    }
}
