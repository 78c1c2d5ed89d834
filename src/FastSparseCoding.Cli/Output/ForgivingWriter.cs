using System.Text;

namespace FastSparseCoding.Cli.Output;

/// <summary>
/// Standard error: what cannot be written is dropped, because no result may be lost with a message about it. The file may be closed, a pipe
/// that nobody reads, or on a full disk.
/// </summary>
internal sealed class ForgivingWriter(TextWriter writer) : TextWriter
{
    public override Encoding Encoding => writer.Encoding;

    public override void Write(char value) => Try(() => writer.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => writer.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => writer.Write(value));

    public override void WriteLine(string? value) => Try(() => writer.WriteLine(value));

    public override void Flush() => Try(writer.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Whoever is to read it cannot, and there is nowhere else to say so.
        }
    }
}
