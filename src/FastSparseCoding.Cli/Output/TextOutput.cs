using System.Text;

namespace FastSparseCoding.Cli.Output;

/// <summary>Text that is an output: a file, whole or not at all, or standard output.</summary>
internal static class TextOutput
{
    public static void Write(string path, string text, Terminal terminal)
    {
        using OutputTarget output = OutputTarget.Of(path, terminal);
        output.Target.Write(stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        output.Complete();
    }
}
