namespace FastSparseCoding.Paper;

/// <summary>Multiply-adds per signal of the exact methods' iterations, counted densely; the learned encoders tell their own.</summary>
internal static class WorkCount
{
    /// <summary>ISTA or FISTA: B = xDᵀ, and a product by S for every iteration but the first, which starts from zero.</summary>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="iterations">Number of iterations, 0 or more.</param>
    /// <returns>mn + (k − 1)m² for k of 1 or more.</returns>
    public static double Gradient(int signalSize, int codeSize, double iterations)
        => iterations <= 0 ? 0 : (double)codeSize * signalSize + Math.Max(0, iterations - 1) * codeSize * codeSize;

    /// <summary>Coordinate descent: B = xDᵀ, and m for every update.</summary>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="updates">Number of coordinate updates, 0 or more.</param>
    /// <returns>mn + km.</returns>
    public static double CoordinateDescent(int signalSize, int codeSize, double updates)
        => (double)codeSize * signalSize + updates * codeSize;

    /// <summary>Whole iterations of ISTA or FISTA that cost no more than a number of multiply-adds.</summary>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="multiplyAdds">Multiply-adds per signal, 0 or more.</param>
    /// <returns>The largest k with mn + (k − 1)m² ≤ <paramref name="multiplyAdds"/>; 0 below mn.</returns>
    public static int GradientIterations(int signalSize, int codeSize, long multiplyAdds)
    {
        long spare = multiplyAdds - (long)codeSize * signalSize;
        return spare < 0 ? 0 : (int)(1 + spare / ((long)codeSize * codeSize));
    }

    /// <summary>Whole updates of coordinate descent that cost no more than a number of multiply-adds.</summary>
    /// <param name="signalSize">Size of a signal n.</param>
    /// <param name="codeSize">Size of a code m.</param>
    /// <param name="multiplyAdds">Multiply-adds per signal, 0 or more.</param>
    /// <returns>The largest k with mn + km ≤ <paramref name="multiplyAdds"/>; 0 below mn.</returns>
    public static int CoordinateUpdates(int signalSize, int codeSize, long multiplyAdds)
        => (int)(Math.Max(0, multiplyAdds - (long)codeSize * signalSize) / codeSize);
}
