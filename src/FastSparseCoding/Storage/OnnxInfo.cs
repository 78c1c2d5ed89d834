namespace FastSparseCoding.Storage;

/// <summary>What an ONNX file says about itself; its graph is not read.</summary>
/// <param name="IrVersion">Version of the format.</param>
/// <param name="OperatorSets">Versions of the sets of operators, by domain; "" is ONNX's own.</param>
/// <param name="Producer">What wrote it, and of which version; empty where that is not told.</param>
/// <param name="Metadata">Its pairs of text.</param>
internal sealed record OnnxInfo(
    long IrVersion, IReadOnlyDictionary<string, long> OperatorSets, string Producer, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Characters of all metadata together.</summary>
    private const int MostMetadata = 1 << 24;

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no ONNX model, or damaged.</exception>
    public static OnnxInfo Read(InputFile file)
    {
        var model = new ProtoReader(file.Path, new BufferedStream(file.Stream), file.Length);
        long version = 0;
        bool hasGraph = false;
        string producer = "", producerVersion = "";
        var sets = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        int characters = 0;
        while (model.Next())
            switch (model.Field)
            {
                case OnnxModel.Field.ModelIrVersion: version = model.ReadNumber(); break;
                case OnnxModel.Field.ModelProducerName: producer = model.ReadText(); break;
                case OnnxModel.Field.ModelProducerVersion: producerVersion = model.ReadText(); break;
                case OnnxModel.Field.ModelGraph: hasGraph = true; break;
                case OnnxModel.Field.ModelOperatorSet: AddSet(model.ReadMessage(), sets); break;
                case OnnxModel.Field.ModelMetadata:
                    (string key, string value) = ReadPair(model.ReadMessage());
                    if ((characters += key.Length + value.Length) > MostMetadata)
                        Throw.InvalidFile(file.Path, $"has metadata of more than {MostMetadata} characters; no more are read.");
                    if (!metadata.TryAdd(key, value))
                        Throw.InvalidFile(file.Path, $"has two metadata '{key}'; expected one of every name.");
                    break;
            }
        if (version < 1 || !hasGraph)
            Throw.InvalidFile(file.Path, "is no ONNX model: it has no version of the format, or no graph.");
        return new OnnxInfo(version, sets, $"{producer} {producerVersion}".Trim(), metadata);
    }

    private static void AddSet(ProtoReader set, SortedDictionary<string, long> sets)
    {
        string domain = "";
        long version = 0;
        while (set.Next())
            if (set.Field == OnnxModel.Field.OperatorSetDomain)
                domain = set.ReadText();
            else if (set.Field == OnnxModel.Field.OperatorSetVersion)
                version = set.ReadNumber();
        sets[domain] = version;
    }

    private static (string Key, string Value) ReadPair(ProtoReader pair)
    {
        string key = "", value = "";
        while (pair.Next())
            if (pair.Field == OnnxModel.Field.PairKey)
                key = pair.ReadText();
            else if (pair.Field == OnnxModel.Field.PairValue)
                value = pair.ReadText();
        return (key, value);
    }
}
