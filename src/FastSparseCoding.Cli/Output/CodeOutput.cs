using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Codes on their way to a file: compressed sparse rows in an .npz, dense in every other format.</summary>
internal sealed class CodeOutput : IDisposable
{
    private readonly OutputTarget _target;
    private readonly RowsWriter? _dense;
    private readonly CsrNpzWriter? _sparse;

    public CodeOutput(string path, int codeSize, Terminal terminal)
    {
        _target = OutputTarget.Of(path, terminal);
        if (IsSparse(path))
            _sparse = CsrNpzWriter.Create(_target.Target, codeSize);
        else
            _dense = RowsWriter.Create(_target.Target, codeSize, "codes");
    }

    /// <summary>Whether codes are written sparse, as which of the formats only .npz has them.</summary>
    public static bool IsSparse(string path) => FileEnding.Of(path) == ".npz";

    public void Append(Matrix z)
    {
        _dense?.AppendRows(z);
        _sparse?.AppendRows(z);
    }

    /// <summary>Appends codes that are sparse already, for a sparse output.</summary>
    public void Append(SparseCodes codes) => _sparse!.AppendRows(codes);

    public void Complete()
    {
        _dense?.Complete();
        _sparse?.Complete();
        _target.Complete();
    }

    public void Dispose()
    {
        _dense?.Dispose();
        _sparse?.Dispose();
        _target.Dispose();
    }
}
