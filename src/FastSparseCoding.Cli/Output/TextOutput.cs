using System.Text;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>Text that is an output: a file, whole or not at all, or standard output.</summary>
internal static class TextOutput
{
    public static void Write(string path, string text, Terminal terminal)
    {
        using OutputTarget target = OutputTarget.Of(path, FileEnding.Of(path), terminal);
        AtomicFile.Write(target.Path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        target.Complete();
    }
}
