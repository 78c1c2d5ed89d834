using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Exact codes in every regime, from very sparse to dense, n = 64 to 784 and m = 100 to 4096; against regimes.py, whose cells these are.</summary>
internal static class RegimesWorkload
{
    private static readonly (int Size, string Dictionary, float Lambda)[] Cells =
    [
        (64, "regimes/D_64x256.npy", 0.5f), (64, "regimes/D_64x256.npy", 0.1f),
        (100, "reference/D_100.npy", 2), (100, "reference/D_100.npy", 0.5f), (100, "reference/D_100.npy", 0.1f),
        (100, "reference/D_400.npy", 2), (100, "reference/D_400.npy", 0.5f), (100, "reference/D_400.npy", 0.1f), (100, "reference/D_400.npy", 0.02f),
        (256, "regimes/D_256x1024.npy", 1), (256, "regimes/D_256x1024.npy", 0.3f), (256, "regimes/D_256x4096.npy", 1),
        (784, "regimes/D_784x784.npy", 2), (784, "regimes/D_784x784.npy", 0.5f),
    ];

    /// <summary>Times the cells on the arrays X_n.npy that regimes.py wrote to <paramref name="folder"/>, one thread.</summary>
    public static void Run(string folder, string shared, int[] only)
    {
        for (int cell = 0; cell < Cells.Length; cell++)
        {
            if (only.Length > 0 && !only.Contains(cell))
                continue;
            (int size, string name, float lambda) = Cells[cell];
            AtomDictionary dictionary = AtomDictionary.Normalize(Npy.ReadMatrix(Path.Combine(shared, name)));
            Matrix x = Npy.ReadMatrix(Path.Combine(folder, $"X_{size}.npy"));
            var solver = new ActiveSetSolver(dictionary, lambda);
            var z = new Matrix(x.Rows, dictionary.AtomCount);
            SolveReport? report = null;
            Clock clock = Clock.Median(3, () => report = solver.Solve(x, z, threads: 1));
            Workload.Emit(
                ("cell", cell), ("n", size), ("atoms", dictionary.AtomCount), ("lam", (double)lambda), ("nonzeros", (double)SparseCodes.FromDense(z).NonZeros / z.Rows), ("signals_per_cpu_s", x.Rows / clock.Cpu),
                ("uncertified", report!.Unconverged), ("gap_max", report.RelativeGap.Max()), ("changes_mean", report.Iterations.Average()));
        }
    }
}
