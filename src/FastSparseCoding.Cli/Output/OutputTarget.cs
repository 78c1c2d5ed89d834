using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Where an output goes: its file, or standard output, which gets all bytes when all is done, so that it too is whole or
/// nothing.</summary>
internal sealed class OutputTarget : IDisposable
{
    private readonly Terminal _terminal;
    private readonly HeldBytes? _held;

    private OutputTarget(FileTarget target, HeldBytes? held, Terminal terminal) => (Target, _held, _terminal) = (target, held, terminal);

    /// <summary>What to write to.</summary>
    public FileTarget Target { get; }

    /// <summary>The target that a path names.</summary>
    /// <param name="path">A file, or '-'.</param>
    /// <param name="terminal">Has the standard output.</param>
    public static OutputTarget Of(string path, Terminal terminal)
    {
        if (path != StandardStream.Name)
            return new OutputTarget(path, null, terminal);
        var held = new HeldBytes();
        return new OutputTarget(new FileTarget(held, StandardStream.Output), held, terminal);
    }

    /// <summary>Hands the bytes to standard output, where that is the target.</summary>
    public void Complete()
    {
        if (_held is null)
            return;
        try
        {
            using Stream output = _terminal.OpenOutput();
            _held.WriteTo(output);
            output.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"the result cannot be written to {StandardStream.Output}: {e.Message}");
        }
    }

    public void Dispose() => _held?.Dispose();
}
