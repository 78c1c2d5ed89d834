using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding;

/// <summary>
/// One step of a proximal method as z ← h_θ(xW_eᵀ + zS), S symmetric: what exact solvers iterate, and what encoders unrolled from them
/// begin as. The division by 1 + τμ that ends the step of length τ is part of W_e, S and θ alike.
/// </summary>
internal static class ProximalStep
{
    /// <summary>The step of ISTA, τ = 1/L: W_e = D/L, S = I − G/L, θ = λw/L, each divided by 1 + μ/L.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">λ, w and μ.</param>
    /// <param name="encoder">Receives W_e [m×n].</param>
    /// <param name="s">Receives S [m×m], or is empty.</param>
    /// <param name="theta">Receives θ [m].</param>
    public static void OfGradient(AtomDictionary dictionary, Penalty penalty, MatrixView encoder, MatrixView s, Span<float> theta)
    {
        float step = 1 / dictionary.Lipschitz, share = Share(penalty, step);
        TensorPrimitives.Multiply(dictionary.Atoms.Values, step * share, encoder.Values);       // W_e = D/L
        penalty.Thresholds(dictionary.AtomCount, step * share).CopyTo(theta);                   // θ = λw/L
        if (s.Values.IsEmpty)
            return;
        AlignedRows products = dictionary.IdentityMinusGram;
        for (int k = 0; k < s.Rows; k++)
        {
            TensorPrimitives.Multiply(products.Row(k), step * share, s.Row(k));                 // S = I − G/L
            s.Row(k)[k] = share - step * share;
        }
    }

    /// <summary>The step of CoD, to the minimum along one coordinate: W_e = D, S = I − G, θ = λw, each divided by 1 + μ, the diagonal of G
    /// + μI.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="penalty">λ, w and μ.</param>
    /// <param name="encoder">Receives W_e [m×n].</param>
    /// <param name="s">Receives S [m×m], its diagonal exactly zero.</param>
    /// <param name="theta">Receives θ [m].</param>
    public static void OfCoordinate(AtomDictionary dictionary, Penalty penalty, MatrixView encoder, MatrixView s, Span<float> theta)
    {
        float share = Share(penalty, 1);
        TensorPrimitives.Multiply(dictionary.Atoms.Values, share, encoder.Values);              // W_e = D
        CoordinateThresholds(dictionary, penalty).CopyTo(theta);                                // θ = λw
        AlignedRows rows = dictionary.IdentityMinusGram;
        for (int k = 0; k < s.Rows; k++)
            TensorPrimitives.Multiply(rows.Row(k), share, s.Row(k));                            // S = I − G
    }

    /// <summary>W_eᵀ of <see cref="OfCoordinate"/> as the right factor of products: without a ridge the dictionary's own.</summary>
    public static PackedMatrix CoordinateEncoder(AtomDictionary dictionary, Penalty penalty)
    {
        if (Share(penalty, 1) is var share && share == 1)
            return dictionary.PackedTransposed;
        var encoder = new PackedMatrix(dictionary.SignalSize, dictionary.AtomCount);
        ScaleAtoms(dictionary, share, encoder);
        return encoder;
    }

    /// <summary>Packs the transpose of the atoms times a scale.</summary>
    public static void ScaleAtoms(AtomDictionary dictionary, float share, PackedMatrix encoder)
    {
        var scaled = new Matrix(dictionary.AtomCount, dictionary.SignalSize);
        TensorPrimitives.Multiply(dictionary.Atoms.Values, share, scaled.Values);
        encoder.PackTransposed(scaled);
    }

    /// <summary>S of <see cref="OfCoordinate"/> in aligned rows: without a ridge the dictionary's own.</summary>
    public static AlignedRows CoordinateProducts(AtomDictionary dictionary, Penalty penalty)
        => Share(penalty, 1) is var share && share == 1 ? dictionary.IdentityMinusGram : dictionary.IdentityMinusGram.Times(share);

    /// <summary>θ of <see cref="OfCoordinate"/>.</summary>
    public static float[] CoordinateThresholds(AtomDictionary dictionary, Penalty penalty)
        => penalty.Thresholds(dictionary.AtomCount, Share(penalty, 1));

    /// <summary>1/(1 + τμ), which ends a proximal step of length τ.</summary>
    public static float Share(Penalty penalty, float step) => 1 / (1 + penalty.Ridge * step);
}
