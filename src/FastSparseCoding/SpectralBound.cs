using MathNet.Numerics.LinearAlgebra;

namespace FastSparseCoding;

/// <summary>An upper bound of the largest eigenvalue of DDᵀ, from an exact symmetric eigendecomposition in double precision.</summary>
internal static class SpectralBound
{
    /// <summary>L ≥ λmax(DDᵀ), by one part in 10⁵: more than the rounding of the products and the eigenvalues, too little to slow a step.</summary>
    public static float OfGram(Matrix atoms)
    {
        // DDᵀ and DᵀD share their non-zero eigenvalues: decompose the smaller.
        Matrix<double> d = Matrix<double>.Build.Dense(atoms.Rows, atoms.Columns, (i, j) => atoms[i, j]);
        Matrix<double> small = atoms.Rows <= atoms.Columns ? d.TransposeAndMultiply(d) : d.TransposeThisAndMultiply(d);
        double largest = small.Evd(Symmetricity.Symmetric).EigenValues.Real().Maximum();
        return (float)(largest * (1 + 1e-5));
    }
}
