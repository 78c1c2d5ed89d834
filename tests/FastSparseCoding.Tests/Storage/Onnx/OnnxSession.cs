using FastSparseCoding.Storage;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FastSparseCoding.Tests.Storage;

/// <summary>An ONNX file in the runtime that others use, on one thread.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxSession(byte[] file)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(file, options);
    }

    /// <summary>A file that something writes to a stream.</summary>
    public static byte[] Bytes(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }

    public ModelMetadata Metadata => _session.ModelMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    /// <summary>The output of that name for rows x, and a second input if there is one.</summary>
    public T[] Run<T>(string output, Matrix x, params (string Name, float[] Values)[] others)
    {
        NamedOnnxValue[] inputs =
        [
            NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(x.Values.ToArray(), [x.Rows, x.Columns])),
            .. others.Select(o => NamedOnnxValue.CreateFromTensor(o.Name, new DenseTensor<float>(o.Values, [o.Values.Length]))),
        ];
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(inputs, [output]);
        return results.Single().AsTensor<T>().ToArray();
    }

    public void Dispose() => _session.Dispose();
}
