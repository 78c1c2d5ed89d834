using System.Diagnostics;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>
/// Sparse non-negative factorisation of arrays X_digits.npy, X_pixels.npy and X_densities.npy of signals without negative values, the last
/// of three values: exact mean objective on held-out signals against CPU seconds of learning, in a process that has done nothing yet and in
/// one that has compiled all, and the rates of learning and encoding; one thread.
/// </summary>
internal static class FactorWorkload
{
    private static double MostSeconds => Effort.Of(12, 0.2);

    private static double ColdSeconds => Effort.Of(3, 0.2);

    /// <summary>Rows kept apart at the end of an array.</summary>
    private const int HeldOut = 2000;

    /// <summary>Arrays of non-negative signals, atoms and λ.</summary>
    private static readonly (string Name, int Atoms, float Lambda)[] Cells =
        [("digits", 100, 0.1f), ("pixels", 100, 0.1f), ("densities", 2, 0.1f)];

    /// <summary>How many cells there are; they are numbered from 0.</summary>
    public static int Count => Cells.Length;

    /// <summary>The arrays that cells need.</summary>
    public static IEnumerable<string> Files(string folder, IEnumerable<int> cells) => cells.Select(c => PathOf(folder, c));

    /// <summary>Learns and reports.</summary>
    public static void Run(string folder, IEnumerable<int> cells)
    {
        foreach (int cell in cells)
        {
            Matrix x = Npy.ReadMatrix(PathOf(folder, cell));
            int rest = x.Rows - HeldOut;
            var held = new Matrix(HeldOut, x.Columns, x.RowRange(rest, HeldOut).Values.ToArray());
            Learn(cell, x, rest, held, "cold", ColdSeconds);
            AtomDictionary dictionary = Learn(cell, x, rest, held, "warm", MostSeconds);
            Encode(cell, x, dictionary);
        }
    }

    private static AtomDictionary Learn(int cell, Matrix x, int rows, Matrix held, string process, double seconds)
    {
        (string name, int atoms, float lambda) = Cells[cell];
        var options = new DictionaryLearningOptions
        {
            AtomCount = atoms,
            Penalty = new Penalty(lambda, nonNegative: true),
            NonNegativeAtoms = true,
            Threads = 1
        };
        var source = new MatrixSource(x, seed: 1, rows);
        var batch = new Matrix(options.BatchSize, x.Columns);
        DictionaryLearner? learner = null;
        Clock spent = Clock.Once(() =>
        {
            var first = new Matrix(Math.Max(1000, 4 * atoms), x.Columns);
            source.Read(0, first);
            learner = new DictionaryLearner(first, options);
        });
        double next = 0, samplesBefore = 0, cpuBefore = spent.Cpu;
        for (long samples = 0; spent.Cpu < seconds;)
        {
            Clock step = Clock.Once(() =>
            {
                for (long end = samples + (next > 1 ? 20 : 1) * batch.Rows; samples < end; samples += batch.Rows)
                {
                    source.Read(samples, batch);
                    learner!.PartialFit(batch);
                }
            });
            spent = new Clock(spent.Wall + step.Wall, spent.Cpu + step.Cpu);
            if (spent.Cpu < next)
                continue;
            Matrix z = new ActiveSetSolver(learner!.Dictionary, options.Penalty).Encode(held, 1);
            double objective = LassoObjective.Energies(held, learner.Dictionary, z, options.Penalty).Average(),
                rate = (samples - samplesBefore) / (spent.Cpu - cpuBefore);
            Workload.Emit(
                ("learner", "ours"), ("cell", name), ("process", process), ("atoms", atoms), ("lam", (double)lambda), ("batch", batch.Rows),
                ("samples", samples), ("cpu_seconds", spent.Cpu),
                ("samples_per_cpu_s", rate), ("objective", objective));
            (next, samplesBefore, cpuBefore) = (Math.Max(0.05, spent.Cpu * 1.4), samples, spent.Cpu);
        }
        return learner!.Dictionary;
    }

    private static void Encode(int cell, Matrix x, AtomDictionary dictionary)
    {
        var solver = new ActiveSetSolver(dictionary, new Penalty(Cells[cell].Lambda, nonNegative: true));
        var z = new Matrix(x.Rows, dictionary.AtomCount);
        Clock clock = Clock.Median(3, () => solver.Solve(x, z, threads: 1));
        Workload.Emit(("cell", Cells[cell].Name), ("encoded_per_cpu_s", x.Rows / clock.Cpu),
            ("peak_mb", Process.GetCurrentProcess().PeakWorkingSet64 >> 20));
    }

    private static string PathOf(string folder, int cell) => Path.Combine(folder, $"X_{Cells[cell].Name}.npy");
}
