using System.Runtime.InteropServices;

namespace FastSparseCoding.Storage;

/// <summary>A temporary file beside a target, or memory where the target is a stream: written to the end, then read from the front once;
/// gone when disposed.</summary>
internal sealed class Spool : IDisposable
{
    private const int CopyBytes = 1 << 18;

    private readonly Stream _file;
    private readonly string? _temporary;
    private readonly OutputStream _output;
    private bool _reading;

    public Spool(FileTarget target, Func<string, Stream>? open)
    {
        (_file, _temporary) = target.IsStream ? (new MemoryStream(), null) : AtomicFile.OpenBeside(target.Name, open);
        _output = new OutputStream(_file, target.Name);
    }

    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
        => _output.WriteValues(values);

    /// <summary>Reads the next values; the first call ends the writing.</summary>
    public void Read<T>(Span<T> values)
        where T : unmanaged
    {
        Rewind();
        _file.ReadExactly(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Copies everything; ends the writing.</summary>
    public void CopyTo(Stream target)
    {
        Rewind();
        _file.CopyTo(target, CopyBytes);
    }

    public void Dispose()
    {
        _output.Abandon();
        _file.Dispose();
        if (_temporary is not null)
            PartialFiles.OfProcess.Delete(_temporary);
    }

    private void Rewind()
    {
        if (_reading)
            return;
        _reading = true;
        _output.Position = 0;
    }
}
