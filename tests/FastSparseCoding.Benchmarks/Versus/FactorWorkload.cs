using System.Diagnostics;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>
/// Sparse non-negative factorisation of X_counts.npy-like arrays of non-negative signals: exact mean objective on held-out signals against CPU seconds of
/// learning, and the rates of learning and encoding; one thread. Against factor.py.
/// </summary>
internal static class FactorWorkload
{
    private const double MostSeconds = 12;

    /// <summary>Rows kept apart at the end of an array.</summary>
    private const int HeldOut = 2000;

    /// <summary>Arrays of non-negative signals, atoms and λ.</summary>
    private static readonly (string Name, int Atoms, float Lambda)[] Cells = [("digits", 100, 0.1f), ("pixels", 100, 0.1f), ("densities", 2, 0.1f)];

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
            Learn(cell, x, rest, new Matrix(HeldOut, x.Columns, x.RowRange(rest, HeldOut).Values.ToArray()));
        }
    }

    private static void Learn(int cell, Matrix x, int rows, Matrix held)
    {
        (string name, int atoms, float lambda) = Cells[cell];
        var options = new DictionaryLearningOptions { AtomCount = atoms, Penalty = new Penalty(lambda, nonNegative: true), NonNegativeAtoms = true, Threads = 1 };
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
        for (long samples = 0; spent.Cpu < MostSeconds;)
        {
            Clock step = Clock.Once(() =>
            {
                long end = samples + Math.Max(1, next > 1 ? 20 : 1) * batch.Rows;
                for (; samples < end; samples += batch.Rows)
                {
                    source.Read(samples, batch);
                    learner!.PartialFit(batch);
                }
            });
            spent = new Clock(spent.Wall + step.Wall, spent.Cpu + step.Cpu);
            if (spent.Cpu < next)
                continue;
            Report(name, learner!.Dictionary, options, held, samples, spent, (samples - samplesBefore) / Math.Max(1e-9, spent.Cpu - cpuBefore));
            (next, samplesBefore, cpuBefore) = (Math.Max(0.05, spent.Cpu * 1.4), samples, spent.Cpu);
        }
        var solver = new ActiveSetSolver(learner!.Dictionary, options.Penalty);
        var z = new Matrix(rows, atoms);
        Matrix all = new(rows, x.Columns, x.RowRange(0, rows).Values.ToArray());
        Clock encoding = Clock.Median(3, () => solver.Solve(all, z, threads: 1));
        Workload.Emit(("cell", name), ("encoded_per_cpu_s", rows / encoding.Cpu), ("peak_mb", Process.GetCurrentProcess().PeakWorkingSet64 >> 20));
    }

    private static void Report(string name, AtomDictionary dictionary, DictionaryLearningOptions options, Matrix held, long samples, Clock spent, double rate)
    {
        Matrix z = new ActiveSetSolver(dictionary, options.Penalty).Encode(held, 1);
        double objective = LassoObjective.Energies(held, dictionary, z, options.Penalty).Average();
        Workload.Emit(
            ("learner", "ours"), ("cell", name), ("atoms", options.AtomCount), ("lam", (double)options.Lambda), ("batch", options.BatchSize), ("samples", samples), ("cpu_seconds", spent.Cpu), ("samples_per_cpu_s", rate), ("objective", objective));
    }

    private static string PathOf(string folder, int cell) => Path.Combine(folder, $"X_{Cells[cell].Name}.npy");
}
