using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>
/// Rows of float32 on their way to a file of the format that its ending names: .npy, .csv, or as one array .npz or .safetensors; to a
/// stream as .npy. Their number need not be known ahead. The file appears on <see cref="Complete"/>, whole, or not at all.
/// </summary>
internal sealed class RowsWriter : IDisposable
{
    private const int MostNumberBytes = 32;

    private readonly string _ending, _name;
    private readonly NpyWriter? _npy;
    private readonly IOutputFile? _file;
    private readonly Spool? _spool;
    private readonly int _columns;
    private long _rows;

    private RowsWriter(FileTarget target, int columns, string name)
    {
        (_ending, _columns, _name) = (target.IsStream ? ".npy" : ArrayPath.Parse(target.Name).Ending, columns, name);
        if (_ending is not (".npz" or ".safetensors" or ".csv"))
        {
            _npy = NpyWriter.Create(target, columns);
            return;
        }
        _file = target.Create();
        if (_ending != ".csv")
            _spool = new Spool(target, open: null);
    }

    /// <summary>Begins a file.</summary>
    /// <param name="target">The target; its folder must exist, or the stream seek.</param>
    /// <param name="columns">Values in a row.</param>
    /// <param name="name">Name of the array where the format has names.</param>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public static RowsWriter Create(FileTarget target, int columns, string name) => new(target, columns, name);

    /// <summary>Writes a whole matrix.</summary>
    public static void Write(string path, ReadOnlyMatrixView x, string name)
    {
        using RowsWriter writer = Create(path, x.Columns, name);
        writer.AppendRows(x);
        writer.Complete();
    }

    /// <summary>Appends rows [count×columns].</summary>
    public void AppendRows(ReadOnlyMatrixView x)
    {
        Throw.IfColumnsNot(x.Columns, _columns, nameof(x));
        _npy?.AppendRows(x);
        _spool?.Write(x.Values);
        if (_npy is null && _spool is null)
            for (int i = 0; i < x.Rows; i++)
                WriteLine(x.Row(i));
        _rows += x.Rows;
    }

    /// <summary>Puts the file in its place.</summary>
    public void Complete()
    {
        _npy?.Complete();
        if (_ending == ".npz")
            using (var npz = new NpzOutput(_file!.Stream))
                npz.Add(_name, ElementType.Float32, [_rows, _columns], _spool!.CopyTo);
        else if (_ending == ".safetensors")
        {
            SafeTensorsWriter.WriteHeader(
                _file!.Stream, [], [new TensorInfo(_name, SafeTensors.Float32, [_rows, _columns], 0, _rows * _columns * sizeof(float))]);
            _spool!.CopyTo(_file.Stream);
        }
        _file?.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _npy?.Dispose();
        _spool?.Dispose();
        _file?.Dispose();
    }

    private void WriteLine(ReadOnlySpan<float> row)
    {
        Span<byte> text = stackalloc byte[MostNumberBytes + 1];
        for (int j = 0; j < row.Length; j++)
        {
            row[j].TryFormat(text, out int length, provider: CultureInfo.InvariantCulture);
            text[length++] = j + 1 < row.Length ? (byte)',' : (byte)'\n';
            _file!.Stream.Write(text[..length]);
        }
    }
}
