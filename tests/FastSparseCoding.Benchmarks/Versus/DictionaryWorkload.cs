using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Dictionary learning: exact mean objective on validation patches against CPU seconds; against dictionary.py.</summary>
internal static class DictionaryWorkload
{
    private static double MostSeconds => Effort.Of(12, 0.5);

    public static void Run(Workload workload)
    {
        foreach (int threads in workload.Threads)
        {
            var options = new DictionaryLearningOptions { AtomCount = workload.Atoms, Lambda = Workload.Lambda, Threads = threads };
            var val = new Matrix(1000, workload.Val.Columns, workload.Val.RowRange(0, 1000).Values.ToArray());
            var source = new MatrixSource(workload.Train, seed: 1);
            var batch = new Matrix(options.BatchSize, workload.Train.Columns);
            DictionaryLearner? learner = null;
            Clock spent = Clock.Once(() => learner = new DictionaryLearner(workload.Train, options));
            double next = 0.25;
            for (long samples = 0; spent.Cpu < MostSeconds;)
            {
                Clock step = Clock.Once(() =>
                {
                    source.Read(samples, batch);
                    learner!.PartialFit(batch);
                });
                spent = new Clock(spent.Wall + step.Wall, spent.Cpu + step.Cpu);
                samples += batch.Rows;
                if (spent.Cpu < next)
                    continue;
                AtomDictionary dictionary = learner!.Dictionary;
                double objective = LassoObjective.Energies(
                    val, dictionary, new ActiveSetSolver(dictionary, Workload.Lambda).Encode(val), Workload.Lambda).Average();
                Workload.Emit(
                    ("learner", "ours"), ("atoms", workload.Atoms), ("batch", options.BatchSize), ("threads", threads),
                    ("samples", samples), ("seconds", spent.Wall), ("cpu_seconds", spent.Cpu), ("objective", objective));
                next = spent.Cpu * 1.4;
            }
        }
    }
}
