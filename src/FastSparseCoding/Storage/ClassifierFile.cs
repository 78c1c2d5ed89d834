using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Training;

namespace FastSparseCoding.Storage;

/// <summary>A classifier together with what gives the codes it was trained on. Safe to read from several threads at once; whoever trains it
/// on must be alone.</summary>
/// <param name="Classifier">The classifier.</param>
/// <param name="Encoder">A trained encoder, or an exact <see cref="LassoSolver"/>; null when the classifier takes signals as they
/// are.</param>
public sealed record ClassifierModel(LinearClassifier Classifier, ISparseEncoder? Encoder);

/// <summary>
/// Classifiers as model files (see <see cref="ModelFile"/>) of kind "classifier". The encoder, or the dictionary of the exact codes,
/// travels with its own tensors and metadata, so that one file takes signals to labels. Safe to call from several threads at once.
/// </summary>
public static class ClassifierFile
{
    private const string NoCodes = "none";

    /// <summary>Writes a classifier. A file appears whole or not at all.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="model">The classifier; its encoder may be a <see cref="TrainableEncoder"/>, an <see cref="ActiveSetSolver"/>, or
    /// null.</param>
    /// <param name="preprocessing">How images became signals, or null when they were no images.</param>
    /// <exception cref="ArgumentException">The encoder is another, its codes have another size, a parameter is not finite, or the
    /// preprocessing is of another signal size.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(FileTarget file, ClassifierModel model, SignalPreparation? preprocessing = null)
    {
        ModelWriter writer = Writer(model, preprocessing);
        if (model.Encoder is TrainableEncoder trained)
            ModelFile.AddParameters(writer, ModelFormat.ParameterPrefix, trained.Parameters);
        ModelFile.AddParameters(writer, ModelFormat.ClassifierPrefix, model.Classifier.Parameters);
        writer.Save(file);
    }

    /// <summary>Reads a classifier.</summary>
    /// <param name="file">A file written by <see cref="Save"/>.</param>
    /// <returns>The classifier and its encoder.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no classifier, damaged, or of a newer version.</exception>
    /// <example><code>
    /// (LinearClassifier classifier, ISparseEncoder? itsEncoder) = ClassifierFile.Load("digits.safetensors");
    /// </code></example>
    public static ClassifierModel Load(FileSource file)
    {
        using ModelReader reader = ModelReader.Open(file);
        reader.RequireKind("a classifier", ModelFormat.ClassifierKind);
        int classes = reader.Number(ModelFormat.ClassesKey, 2, LinearClassifier.MaxClasses),
            codeSize = reader.Number(ModelFormat.CodeSizeKey, 1, int.MaxValue);
        foreach (ParameterWindow window in reader.Build("classifier", () => LinearClassifier.Layout(codeSize, classes)))
            reader.RequireMatrix(ModelFormat.ClassifierPrefix + window.Name, window.Rows, window.Columns);
        var classifier = new LinearClassifier(codeSize, classes);
        ModelFile.ReadParameters(reader, ModelFormat.ClassifierPrefix, classifier.Parameters);
        ISparseEncoder? encoder = Encoder(reader);
        if (encoder is not null && encoder.CodeSize != codeSize)
            Throw.InvalidFile(reader.Path, $"its codes have {encoder.CodeSize} values; its classifier takes {codeSize}.");
        return new ClassifierModel(classifier, encoder);
    }

    /// <summary>The file of a classifier, without its parameters.</summary>
    internal static ModelWriter Writer(ClassifierModel model, SignalPreparation? preprocessing)
    {
        ArgumentNullException.ThrowIfNull(model);
        (LinearClassifier classifier, ISparseEncoder? encoder) = model;
        ArgumentNullException.ThrowIfNull(classifier);
        if (encoder is not null)
            Throw.IfLengthNot(encoder.CodeSize, classifier.CodeSize, "encoder.CodeSize");
        ModelWriter writer = encoder switch
        {
            null => OfSignals(classifier, preprocessing),
            TrainableEncoder e => ModelFile.Writer(
                ModelFormat.ClassifierKind, e.Penalty, e.Depth, e.SignalSize, e.CodeSize, e.Dictionary, preprocessing),
            ActiveSetSolver s => ModelFile.Writer(
                ModelFormat.ClassifierKind, s.Penalty, depth: 0, s.SignalSize, s.CodeSize, s.Dictionary, preprocessing),
            _ => Throw.Argument<ModelWriter>(
                nameof(encoder),
                $"'encoder' is a {encoder.GetType().Name}; it must be a trainable encoder, an active-set solver or nothing."),
        };
        writer.Set(ModelFormat.CodesOfKey, encoder is null ? NoCodes : (encoder as TrainableEncoder)?.Kind ?? ModelFormat.DictionaryKind);
        writer.Set(ModelFormat.ClassesKey, classifier.ClassCount);
        return writer;
    }

    private static ModelWriter OfSignals(LinearClassifier classifier, SignalPreparation? preprocessing)
    {
        var writer = new ModelWriter(ModelFormat.ClassifierKind);
        writer.Set(ModelFormat.CodeSizeKey, classifier.CodeSize);
        preprocessing?.WriteTo(writer, classifier.CodeSize);
        return writer;
    }

    private static ISparseEncoder? Encoder(ModelReader reader)
    {
        string kind = reader.Text(ModelFormat.CodesOfKey);
        if (kind == NoCodes)
            return null;
        if (kind == ModelFormat.DictionaryKind)
        {
            ModelInfo exact = ModelFile.Info(reader, kind);
            AtomDictionary dictionary = ModelFile.Dictionary(reader, exact)
                ?? Throw.InvalidFile<AtomDictionary>(reader.Path, $"its metadata has no '{ModelFormat.DictionaryHashKey}'.");
            return new ActiveSetSolver(dictionary, exact.Penalty);
        }
        if (!EncoderFactory.Kinds.Contains(kind))
            Throw.InvalidFile(reader.Path,
                $"its metadata has {ModelFormat.CodesOfKey} '{kind}'; expected one of "
                + $"{string.Join(", ", [NoCodes, ModelFormat.DictionaryKind, .. EncoderFactory.Kinds])}.");
        return ModelFile.Encoder(reader, ModelFile.Info(reader, kind));
    }
}
