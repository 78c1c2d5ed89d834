using FastSparseCoding.Encoders;
using FastSparseCoding.Training;

namespace FastSparseCoding.Storage;

/// <summary>
/// Encoders and classifiers as ONNX files (IR version 8, opset 17), which run wherever an ONNX runtime does, without this library. A
/// graph takes signals x [N×n] as they were prepared for training (cut, normalised, whitened), float32, any number of rows N. The metadata
/// are those of the model file: kind, depth, penalty, sizes, the dictionary's fingerprint and the preprocessing; "input" says in words what
/// the rows must be. Codes agree with the library's up to rounding. Safe to call from
/// several threads at once.
/// </summary>
public static class OnnxFile
{
    /// <summary>Writes an encoder: input x [N×n], output z [N×m]. A file appears whole or not at all.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="preprocessing">How images became signals, or null when they were no images.</param>
    /// <exception cref="ArgumentException">A parameter is not finite, the file would have 2 GB or more, or the preprocessing is out of
    /// range or of another signal size.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(string path, TrainableEncoder encoder, SignalPreparation? preprocessing = null)
        => Model(encoder, preprocessing).Save(path);

    /// <summary>Writes an encoder to a stream.</summary>
    /// <param name="stream">Receives the file; it is not closed.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="preprocessing">How images became signals, or null when they were no images.</param>
    /// <exception cref="ArgumentException">A parameter is not finite, the file would have 2 GB or more, or the preprocessing is out of
    /// range or of another signal size.</exception>
    public static void Save(Stream stream, TrainableEncoder encoder, SignalPreparation? preprocessing = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Model(encoder, preprocessing).Save(stream);
    }

    /// <summary>Writes a classifier with the encoder below it: input x [N×n], outputs probabilities [N×C] and label [N], int64, the class
    /// of the largest one. A file appears whole or not at all.</summary>
    /// <param name="path">The target; its folder must exist.</param>
    /// <param name="model">The classifier; its encoder is a <see cref="TrainableEncoder"/>, or null where it takes signals as they
    /// are.</param>
    /// <param name="preprocessing">How images became signals, or null when they were no images.</param>
    /// <exception cref="ArgumentException">The encoder is another, its codes have another size, a parameter is not finite, the file would
    /// have 2 GB or more, or the preprocessing is out of range or of another signal size.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(string path, ClassifierModel model, SignalPreparation? preprocessing = null)
        => Model(model, preprocessing).Save(path);

    /// <summary>Writes a classifier with the encoder below it to a stream.</summary>
    /// <param name="stream">Receives the file; it is not closed.</param>
    /// <param name="model">The classifier; its encoder is a <see cref="TrainableEncoder"/>, or null where it takes signals as they
    /// are.</param>
    /// <param name="preprocessing">How images became signals, or null when they were no images.</param>
    /// <exception cref="ArgumentException">The encoder is another, its codes have another size, a parameter is not finite, the file would
    /// have 2 GB or more, or the preprocessing is out of range or of another signal size.</exception>
    public static void Save(Stream stream, ClassifierModel model, SignalPreparation? preprocessing = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Model(model, preprocessing).Save(stream);
    }

    /// <summary>The graph of an encoder.</summary>
    internal static OnnxGraph Graph(TrainableEncoder encoder)
    {
        var g = new OnnxGraph();
        OnnxValue x = g.Input("x", OnnxGraph.Batch, encoder.SignalSize);
        g.Output("z", OnnxEncoders.Codes(g, x, encoder), OnnxType.Float32, OnnxGraph.Batch, encoder.CodeSize);
        return g;
    }

    /// <summary>The graph of a classifier.</summary>
    internal static OnnxGraph Graph(LinearClassifier classifier, TrainableEncoder? encoder)
    {
        var g = new OnnxGraph();
        OnnxValue x = g.Input("x", OnnxGraph.Batch, encoder?.SignalSize ?? classifier.CodeSize);
        OnnxValue z = encoder is null ? x : OnnxEncoders.Codes(g, x, encoder);
        OnnxValue y = OnnxEncoders.Logits(g, z, classifier);
        g.Output("label", g.ArgMax(y), OnnxType.Int64, OnnxGraph.Batch);
        g.Output("probabilities", g.Softmax(y), OnnxType.Float32, OnnxGraph.Batch, classifier.ClassCount);      // p = softmax(y)
        return g;
    }

    private static OnnxModel Model(TrainableEncoder encoder, SignalPreparation? preprocessing)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new OnnxModel(encoder.Kind, Graph(encoder), Signals(preprocessing), ModelFile.Writer(encoder, preprocessing));
    }

    private static OnnxModel Model(ClassifierModel model, SignalPreparation? preprocessing)
    {
        ArgumentNullException.ThrowIfNull(model);
        (LinearClassifier classifier, ISparseEncoder? encoder) = model;
        ModelWriter description = ClassifierFile.Writer(model, preprocessing);
        if (encoder is not (null or TrainableEncoder))
            Throw.Argument(nameof(encoder),
                $"'encoder' is a {encoder.GetType().Name}; it must be a trainable encoder or nothing, since exact codes are no graph.");
        return new OnnxModel(
            ModelFormat.ClassifierKind, Graph(classifier, encoder as TrainableEncoder), Signals(preprocessing), description);
    }

    private static string Signals(SignalPreparation? preprocessing)
        => $"signals as rows, prepared as for training: {preprocessing?.Description ?? "no images, and so as they were given"}";
}
