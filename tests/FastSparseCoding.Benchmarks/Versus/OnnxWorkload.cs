using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Storage;
using Microsoft.ML.OnnxRuntime;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Trained encoders beside ONNX Runtime on the files that we write of them: one thread each, in turn, in batches and one patch at
/// a time, from and to buffers that are there already.</summary>
internal static class OnnxWorkload
{
    private static readonly (string Kind, int Depth)[] Nets = [("lista", 1), ("lista", 3), ("lista", 7), ("lcod", 10)];

    /// <summary>A batch, how many patches of it make a measurement, and how many measurements there are.</summary>
    private static (int Batch, int Patches)[] Batches => [(4096, Effort.Of(8 * 4096, 4096)), (1, Effort.Of(4096, 100))];

    private static int Repetitions => Effort.Of(15, 1);

    public static void Run(Workload workload)
    {
        foreach ((string kind, int depth) in Nets)
        {
            TrainableEncoder encoder = EncodeWorkload.Trained(workload, kind, depth);
            foreach ((int batch, int patches) in Batches)
                Compare(workload, encoder, batch, patches);
        }
    }

    private static void Compare(Workload workload, TrainableEncoder encoder, int batch, int patches)
    {
        Matrix val = workload.Val;
        using var runtime = new Runtime(encoder, batch);
        Matrix x = new(batch, val.Columns), z = new(batch, workload.Atoms);
        int blocks = val.Rows / batch;
        Clock ours = default, theirs = default;
        var cpu = new (double Ours, double Theirs)[Repetitions];
        for (int run = Effort.Of(-5, 0); run < Repetitions; run++)        // the first to warm up
        {
            ours = Clock.Once(() =>
            {
                for (int i = 0; i < patches / batch; i++)
                {
                    val.RowRange(i % blocks * batch, batch).Values.CopyTo(x.Values);
                    encoder.Encode(x.View, z.View);
                }
            });
            theirs = Clock.Once(() =>
            {
                for (int i = 0; i < patches / batch; i++)
                {
                    val.RowRange(i % blocks * batch, batch).Values.CopyTo(runtime.X);
                    runtime.Run();
                }
            });
            if (run >= 0)
                cpu[run] = (ours.Cpu, theirs.Cpu);
        }
        float[] difference = new float[z.Values.Length];
        TensorPrimitives.Subtract(z.Values, runtime.Z, difference);
        Workload.Emit(
            ("net", encoder.Kind), ("atoms", workload.Atoms), ("depth", encoder.Depth), ("batch", batch), ("threads", 1),
            ("patches_per_cpu_s", patches / Median(cpu.Select(c => c.Ours))),
            ("onnxruntime_patches_per_cpu_s", patches / Median(cpu.Select(c => c.Theirs))),
            ("ratio", Median(cpu.Select(c => c.Theirs / c.Ours))),
            ("largest_difference", (double)Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference))));
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Repetitions / 2);

    /// <summary>A session with its input and output bound to arrays.</summary>
    private sealed class Runtime : IDisposable
    {
        private readonly InferenceSession _session;
        private readonly RunOptions _options = new();
        private readonly OrtValue _x, _z;

        public Runtime(TrainableEncoder encoder, int batch)
        {
            using var file = new MemoryStream();
            OnnxFile.Save(file, encoder);
            using var options = new SessionOptions
            {
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            };
            _session = new InferenceSession(file.ToArray(), options);
            X = new float[batch * encoder.SignalSize];
            Z = new float[batch * encoder.CodeSize];
            _x = OrtValue.CreateTensorValueFromMemory(X, [batch, encoder.SignalSize]);
            _z = OrtValue.CreateTensorValueFromMemory(Z, [batch, encoder.CodeSize]);
        }

        public float[] X { get; }

        public float[] Z { get; }

        public void Run() => _session.Run(_options, ["x"], [_x], ["z"], [_z]);

        public void Dispose()
        {
            _x.Dispose();
            _z.Dispose();
            _options.Dispose();
            _session.Dispose();
        }
    }
}
