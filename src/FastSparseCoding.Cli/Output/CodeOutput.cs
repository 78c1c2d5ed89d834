using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Codes on their way to a file: dense .npy, or compressed sparse rows in an .npz.</summary>
internal sealed class CodeOutput : IDisposable
{
    private readonly NpyWriter? _dense;
    private readonly CsrNpzWriter? _sparse;

    public CodeOutput(string path, int codeSize, bool sparse)
    {
        bool npz = string.Equals(Path.GetExtension(path), ".npz", StringComparison.OrdinalIgnoreCase);
        if (sparse && !npz)
            throw new UserError($"{path}: sparse codes are written as .npz; give a name that ends in .npz.");
        if (npz)
            _sparse = CsrNpzWriter.Create(path, codeSize);
        else
            _dense = NpyWriter.Create(path, codeSize);
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
    }

    public void Dispose()
    {
        _dense?.Dispose();
        _sparse?.Dispose();
    }
}
