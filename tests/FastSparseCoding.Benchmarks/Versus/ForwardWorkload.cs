using System.Diagnostics;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Forward passes of trained encoders, in batches and one patch at a time; against lista.py forward.</summary>
internal static class ForwardWorkload
{
    private static readonly (string Kind, int Depth)[] Nets = [("lista", 1), ("lista", 3), ("lista", 7), ("lcod", 10), ("lcod", 50)];

    public static void Run(Workload workload)
    {
        foreach ((string kind, int depth) in Nets)
        {
            TrainableEncoder encoder = EncodeWorkload.Trained(workload, kind, depth);
            foreach (int threads in workload.Threads)
                Batches(workload, encoder, threads);
            SinglePatches(workload, encoder);
        }
    }

    private static void Batches(Workload workload, TrainableEncoder encoder, int threads)
    {
        const int Batch = 4096;
        Matrix x = workload.Val;
        Matrix[] blocks = [.. Enumerable.Range(0, x.Rows / Batch)
            .Select(b => new Matrix(Batch, x.Columns, x.RowRange(b * Batch, Batch).Values.ToArray()))];
        var z = new Matrix(Batch, workload.Atoms);
        Clock clock = Clock.Median(15, () =>
        {
            foreach (Matrix block in blocks)
                encoder.Encode(block, z, threads);
        });
        int rows = blocks.Length * Batch;
        Workload.Emit(
            ("net", encoder.Kind), ("atoms", workload.Atoms), ("depth", encoder.Depth), ("batch", Batch), ("threads", threads),
            ("patches_per_s", rows / clock.Wall), ("patches_per_cpu_s", rows / clock.Cpu));
    }

    private static void SinglePatches(Workload workload, TrainableEncoder encoder)
    {
        Matrix x = workload.Val;
        var z = new Matrix(1, workload.Atoms);
        var times = new double[9];
        long allocated = 0;
        for (int run = Effort.Of(-100, 0); run < times.Length; run++)     // the first to warm up
        {
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            for (int i = 0; i < 1000; i++)
                encoder.Encode(x.RowRange(i, 1), z);
            if (run < 0)
                continue;
            times[run] = Stopwatch.GetElapsedTime(start).TotalSeconds / 1000;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Array.Sort(times);
        Workload.Emit(
            ("net", encoder.Kind), ("atoms", workload.Atoms), ("depth", encoder.Depth), ("batch", 1), ("threads", 1),
            ("patches_per_s", 1 / times[times.Length / 2]), ("bytes_allocated", allocated));
    }
}
