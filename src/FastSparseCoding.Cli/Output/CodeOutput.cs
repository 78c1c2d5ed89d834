using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Codes on their way to a file: compressed sparse rows in an .npz, dense in every other format.</summary>
internal sealed class CodeOutput : IDisposable
{
    private readonly OutputTarget _target;
    private readonly RowsWriter? _dense;
    private readonly CsrNpzWriter? _sparse;

    public CodeOutput(string path, int codeSize, bool sparse, Terminal terminal)
    {
        bool npz = FileEnding.Of(path) == ".npz";
        if (sparse && !npz)
            throw new UserError($"{path}: sparse codes are written as .npz; give a name that ends in .npz.");
        _target = OutputTarget.Of(path, terminal);
        if (npz)
            _sparse = CsrNpzWriter.Create(_target.Target, codeSize);
        else
            _dense = RowsWriter.Create(_target.Target, codeSize, "codes");
    }

    public void Append(Matrix z)
    {
        _dense?.AppendRows(z);
        _sparse?.AppendRows(z);
    }

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
