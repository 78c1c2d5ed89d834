using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Training;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Training on known codes, as lista.py train does.</summary>
internal static class TrainWorkload
{
    private const int MostRows = 60_000;

    public static void Run(Workload workload)
    {
        int rows = Math.Min(MostRows, workload.Train.Rows);
        var x = new Matrix(rows, workload.Train.Columns, workload.Train.RowRange(0, rows).Values.ToArray());
        Matrix codes = new ActiveSetSolver(workload.Dictionary, Workload.Lambda).Encode(x);
        foreach ((string kind, int depth) in new[] { ("lista", 1), ("lista", 3), ("lista", 7), ("lcod", 10) })
            foreach (int batch in new[] { 64, 256 })
                foreach (int threads in workload.Threads)
                {
                    var options = new TrainingOptions
                    {
                        Samples = Effort.Of(workload.Atoms > 200 ? 50_000 : 200_000, 1000),
                        BatchSize = batch,
                        Evaluations = 1,
                        HeldOut = 1000,
                        Threads = threads
                    };
                    TrainingReport? report = null;
                    // Once to warm up: the runtime compiles with full optimisation while work goes on.
                    Clock clock = default;
                    for (int run = 0; run < 2; run++)
                    {
                        TrainableEncoder encoder = EncoderFactory.Create(kind, workload.Dictionary, Workload.Lambda, depth);
                        clock = Clock.Once(() => report = EncoderTrainer.Train(encoder, x, codes, options));
                    }
                    Workload.Emit(
                        ("net", kind), ("atoms", workload.Atoms), ("depth", depth), ("batch", batch), ("threads", threads),
                        ("samples", options.Samples), ("seconds", clock.Wall), ("cpu_seconds", clock.Cpu),
                        ("samples_per_s", options.Samples / clock.Wall), ("samples_per_cpu_s", options.Samples / clock.Cpu),
                        ("relative", report!.BestRelativeError));
                }
    }
}
