using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Exact codes in every regime, from very sparse to dense, n = 64 to 784 and m = 100 to 4096; against regimes.py, whose cells
/// these are.</summary>
internal static class RegimesWorkload
{
    private static readonly (int Size, string Dictionary, float Lambda)[] Cells =
    [
        (64, "regimes/D_64x256.npy", 0.5f), (64, "regimes/D_64x256.npy", 0.1f),
        (100, "reference/D_100.npy", 2), (100, "reference/D_100.npy", 0.5f), (100, "reference/D_100.npy", 0.1f),
        (100, "reference/D_400.npy", 2), (100, "reference/D_400.npy", 0.5f), (100, "reference/D_400.npy", 0.1f),
        (100, "reference/D_400.npy", 0.02f),
        (256, "regimes/D_256x1024.npy", 1), (256, "regimes/D_256x1024.npy", 0.3f), (256, "regimes/D_256x4096.npy", 1),
        (784, "regimes/D_784x784.npy", 2), (784, "regimes/D_784x784.npy", 0.5f),
    ];

    /// <summary>How many cells there are; they are numbered from 0.</summary>
    public static int Count => Cells.Length;

    /// <summary>The files that cells need: signals X_n.npy, which regimes.py writes, and dictionaries.</summary>
    public static IEnumerable<string> Files(string folder, string shared, int[] cells)
        => cells.SelectMany(c => new[] { Cell.Signals(folder, Cells[c].Size), Path.Combine(shared, Cells[c].Dictionary) })
            .Distinct(StringComparer.Ordinal);

    /// <summary>Times cells, one thread; of the first one also what the process' first two calls reach. The codes' hash is that of every
    /// vector width.</summary>
    public static void Run(string folder, string shared, int[] cells)
    {
        foreach (int cell in cells)
        {
            (int size, string name, float lambda) = Cells[cell];
            AtomDictionary dictionary = AtomDictionary.Normalize(Npy.ReadMatrix(Path.Combine(shared, name)));
            Matrix x = Npy.ReadMatrix(Cell.Signals(folder, size));
            var solver = new ActiveSetSolver(dictionary, lambda);
            var z = new Matrix(x.Rows, dictionary.AtomCount);
            SolveReport? report = null;
            void Solve() => report = solver.Solve(x, z, threads: 1);
            Clock first = Clock.Once(Solve), second = Clock.Once(Solve), clock = Clock.Median(3, Solve);
            Workload.Emit(
                ("cell", cell), ("n", size), ("atoms", dictionary.AtomCount), ("lam", (double)lambda), ("width", Machine.VectorBits),
                ("nonzeros", (double)SparseCodes.FromDense(z).NonZeros / z.Rows), ("signals_per_cpu_s", x.Rows / clock.Cpu),
                ("first_call_per_cpu_s", x.Rows / first.Cpu), ("second_call_per_cpu_s", x.Rows / second.Cpu), ("codes", Cell.Hash(z)),
                ("uncertified", report!.Unconverged), ("gap_max", report.RelativeGap.Max()), ("changes_mean", report.Iterations.Average()));
        }
    }
}
