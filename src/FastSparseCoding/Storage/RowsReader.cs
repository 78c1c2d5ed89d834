namespace FastSparseCoding.Storage;

/// <summary>
/// Rows of a matrix in a file of the format that its ending names: .npy, of any size; or .npz, .safetensors and .csv, which are held in
/// memory.
/// </summary>
internal sealed class RowsReader : IDisposable
{
    private readonly NpyReader? _npy;
    private readonly Matrix? _held;

    private RowsReader(string path, NpyReader? npy, Matrix? held)
    {
        (Path, _npy, _held) = (path, npy, held);
        (Rows, Columns) = npy is null ? (held!.Rows, held.Columns) : (npy.Rows, npy.Columns);
    }

    /// <summary>The path as the caller gave it.</summary>
    public string Path { get; }

    /// <summary>Number of rows N.</summary>
    public long Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">FILE, or FILE:NAME for one of the arrays of an .npz or .safetensors.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, holds no matrix, or several and none is named.</exception>
    public static RowsReader Open(string path)
    {
        ArrayPath parsed = ArrayPath.Parse(path);
        return parsed.Ending switch
        {
            ".npz" => new RowsReader(path, null, OfNpz(parsed)),
            ".safetensors" => new RowsReader(path, null, OfSafeTensors(parsed)),
            ".csv" => new RowsReader(path, null, CsvParser.ReadMatrix(path)),
            _ => new RowsReader(path, NpyReader.Open(path), null),
        };
    }

    /// <summary>The same for an opened .npy, which it disposes.</summary>
    public static RowsReader OfNpy(InputFile file) => new(file.Path, NpyReader.Open(file), null);

    /// <summary>Reads a file whole.</summary>
    public static Matrix ReadMatrix(string path)
    {
        if (ArrayPath.Parse(path).Ending == ".npy")
            return Npy.ReadMatrix(path);
        using RowsReader reader = Open(path);
        return reader._held ?? Npy.ReadMatrix(path);
    }

    /// <summary>Reads as many rows as <paramref name="x"/> has.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="x">Receives the rows [count×Columns].</param>
    public void Read(long first, MatrixView x)
    {
        if (_npy is not null)
            _npy.Read(first, x);
        else
            _held!.RowRange((int)first, x.Rows).Values.CopyTo(x.Values);
    }

    /// <inheritdoc/>
    public void Dispose() => _npy?.Dispose();

    private static Matrix OfNpz(ArrayPath path) => Npz.ReadMatrix(path.File, path.Name ?? Only(path.File, Npz.Names(path.File), "array"));

    private static Matrix OfSafeTensors(ArrayPath path)
    {
        using SafeTensorsReader file = SafeTensorsReader.Open(path.File);
        if (path.Name is null && ModelReader.IsModel(file))
            Throw.InvalidFile(path.File, "is a model; expected an array (FILE:NAME is one of its tensors).");
        string name = path.Name ?? Only(path.File, [.. file.Tensors.Select(t => t.Name)], "tensor");
        if (file.Find(name) is { } info && (info.Shape.Length is 0 or > 2 || info.Shape.Any(size => size > int.MaxValue)))
            Throw.InvalidFile(path.File, $"its tensor '{name}' has shape {info.ShapeText}; expected one or two dimensions.");
        float[] values = file.Read<float>(name);
        long[] shape = file.Find(name)!.Shape;
        return new Matrix(shape.Length == 1 ? 1 : (int)shape[0], (int)shape[^1], values);
    }

    private static string Only(string path, IReadOnlyList<string> names, string what)
        => names.Count == 1 ? names[0] : Throw.InvalidFile<string>(
            path, names.Count == 0 ? $"holds no {what}; expected one."
                : $"holds {names.Count} {what}s; say which with FILE:NAME, of "
                + $"{string.Join(", ", names.Order(StringComparer.Ordinal).Take(20))}.");
}
