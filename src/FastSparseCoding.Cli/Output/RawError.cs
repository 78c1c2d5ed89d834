using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FastSparseCoding.Cli.Output;

/// <summary>Standard error without the console's locks, for the last line of a process.</summary>
internal static class RawError
{
    private const int Descriptor = 2;

    public static void Write(string text)
    {
        try
        {
            using Stream error = OperatingSystem.IsWindows()
                ? Console.OpenStandardError()
                : new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            error.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // It is closed, or full: there is nowhere else to say it.
        }
    }
}
