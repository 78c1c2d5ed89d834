using FastSparseCoding.Tests.Support;

namespace FastSparseCoding.Tests.Storage;

/// <summary>
/// An array of values in double, each with a bound of the error that single precision makes on the way to it, whatever the order of sums
/// and whether or not multiplications and additions are fused.
/// </summary>
internal sealed class Bounded(int[] shape, double[] values, double[] errors)
{
    private const double U = Tolerance.UnitRoundoff;

    public int[] Shape => shape;

    public double[] Values => values;

    public double[] Errors => errors;

    public int Rows => shape[0];

    public int Columns => shape[^1];

    /// <summary>Of columns that were chosen, in every row those that rounding may choose in its place.</summary>
    public int[][] Choices { get; init; } = [];

    public static Bounded Exact(int[] shape, IEnumerable<double> values)
    {
        double[] all = [.. values];
        return new Bounded(shape, all, new double[all.Length]);
    }

    /// <summary>f(a, b) ± the error, with broadcasting: its arguments are a, b and their errors.</summary>
    public static Bounded Combine(Bounded a, Bounded b, Func<double, double, double, double, (double Value, double Error)> f)
    {
        int rank = Math.Max(a.Shape.Length, b.Shape.Length);
        int[] left = Padded(a.Shape, rank), right = Padded(b.Shape, rank), all = [.. left.Zip(right, Math.Max)];
        var result = new Bounded(all, new double[Count(all)], new double[Count(all)]);
        for (int i = 0; i < result.Values.Length; i++)
        {
            int ia = Place(i, all, left), ib = Place(i, all, right);
            (result.Values[i], result.Errors[i]) = f(a.Values[ia], b.Values[ib], a.Errors[ia], b.Errors[ib]);
        }
        return result;
    }

    public Bounded Map(Func<double, double, (double Value, double Error)> f)
    {
        (double Value, double Error)[] all = [.. values.Zip(errors, f)];
        return new Bounded(shape, [.. all.Select(r => r.Value)], [.. all.Select(r => r.Error)]);
    }

    public Bounded Reshaped(int[] other) => new(other, values, errors) { Choices = Choices };

    public static Bounded Add(Bounded a, Bounded b, int sign = 1)
        => Combine(a, b, (v, w, ev, ew) => (v + sign * w, ev + ew + U * (Math.Abs(v + sign * w) + ev + ew)));

    public static Bounded Multiply(Bounded a, Bounded b)
        => Combine(a, b, (v, w, ev, ew) => (v * w, Product(v, w, ev, ew) + U * (Math.Abs(v * w) + Product(v, w, ev, ew))));

    /// <summary>αab + βc, b given by its columns' places; k + 4 roundings of everything that is added up.</summary>
    public static Bounded Gemm(Bounded a, Bounded b, Bounded? c, double alpha, double beta, bool transposed)
    {
        int n = a.Rows, k = a.Columns, m = transposed ? b.Rows : b.Columns;
        var result = Exact([n, m], new double[n * m]);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < m; j++)
            {
                int ic = c is null ? 0 : Place(i * m + j, [n, m], Padded(c.Shape, 2));
                double sum = c is null ? 0 : beta * c.Values[ic], size = Math.Abs(sum), error = c is null ? 0 : beta * c.Errors[ic];
                for (int l = 0; l < k; l++)
                {
                    int ia = i * k + l, ib = transposed ? j * k + l : l * m + j;
                    sum += alpha * a.Values[ia] * b.Values[ib];
                    size += Math.Abs(alpha * a.Values[ia] * b.Values[ib]);
                    error += Math.Abs(alpha) * Product(a.Values[ia], b.Values[ib], a.Errors[ia], b.Errors[ib]);
                }
                (result.Values[i * m + j], result.Errors[i * m + j]) = (sum, error + (k + 4) * U * (size + error));
            }
        return result;
    }

    private static double Product(double v, double w, double ev, double ew) => Math.Abs(v) * ew + Math.Abs(w) * ev + ev * ew;

    private static int[] Padded(int[] shape, int rank) => [.. Enumerable.Repeat(1, rank - shape.Length), .. shape];

    private static int Count(int[] shape) => shape.Aggregate(1, (product, size) => product * size);

    /// <summary>Where in an array the value stands that belongs to place i of a larger one.</summary>
    private static int Place(int i, int[] all, int[] shape)
    {
        int place = 0, stride = 1;
        for (int d = all.Length - 1; d >= 0; d--)
        {
            place += shape[d] == 1 ? 0 : i % all[d] * stride;
            stride *= shape[d];
            i /= all[d];
        }
        return place;
    }
}
