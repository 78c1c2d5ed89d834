using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>An array or a tensor of a file.</summary>
/// <param name="Name">Its name: any text.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Type">The type of its values, in the format's words.</param>
/// <param name="Text">All of it but the name, for people.</param>
internal sealed record ArrayFacts(string Name, IReadOnlyList<long> Shape, string Type, string Text);

/// <summary>What a file holds, as names and values to print: .npy, .npz, models and other safetensors files, .csv and ONNX models; and what
/// others add to them.</summary>
internal sealed class FileDescription
{
    private readonly List<KeyValuePair<string, object>> _facts = [];
    private readonly List<KeyValuePair<string, string>> _metadata = [];
    private readonly List<ArrayFacts> _tensors = [];

    internal FileDescription(string path, string format)
    {
        Path = path;
        Format = format;
    }

    /// <summary>The path as the caller gave it.</summary>
    public string Path { get; }

    /// <summary>"npy", "npz", "model", "safetensors", "csv", "onnx" or "idx".</summary>
    public string Format { get; }

    /// <summary>What was found out about the file, under names of the library, in the order to show them: texts, numbers, and shapes as
    /// arrays of numbers.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Facts => _facts;

    /// <summary>The pairs of text that the file itself holds, in ordinal order of their names. Whoever made the file chose both: they may
    /// be any text.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata => _metadata;

    /// <summary>Names, shapes and types of the arrays in the file, in its order. Names may be any text, and are different.</summary>
    public IReadOnlyList<ArrayFacts> Tensors => _tensors;

    /// <summary>All of it as texts.</summary>
    public IEnumerable<KeyValuePair<string, string>> Texts
        => _facts.Select(fact => KeyValuePair.Create(fact.Key, fact.Value switch
        {
            long[] shape => NpyHeader.FormatShape(shape),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => fact.Value.ToString()!,
        })).Concat(_metadata).Concat(_tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Text)));

    /// <summary>Looks into a file; values are not read, but for what names the kind of a sparse matrix, the checksum and penalty of a
    /// model, and all of a .csv, of which nothing says how much it holds.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of none of the formats.</exception>
    public static FileDescription Read(string path)
    {
        Span<byte> start = stackalloc byte[9];
        using (InputFile file = InputFile.Open(path))
            start = ReadStart(file, start);
        // By content first: a wrong name should not hide what a file is. A damaged beginning leaves only the name.
        string extension = System.IO.Path.GetExtension(path);
        if (NpyHeader.IsNpy(start) || (!LooksLikeZip(start) && Is(extension, ".npy")))
            return OfNpy(path);
        if (LooksLikeZip(start) || Is(extension, ".npz"))
            return OfNpz(path);
        if (Is(extension, ".safetensors") || start.EndsWith("\0{"u8))
            return OfSafeTensors(path);
        if (Is(extension, ".csv"))
            return OfCsv(path);
        if (Is(extension, ".onnx"))
            return OfOnnx(path);
        return Throw.InvalidFile<FileDescription>(
            path, "is of no format known here; expected .npy, .npz, .safetensors, .csv or .onnx.");
    }

    /// <summary>Whether an opened file begins as an archive does.</summary>
    public static bool IsZip(InputFile file) => LooksLikeZip(ReadStart(file, stackalloc byte[4]));

    /// <summary>The ending that an array of this beginning has: what is of none of the other formats is text.</summary>
    public static string EndingOf(InputFile file)
    {
        ReadOnlySpan<byte> start = ReadStart(file, stackalloc byte[9]);
        return NpyHeader.IsNpy(start) ? ".npy" : LooksLikeZip(start) ? ".npz" : start.EndsWith("\0{"u8) ? ".safetensors" : ".csv";
    }

    private static Span<byte> ReadStart(InputFile file, Span<byte> start)
    {
        start = start[..(int)Math.Min(start.Length, file.Length)];
        file.ReadExactly(start, 0);
        file.Stream.Position = 0;
        return start;
    }

    private static bool LooksLikeZip(ReadOnlySpan<byte> start)
        => start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8);

    private static bool Is(string extension, string expected) => string.Equals(extension, expected, StringComparison.OrdinalIgnoreCase);

    private static FileDescription OfNpy(string path)
    {
        using InputFile file = InputFile.Open(path);
        NpyHeader header = NpyHeader.Read(path, file.Stream, file.Length);
        var description = new FileDescription(path, "npy");
        description.Add("shape", header.Shape);
        description.Add("type", header.Type.ToString());
        description.Add("order", header.FortranOrder ? "Fortran" : "C");
        description.Add("bytes", file.Length);
        return description;
    }

    private static FileDescription OfNpz(string path)
    {
        using NpzArchive archive = NpzArchive.Open(path);
        var description = new FileDescription(path, "npz");
        if (Npz.IsCodes(archive))
            description.AddCodes(archive);
        else if (archive.Contains("format") && archive.ReadHeader("format") is { Type.Kind: 'S' or 'U', Count: 1, DataBytes: <= 256 })
            description.Add("format", archive.ReadText("format"));
        foreach (string name in archive.Names)
        {
            NpyHeader header = archive.ReadHeader(name);
            description._tensors.Add(new(
                name, header.Shape, header.Type.ToString(),
                $"{header.ShapeText} {header.Type}{(header.FortranOrder ? " Fortran order" : "")}"));
        }
        return description;
    }

    private static FileDescription OfSafeTensors(string path)
    {
        using (SafeTensorsReader file = SafeTensorsReader.Open(path))
        {
            if (!ModelReader.IsModel(file))
            {
                var plain = new FileDescription(path, "safetensors");
                plain.AddOwn(file.Metadata, file.Tensors);
                return plain;
            }
        }
        using ModelReader model = ModelReader.Open(path);
        var description = new FileDescription(path, "model");
        description.Add(ModelFormat.KindKey, model.Kind);
        if (model.Has(ModelFormat.LambdaKey))
            description.Add("penalty", PenaltyFormat.Read(model).ToString());
        description.AddOwn(model.Metadata.Where(
            pair => pair.Key is not (ModelFormat.KindKey or ModelFormat.FormatKey or ModelFormat.ChecksumKey)), model.Tensors);
        return description;
    }

    private static FileDescription OfCsv(string path)
    {
        using InputFile file = InputFile.Open(path);
        Matrix x = CsvParser.ReadMatrix(file);
        var description = new FileDescription(path, "csv");
        description.Add("rows", x.Rows);
        description.Add("columns", x.Columns);
        description.Add("bytes", file.Length);
        return description;
    }

    private static FileDescription OfOnnx(string path)
    {
        using InputFile file = InputFile.Open(path);
        OnnxInfo info = OnnxInfo.Read(file);
        var description = new FileDescription(path, "onnx");
        description.Add("ir_version", info.IrVersion);
        description.Add("opset", string.Join(", ", info.OperatorSets.Select(set => set.Key.Length == 0
            ? set.Value.ToString(CultureInfo.InvariantCulture) : FormattableString.Invariant($"{set.Key} {set.Value}"))));
        description.Add("producer", info.Producer);
        description.Add("bytes", file.Length);
        description.AddOwn(info.Metadata, []);
        return description;
    }

    private void AddCodes(NpzArchive archive)
    {
        (long rows, long columns) = Npz.ReadShape(archive);
        long nonZeros = archive.ReadHeader("data").Count;
        Add("sparse_format", archive.ReadText("format"));
        Add("rows", rows);
        Add("columns", columns);
        Add("non_zeros", nonZeros);
        if (rows > 0)
            Add("non_zeros_per_row", Math.Round((double)nonZeros / rows, 3));
    }

    private void AddOwn(IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<TensorInfo> tensors)
    {
        _metadata.AddRange(metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        _tensors.AddRange(tensors.Select(t => new ArrayFacts(t.Name, t.Shape, t.Type, $"{t.ShapeText} {t.Type}")));
    }

    internal void Add(string name, object value) => _facts.Add(new(name, value));
}
