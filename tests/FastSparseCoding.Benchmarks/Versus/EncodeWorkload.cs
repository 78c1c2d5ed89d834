using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Training;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Exact codes of the validation patches, from zero and from a trained encoder's prediction, without the time of the prediction
/// and with it; against encode.py.</summary>
internal static class EncodeWorkload
{
    public static void Run(Workload workload)
    {
        Matrix x = workload.Val;
        var active = new ActiveSetSolver(workload.Dictionary, Workload.Lambda);
        double[] best = LassoObjective.Energies(x, workload.Dictionary, active.Encode(x), Workload.Lambda);
        (string Name, LassoSolver Solver, TrainableEncoder? Start)[] runs =
        [
            ("ours active set", active, null),
            .. new[] { ("lista", 1), ("lista", 7), ("lcod", 20) }.Select(
                net => ($"ours active set, warm from {net.Item1} {net.Item2}", (LassoSolver)active,
                (TrainableEncoder?)Trained(workload, net.Item1, net.Item2))),
            ("ours fista 50", new FistaSolver(
                workload.Dictionary, Workload.Lambda, new SolverOptions { MaxIterations = 50, Tolerance = 1e-7 }), null),
        ];
        foreach ((string name, LassoSolver solver, TrainableEncoder? from) in runs)
        {
            Matrix? reference = null;
            foreach (int threads in workload.Threads)
            {
                var z = new Matrix(x.Rows, workload.Atoms);
                SolveReport? report = null;
                Matrix? start = from?.Encode(x, threads);
                Clock predicting = from is null ? default : Clock.Median(5, () => from.Encode(x, z, threads));
                Clock clock = Clock.Median(5, () =>
                {
                    start?.Values.CopyTo(z.Values);
                    report = solver.Solve(x, z, warmStart: from is not null, threads);
                });
                reference ??= z.Clone();
                if (!z.Values.SequenceEqual(reference.Values))
                    throw new InvalidOperationException($"{name}: {threads} threads give other bits.");
                double[] excess = [.. LassoObjective.Energies(x, workload.Dictionary, z, Workload.Lambda)
                    .Zip(best, (e, optimal) => (e - optimal) / optimal)];
                Workload.Emit(
                    ("method", name), ("atoms", workload.Atoms), ("threads", threads), ("patches_per_s", x.Rows / clock.Wall),
                    ("patches_per_cpu_s", x.Rows / clock.Cpu),
                    ("with_prediction_per_cpu_s", x.Rows / (clock.Cpu + predicting.Cpu)), ("suboptimality_mean", excess.Average()),
                    ("suboptimality_max", excess.Max()), ("certified", x.Rows - report!.Unconverged),
                    ("changes_mean", report.Iterations.Average()));
            }
        }
    }

    /// <summary>An encoder trained briefly: enough for its codes to be as sparse, and its prediction as good, as makes no difference to
    /// speed.</summary>
    public static TrainableEncoder Trained(Workload workload, string kind, int depth)
    {
        TrainableEncoder encoder = EncoderFactory.Create(kind, workload.Dictionary, Workload.Lambda, depth);
        EncoderTrainer.Train(encoder, workload.Train, new ActiveSetSolver(workload.Dictionary, Workload.Lambda),
            new TrainingOptions { Samples = Effort.Of(100_000, 1000), Evaluations = 2 });
        return encoder;
    }
}
