using System.Numerics.Tensors;

namespace FastSparseCoding.Kernels;

/// <summary>Copies values and finds out on the way whether all are finite, for little more than the copy: each piece is in the first-level
/// cache when it is copied.</summary>
internal static class FiniteCopy
{
    private const int Piece = 4096;

    /// <summary>Copies values to a place of the same length.</summary>
    /// <returns>Whether none of them is NaN or infinity.</returns>
    public static bool Run(ReadOnlySpan<float> source, Span<float> target)
    {
        Throw.IfLengthNot(target.Length, source.Length, nameof(target));
        bool finite = true;
        for (int i = 0; i < source.Length; i += Piece)
        {
            ReadOnlySpan<float> piece = source.Slice(i, Math.Min(Piece, source.Length - i));
            finite &= float.IsFinite(TensorPrimitives.SumOfMagnitudes(piece)) || AreFinite(piece);
            piece.CopyTo(target[i..]);
        }
        return finite;
    }

    /// <summary>The same where finite values have a sum beyond float32.</summary>
    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            if (!float.IsFinite(value))
                return false;
        return true;
    }
}
