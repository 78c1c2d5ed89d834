namespace FastSparseCoding.Storage;

/// <summary>
/// Rows of a matrix in a file of the format that its ending names, or of a stream in the one that its beginning tells: .npy, of any size;
/// or .npz, .safetensors and .csv, which are held in memory.
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
    /// <param name="source">FILE, or FILE:NAME for one of the arrays of an .npz or .safetensors; a stream or bytes.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, holds no matrix, or several and none is named.</exception>
    public static RowsReader Open(FileSource source) => Of(ArrayFile.Open(source));

    /// <summary>The same for an opened file, which it disposes.</summary>
    public static RowsReader Of(ArrayFile array)
    {
        if (array.Ending is not (".npz" or ".safetensors" or ".csv"))
            return new RowsReader(array.Path, NpyReader.Open(array.File), null);
        using InputFile file = array.File;
        return new RowsReader(array.Path, null, array.Ending switch
        {
            ".npz" => OfNpz(file, array.Name),
            ".csv" => CsvParser.ReadMatrix(file),
            _ => OfSafeTensors(file, array.Name),
        });
    }

    /// <summary>Reads a file whole.</summary>
    public static Matrix ReadMatrix(FileSource source)
    {
        using RowsReader reader = Open(source);
        return reader._held ?? Npy.ReadMatrix(reader._npy!);
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

    private static Matrix OfNpz(InputFile file, string? name)
    {
        using NpzArchive archive = NpzArchive.Open(file);
        return Npz.ReadMatrix(archive, name ?? Only(file.Path, [.. archive.Names], "array"));
    }

    private static Matrix OfSafeTensors(InputFile opened, string? given)
    {
        using SafeTensorsReader file = SafeTensorsReader.Open(opened);
        if (given is null && ModelReader.IsModel(file))
            Throw.InvalidFile(file.Path, "is a model; expected an array (FILE:NAME is one of its tensors).");
        string name = given ?? Only(file.Path, [.. file.Tensors.Select(t => t.Name)], "tensor");
        if (file.Find(name) is { } info && (info.Shape.Length is 0 or > 2 || info.Shape.Any(size => size > int.MaxValue)))
            Throw.InvalidFile(file.Path, $"its tensor '{name}' has shape {info.ShapeText}; expected one or two dimensions.");
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
