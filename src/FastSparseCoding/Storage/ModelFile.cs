using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Storage;

/// <summary>
/// Dictionaries and encoders as safetensors files that any tool can open, with a format version, the penalty, the preprocessing, the
/// dictionary's fingerprint and a checksum. A file appears whole or not at all. Safe to call from several threads at once.
/// </summary>
public static class ModelFile
{
    /// <summary>Writes a dictionary.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="penalty">What codes paid for not being zero when it was learned; a number λ stands for λ‖z‖₁.</param>
    /// <param name="preprocessing">How images became signals, or null when they were no images.</param>
    /// <exception cref="ArgumentException">The weights are not those of its atoms, or the preprocessing is out of range or of another
    /// signal size.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    public static void Save(FileTarget file, AtomDictionary dictionary, Penalty penalty, SignalPreparation? preprocessing = null)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(penalty);
        Writer(ModelFormat.DictionaryKind, penalty.For(dictionary), depth: 0, dictionary.SignalSize, dictionary.AtomCount, dictionary,
            preprocessing).Save(file);
    }

    /// <summary>Writes an encoder, together with the dictionary whose codes it predicts, so that the file can be evaluated alone.</summary>
    /// <param name="file">The target; its folder must exist.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="preprocessing">How images became signals, or null when they were no images.</param>
    /// <exception cref="ArgumentException">A parameter is not finite, or the preprocessing is out of range or of another signal
    /// size.</exception>
    /// <exception cref="IOException">The target cannot be written, or the disk is full.</exception>
    /// <example><code>
    /// ModelFile.Save("lista.safetensors", ListaEncoder.FromDictionary(dictionary, lambda: 0.5f, depth: 3));
    /// </code></example>
    public static void Save(FileTarget file, TrainableEncoder encoder, SignalPreparation? preprocessing = null)
        => Save(file, encoder, preprocessing, trainedOn: []);

    /// <summary>Writes an encoder with fingerprints of what it was trained on.</summary>
    internal static void Save(FileTarget file, TrainableEncoder encoder, SignalPreparation? preprocessing, ReadOnlySpan<long> trainedOn)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ModelWriter writer = Writer(encoder, preprocessing);
        AddParameters(writer, ModelFormat.ParameterPrefix, encoder.Parameters);
        AddTrainedOn(writer, trainedOn);
        writer.Save(file);
    }

    internal static void AddTrainedOn(ModelWriter writer, ReadOnlySpan<long> trainedOn)
    {
        if (!trainedOn.IsEmpty)
            writer.Add(ModelFormat.TrainedOnTensor, trainedOn);
    }

    /// <summary>The fingerprints of what an encoder or a denoiser was trained on; none where its file has none.</summary>
    internal static long[] ReadTrainedOn(string path)
    {
        using ModelReader reader = ModelReader.Open(path);
        return reader.HasTensor(ModelFormat.TrainedOnTensor) ? reader.Values<long>(ModelFormat.TrainedOnTensor) : [];
    }

    /// <summary>What a model file says about itself, without its values.</summary>
    /// <param name="file">A model file.</param>
    /// <returns>The description.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no model, damaged, or of a newer version.</exception>
    public static ModelInfo ReadInfo(FileSource file)
    {
        using ModelReader reader = ModelReader.Open(file);
        return Info(reader);
    }

    /// <summary>Reads a dictionary, also the one that an encoder's file carries.</summary>
    /// <param name="file">A model file.</param>
    /// <returns>The dictionary.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no model, damaged, of a newer version, or an encoder that was made without a
    /// dictionary.</exception>
    public static AtomDictionary LoadDictionary(FileSource file)
    {
        using ModelReader reader = ModelReader.Open(file);
        ModelInfo info = Info(reader);
        return RequiredDictionary(reader, info);
    }

    /// <summary>Reads an encoder.</summary>
    /// <param name="file">A model file.</param>
    /// <param name="expected">The dictionary that the encoder must have been trained for, or null to take any.</param>
    /// <returns>The encoder.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no encoder, damaged, of a newer version, or of another dictionary.</exception>
    public static TrainableEncoder LoadEncoder(FileSource file, AtomDictionary? expected = null)
    {
        using ModelReader reader = ModelReader.Open(file);
        reader.RequireKind("an encoder", [.. EncoderFactory.Kinds]);
        ModelInfo info = Info(reader);
        if (expected is not null && expected.Hash != info.DictionaryHash)
            Throw.InvalidFile(
                reader.Path,
                $"was trained for the dictionary {info.DictionaryHash ?? "(none)"}; expected one trained for {expected.Hash}.");
        return Encoder(reader, info);
    }

    /// <summary>Reads whatever encodes signals: an encoder, or for a dictionary the exact active-set solver with its penalty.</summary>
    /// <param name="file">A model file.</param>
    /// <returns>The encoder.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no dictionary and no encoder, damaged, or of a newer version.</exception>
    /// <example><code>
    /// ISparseEncoder fromPath = ModelFile.Load("lista.safetensors");
    /// using Stream resource = typeof(Matrix).Assembly.GetManifestResourceStream("lista.safetensors")!;
    /// ISparseEncoder fromResource = ModelFile.Load(resource);
    /// </code></example>
    public static ISparseEncoder Load(FileSource file)
    {
        using ModelReader reader = ModelReader.Open(file);
        ModelInfo info = Info(reader);
        return info.IsDictionary ? new ActiveSetSolver(RequiredDictionary(reader, info), info.Penalty) : Encoder(reader, info);
    }

    /// <summary>Adds every window of a slab as a tensor.</summary>
    internal static void AddParameters(ModelWriter writer, string prefix, ParameterSlab parameters)
    {
        foreach (ParameterWindow window in parameters.Windows)
        {
            Throw.IfNotFinite(parameters.View(window), window.Name);
            writer.Add(prefix + window.Name, parameters.View(window));
        }
    }

    /// <summary>Fills every window of a slab.</summary>
    internal static void ReadParameters(ModelReader reader, string prefix, ParameterSlab parameters)
    {
        foreach (ParameterWindow window in parameters.Windows)
        {
            Matrix values = reader.Matrix(prefix + window.Name, window.Rows, window.Columns);
            reader.Build($"parameter '{window.Name}'", () => { Throw.IfNotFinite(values, window.Name); return values; })
                .Values.CopyTo(parameters.View(window).Values);
        }
    }

    /// <summary>The encoder that a file holds.</summary>
    internal static TrainableEncoder Encoder(ModelReader reader, ModelInfo info)
    {
        foreach (ParameterWindow window in reader.Build("encoder",
            () => EncoderFactory.Layout(info.Kind, info.SignalSize, info.CodeSize, info.Depth)))
            reader.RequireMatrix(ModelFormat.ParameterPrefix + window.Name, window.Rows, window.Columns);
        TrainableEncoder encoder =
            reader.Build("encoder", ()
            => EncoderFactory.CreateEmpty(info.Kind, info.SignalSize, info.CodeSize, info.Depth, info.Penalty, Dictionary(reader, info)));
        ReadParameters(reader, ModelFormat.ParameterPrefix, encoder.Parameters);
        encoder.Refresh();
        return encoder;
    }

    /// <summary>The file of an encoder, without its parameters.</summary>
    internal static ModelWriter Writer(TrainableEncoder encoder, SignalPreparation? preprocessing)
        => Writer(encoder.Kind, encoder.Penalty, encoder.Depth, encoder.SignalSize, encoder.CodeSize, encoder.Dictionary, preprocessing);

    internal static ModelWriter Writer(
        string kind, Penalty penalty, int depth, int signalSize, int codeSize, AtomDictionary? dictionary, SignalPreparation? preprocessing)
    {
        var writer = new ModelWriter(kind);
        PenaltyFormat.Write(writer, penalty);
        writer.Set(ModelFormat.DepthKey, depth);
        writer.Set(ModelFormat.SignalSizeKey, signalSize);
        writer.Set(ModelFormat.CodeSizeKey, codeSize);
        if (dictionary is not null)
        {
            writer.Set(ModelFormat.DictionaryHashKey, dictionary.Hash);
            writer.Add(ModelFormat.AtomsTensor, dictionary.Atoms);
        }
        preprocessing?.WriteTo(writer, signalSize);
        return writer;
    }

    /// <summary>What the metadata say of the dictionary, or of the encoder of that kind, in the file.</summary>
    internal static ModelInfo Info(ModelReader reader, string kind)
    {
        return new ModelInfo(
            kind,
            reader.FormatVersion,
            PenaltyFormat.Read(reader),
            reader.Number(ModelFormat.DepthKey, 0, int.MaxValue),
            reader.Number(ModelFormat.SignalSizeKey, 1, int.MaxValue),
            reader.Number(ModelFormat.CodeSizeKey, 1, int.MaxValue),
            reader.Has(ModelFormat.DictionaryHashKey) ? reader.Text(ModelFormat.DictionaryHashKey) : null);
    }

    private static ModelInfo Info(ModelReader reader)
    {
        reader.RequireKind("a dictionary or an encoder", [ModelFormat.DictionaryKind, .. EncoderFactory.Kinds]);
        return Info(reader, reader.Kind);
    }

    private static AtomDictionary RequiredDictionary(ModelReader reader, ModelInfo info)
        => Dictionary(reader, info) ?? Throw.InvalidFile<AtomDictionary>(
            reader.Path, $"holds a '{info.Kind}' encoder without its dictionary; expected a dictionary.");

    internal static AtomDictionary? Dictionary(ModelReader reader, ModelInfo info)
    {
        if (info.DictionaryHash is null)
            return null;
        Matrix atoms = reader.Matrix(ModelFormat.AtomsTensor, info.CodeSize, info.SignalSize);
        AtomDictionary dictionary = reader.Build("dictionary", () => new AtomDictionary(atoms));
        if (dictionary.Hash != info.DictionaryHash)
            Throw.InvalidFile(reader.Path, $"its atoms have the fingerprint {dictionary.Hash}; its metadata says {info.DictionaryHash}.");
        return dictionary;
    }
}
