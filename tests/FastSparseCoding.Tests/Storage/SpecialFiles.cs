using System.Diagnostics;
using System.Net.Sockets;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>What a path may name besides files and folders.</summary>
internal static class SpecialFiles
{
    /// <summary>A named pipe, which blocks whoever opens it until somebody opens its other end.</summary>
    public static string Pipe(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no named pipes in folders.");
        using Process make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
        return path;
    }

    /// <summary>A socket; disposing the result closes it, its name stays.</summary>
    public static Socket Socket(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows tells sockets otherwise.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }
}
