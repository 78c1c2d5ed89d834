using FastSparseCoding.Kernels;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>The dense product of a layer, [4096×m] by [m×m], one thread.</summary>
internal static class GemmWorkload
{
    public static void Run(Workload workload)
    {
        int m = workload.Atoms;
        var random = new Random(1);
        var a = new Matrix(4096, m);
        var w = new Matrix(m, m);
        foreach (ref float value in a.Values)
            value = random.NextSingle() - 0.5f;
        foreach (ref float value in w.Values)
            value = random.NextSingle() - 0.5f;
        PackedMatrix packed = PackedMatrix.Of(w);
        var c = new Matrix(4096, m);
        Clock clock = Clock.Median(31, () =>
        {
            for (int i = 0; i < 400 / m; i++)
                Gemm.Multiply(a, packed, c);
        });
        Workload.Emit(("kernel", "gemm"), ("rows", 4096), ("atoms", m), ("threads", 1),
            ("gflops", 2.0 * 4096 * m * m * (400 / m) / clock.Wall / 1e9));
    }
}
