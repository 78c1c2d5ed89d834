using FastSparseCoding.Tests.Support;

namespace FastSparseCoding.Tests.Learning;

/// <summary>Signals that are sparse in a known dictionary, with a little noise.</summary>
internal sealed class PlantedSignals
{
    public PlantedSignals(int atoms, int size, int rows, int nonZeros, double noise, int seed, bool nonNegative = false)
    {
        Dictionary = nonNegative ? AtomDictionary.Normalize(Positive(RandomData.Normal(atoms, size, seed)))
            : RandomData.Dictionary(atoms, size, seed);
        var random = new Random(seed + 1);
        var z = new Matrix(rows, atoms);
        for (int i = 0; i < rows; i++)
            for (int k = 0; k < nonZeros; k++)
                z[i, random.Next(atoms)] = (float)((1 + random.NextDouble()) * (random.Next(2) == 0 && !nonNegative ? -1 : 1));
        X = Dictionary.Reconstruct(z);
        Matrix error = RandomData.Normal(rows, size, seed + 2);
        for (int i = 0; i < X.Values.Length; i++)
            X.Values[i] += (float)noise * error.Values[i];
    }

    public AtomDictionary Dictionary { get; }

    public Matrix X { get; }

    /// <summary>Mean over the planted atoms of the largest |correlation| with an atom found.</summary>
    public double Recovery(AtomDictionary found)
    {
        double sum = 0;
        for (int k = 0; k < Dictionary.AtomCount; k++)
            sum += Enumerable.Range(0, found.AtomCount).Max(j => Math.Abs(Dot(Dictionary.Atoms.Row(k), found.Atoms.Row(j))));
        return sum / Dictionary.AtomCount;
    }

    private static Matrix Positive(Matrix x) => new(x.Rows, x.Columns, Array.ConvertAll(x.Values.ToArray(), v => Math.Max(0, v)));

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
