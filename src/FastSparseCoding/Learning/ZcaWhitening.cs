using System.Numerics.Tensors;
using FastSparseCoding.Kernels;
using MathNet.Numerics.LinearAlgebra;

namespace FastSparseCoding.Learning;

/// <summary>
/// ZCA whitening: x ← (x − μ)V(Λ + ε)^(−1/2)Vᵀ, with μ and VΛVᵀ the mean and covariance of the signals it was fitted to. Immutable and safe
/// to share between threads.
/// </summary>
public sealed class ZcaWhitening
{
    private readonly PackedMatrix _packed;
    private readonly Lazy<PackedMatrix> _inverse;
    private readonly float[] _mean;

    /// <summary>Wraps a stored whitening.</summary>
    /// <param name="mean">Mean μ [n].</param>
    /// <param name="transform">Symmetric transform [n×n].</param>
    /// <exception cref="ArgumentException">A shape is wrong, or a value is not finite.</exception>
    public ZcaWhitening(float[] mean, Matrix transform)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(transform);
        Throw.IfShapeNot(transform.Rows, transform.Columns, mean.Length, mean.Length, nameof(transform));
        Throw.IfNotFinite(MatrixView.OfRow(mean), nameof(mean));
        Throw.IfNotFinite(transform, nameof(transform));
        _mean = mean;
        Transform = transform;
        _packed = PackedMatrix.Of(transform);
        _inverse = new Lazy<PackedMatrix>(() => PackedMatrix.Of(Invert(transform)));
    }

    /// <summary>Mean μ [n].</summary>
    public IReadOnlyList<float> Mean => _mean;

    /// <summary>The symmetric transform [n×n].</summary>
    public Matrix Transform { get; }

    /// <summary>Fits to signals.</summary>
    /// <param name="x">Signals [N×n], N at least 2, finite.</param>
    /// <param name="epsilon">ε, added to every eigenvalue, relative to their mean; above 0. Default 0.01.</param>
    /// <returns>The whitening.</returns>
    /// <exception cref="ArgumentException">There are fewer than two signals, they are all equal, or one is not finite.</exception>
    public static ZcaWhitening Fit(Matrix x, double epsilon = 0.01)
    {
        ArgumentNullException.ThrowIfNull(x);
        Throw.IfBelow(x.Rows, 2, "x.Rows");
        Throw.IfNotFinite(x, nameof(x));
        Throw.IfNotPositive(epsilon);
        int n = x.Columns;
        var mean = new double[n];
        for (int i = 0; i < x.Rows; i++)
            for (int j = 0; j < n; j++)
                mean[j] += (double)x.Row(i)[j] / x.Rows;
        Matrix<double> centred = Matrix<double>.Build.Dense(x.Rows, n, (i, j) => x.Row(i)[j] - mean[j]);
        var eigen = (centred.TransposeThisAndMultiply(centred) / x.Rows).Evd(Symmetricity.Symmetric);
        Vector<double> values = eigen.EigenValues.Real();
        double floor = epsilon * values.Sum() / n;
        if (!(floor > 0))
            Throw.Argument(nameof(x), "'x' holds the same signal in every row; whitening needs signals that vary.");
        Matrix<double> scale = Matrix<double>.Build.DenseOfDiagonalVector(values.Map(v => 1 / Math.Sqrt(Math.Max(v, 0) + floor)));
        Matrix transform = eigen.EigenVectors.Multiply(scale).TransposeAndMultiply(eigen.EigenVectors).ToMatrix();
        return new ZcaWhitening(Array.ConvertAll(mean, v => (float)v), transform);
    }

    /// <summary>Whitens signals in place.</summary>
    /// <param name="x">Signals [N×n].</param>
    /// <exception cref="ArgumentException">The signals are of another size.</exception>
    public void Apply(MatrixView x)
    {
        Throw.IfColumnsNot(x.Columns, _mean.Length, nameof(x));
        var centred = new Matrix(x.Rows, x.Columns);
        for (int i = 0; i < x.Rows; i++)
            TensorPrimitives.Subtract(x.Row(i), _mean, centred.Row(i));
        Gemm.Multiply(centred, _packed, x);
    }

    /// <summary>Takes the whitening back, in place: x ← xT⁻¹ + μ, with T the transform, whose inverse is computed once, at first
    /// use.</summary>
    /// <param name="x">Whitened signals [N×n].</param>
    /// <exception cref="ArgumentException">The signals are of another size.</exception>
    /// <exception cref="ArithmeticException">The transform has no inverse; those that were fitted have one.</exception>
    public void Undo(MatrixView x)
    {
        Throw.IfColumnsNot(x.Columns, _mean.Length, nameof(x));
        var whitened = new Matrix(x.Rows, x.Columns, x.Values.ToArray());
        Gemm.Multiply(whitened, _inverse.Value, x);
        for (int i = 0; i < x.Rows; i++)
            TensorPrimitives.Add(x.Row(i), _mean, x.Row(i));
    }

    private static Matrix Invert(Matrix transform)
    {
        Matrix inverse = Matrix<double>.Build.Dense(transform.Rows, transform.Columns, (i, j) => transform[i, j]).Inverse().ToMatrix();
        if (inverse.Values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) >= 0)
            Throw.Arithmetic("the whitening's transform has no inverse; what it took from signals cannot be put back.");
        return inverse;
    }
}
