namespace FastSparseCoding.Tests.Solvers;

/// <summary>Dictionaries of smooth atoms, each nearly a sum of its neighbours: what float32 knows of their Gram matrices is mostly
/// rounding.</summary>
internal static class SmoothDictionaries
{
    public static string[] Families { get; } = ["exponentials", "Gaussians", "Hilbert", "powers"];

    /// <summary>A family's dictionary for signals of n values.</summary>
    public static AtomDictionary Of(string family, int size) => family switch
    {
        "exponentials" => Exponentials(2 * size, size),
        "Gaussians" => Normalized(2 * size, size, (k, i) => Math.Exp(-0.05 * Math.Pow(i - (size - 1) * k / (2.0 * size - 1), 2))),
        "Hilbert" => Hilbert(size),
        "powers" => Normalized(Math.Max(2, size * 3 / 5), size, (k, i) => Math.Pow(0.1 + 0.9 * i / (size - 1), k)),
        _ => throw new ArgumentException(family, nameof(family)),
    };

    /// <summary>d_k(t) = exp(−a_k·t) on t from 0 to 1, a_k from 0.4 to 12.6 in equal ratios.</summary>
    public static AtomDictionary Exponentials(int atoms, int size)
        => Normalized(atoms, size, (k, i) => Math.Exp(-0.4 * Math.Pow(10, 1.5 * k / (atoms - 1)) * i / (size - 1)));

    /// <summary>d_ki = 1/(1 + k + i).</summary>
    public static AtomDictionary Hilbert(int size) => Normalized(size, size, (k, i) => 1.0 / (1 + k + i));

    /// <summary>Signals with directions drawn uniformly, of norm 1.</summary>
    public static Matrix UnitSignals(int rows, int size, int seed)
        => new(rows, size, Support.RandomData.Dictionary(rows, size, seed).Atoms.Values.ToArray());

    private static AtomDictionary Normalized(int atoms, int size, Func<int, int, double> value)
    {
        var values = new Matrix(atoms, size);
        for (int k = 0; k < atoms; k++)
            for (int i = 0; i < size; i++)
                values[k, i] = (float)value(k, i);
        return AtomDictionary.Normalize(values);
    }
}
