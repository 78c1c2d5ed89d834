namespace FastSparseCoding.Encoders;

/// <summary>Atoms uniform on the sphere: a start without a dictionary.</summary>
internal static class RandomAtoms
{
    public static AtomDictionary Draw(int atoms, int size, int seed)
    {
        var random = new Random(seed);
        var values = new Matrix(atoms, size);
        foreach (ref float value in values.Values)
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return AtomDictionary.Normalize(values);
    }
}
