using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>
/// Orthogonal matching pursuit at the sizes of the peers' table: until there are k atoms (cells 0 to 2), until ‖r‖² ≤ n/10 (3 to 5), both
/// again with codes that must not be negative (6 to 11), and with every other value unknown (12 to 17).
/// </summary>
internal static class OmpWorkload
{
    private static readonly (int Size, string Dictionary, int Atoms)[] Sizes =
        [(64, "regimes/D_64x256.npy", 10), (100, "reference/D_400.npy", 20), (256, "regimes/D_256x1024.npy", 30)];

    /// <summary>How many cells there are; they are numbered from 0.</summary>
    public static int Count => 6 * Sizes.Length;

    /// <summary>The files that cells need: signals X_n.npy, and dictionaries.</summary>
    public static IEnumerable<string> Files(string folder, string shared, int[] cells)
        => cells.Select(c => Sizes[c % Sizes.Length])
            .SelectMany(s => new[] { Cell.Signals(folder, s.Size), Path.Combine(shared, s.Dictionary) }).Distinct(StringComparer.Ordinal);

    /// <summary>Times cells, one thread.</summary>
    public static void Run(string folder, string shared, int[] cells)
    {
        foreach (int cell in cells)
        {
            (int size, string name, int atoms) = Sizes[cell % Sizes.Length];
            bool byError = cell / Sizes.Length % 2 == 1, nonNegative = cell / Sizes.Length is 2 or 3;
            AtomDictionary dictionary = AtomDictionary.Normalize(Npy.ReadMatrix(Path.Combine(shared, name)));
            Matrix x = Npy.ReadMatrix(Cell.Signals(folder, size));
            var encoder = new OmpEncoder(
                dictionary, new OmpOptions
                {
                    MaxAtoms = byError ? null : atoms,
                    Error = byError ? MathF.Sqrt(0.1f * size) : null,
                    NonNegative = nonNegative
                });
            Matrix? mask = cell / Sizes.Length >= 4 ? EveryOther(x.Rows, size) : null;
            var z = new Matrix(x.Rows, dictionary.AtomCount);
            OmpReport? report = null;
            Clock clock = Clock.Median(5,
                () => report = mask is null ? encoder.Solve(x, z, threads: 1) : encoder.Solve(x, mask, z, threads: 1));
            Workload.Emit(
                ("cell", cell), ("n", size), ("atoms", dictionary.AtomCount), ("rule", byError ? "error" : "k"),
                ("non_negative", nonNegative ? 1 : 0), ("masked", mask is null ? 0 : 1), ("width", Machine.VectorBits),
                ("nonzeros", report!.Atoms.Average()), ("signals_per_cpu_s", x.Rows / clock.Cpu), ("codes", Cell.Hash(z)),
                ("error_reached", report.CountOf(OmpStatus.ErrorReached)), ("atom_limit", report.CountOf(OmpStatus.AtomLimit)),
                ("residual_mean", report.ResidualNorms.Average()));
        }
    }

    private static Matrix EveryOther(int rows, int columns)
    {
        var mask = new Matrix(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = i % 2; j < columns; j += 2)
                mask[i, j] = 1;
        return mask;
    }
}
