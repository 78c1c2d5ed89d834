using System.Numerics.Tensors;

namespace FastSparseCoding.Solvers;

/// <summary>Matrices made from the Gram matrix.</summary>
internal static class GramMatrix
{
    /// <summary>S = I − G [m×m], symmetric, its diagonal exactly zero.</summary>
    public static Matrix IdentityMinus(AtomDictionary dictionary)
    {
        var s = new Matrix(dictionary.AtomCount, dictionary.AtomCount);
        TensorPrimitives.Negate(dictionary.Gram.Values, s.Values);
        for (int k = 0; k < s.Rows; k++)
            s[k, k] = 0;
        return s;
    }
}
