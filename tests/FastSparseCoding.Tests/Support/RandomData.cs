namespace FastSparseCoding.Tests.Support;

/// <summary>Random matrices and dictionaries, the same for the same seed.</summary>
internal static class RandomData
{
    /// <summary>Independent standard normal values.</summary>
    public static Matrix Normal(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        foreach (ref float value in matrix.Values)
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return matrix;
    }

    /// <summary>Atoms drawn uniformly on the sphere.</summary>
    public static AtomDictionary Dictionary(int atoms, int size, int seed) => AtomDictionary.Normalize(Normal(atoms, size, seed));
}
