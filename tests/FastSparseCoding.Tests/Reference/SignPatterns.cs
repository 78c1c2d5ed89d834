using MathNet.Numerics.LinearAlgebra.Double;

namespace FastSparseCoding.Tests.Reference;

/// <summary>Sparse coding by trying all: for a handful of atoms, the minimiser of every one of the 3^m patterns of signs.</summary>
internal static class SignPatterns
{
    /// <summary>The code of the lowest energy. Whatever rounding does to a minimiser, it stays a code that z* can only undercut.</summary>
    public static double[] Solve(AtomDictionary dictionary, float lambda, ReadOnlySpan<float> x)
    {
        var twin = new LassoTwin(dictionary, lambda);
        var best = new double[dictionary.AtomCount];
        for (int pattern = 0; pattern < Math.Pow(3, dictionary.AtomCount); pattern++)
        {
            int[] signs = [.. Enumerable.Range(0, dictionary.AtomCount).Select(k => pattern / (int)Math.Pow(3, k) % 3 - 1)];
            double[] code = Minimiser(dictionary, lambda, LassoTwin.Widen(x), signs);
            if (code.All(double.IsFinite) && twin.Energy(x, code) < twin.Energy(x, best))
                best = code;
        }
        return best;
    }

    /// <summary>G_SS z = b_S − λs, solved for the atoms S whose sign s is not zero.</summary>
    private static double[] Minimiser(AtomDictionary dictionary, float lambda, double[] x, int[] signs)
    {
        int[] support = [.. Enumerable.Range(0, signs.Length).Where(k => signs[k] != 0)];
        var code = new double[signs.Length];
        if (support.Length == 0)
            return code;
        DenseMatrix atoms = DenseMatrix.Create(support.Length, x.Length, (j, i) => dictionary.Atoms.Row(support[j])[i]);
        DenseVector weights = DenseVector.Create(support.Length, j => (double)lambda * signs[support[j]]);
        double[] values = [.. (atoms * atoms.Transpose()).Solve(atoms * DenseVector.OfArray(x) - weights)];
        for (int j = 0; j < support.Length; j++)
            code[support[j]] = values[j];
        return code;
    }
}
