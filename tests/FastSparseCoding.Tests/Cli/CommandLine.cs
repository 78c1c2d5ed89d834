using FastSparseCoding.Cli;
using FastSparseCoding.Tests.Ranks;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>What a command line printed and returned.</summary>
internal sealed record Outcome(int ExitCode, string Out, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs command lines in this process.</summary>
internal static class CommandLine
{
    public static Outcome Run(params string[] args) => Run(TestContext.Current.CancellationToken, args);

    public static Outcome Run(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = App.Run(args, new Terminal(output, error, IsInteractive: false), cancellation);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line in ranks that are threads; what the first of them printed and returned.</summary>
    public static Outcome RunRanks(int size, params string[] args) => ThreadRanks.Run(size, ranks =>
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        Terminal terminal = ranks.Rank == 0 ? new Terminal(output, error, IsInteractive: false)
            : new Terminal(TextWriter.Null, TextWriter.Null, IsInteractive: false);
        int code = App.Run([.. args, SharedRun.Option], terminal, ranks, TestContext.Current.CancellationToken);
        return new Outcome(code, output.ToString(), error.ToString());
    })[0];

    /// <summary>Runs a command line in an environment of a few variables.</summary>
    public static Outcome RunIn(IReadOnlyDictionary<string, string> variables, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error, IsInteractive: false) { Variable = name => variables.GetValueOrDefault(name) };
        int code = App.Run(args, terminal, TestContext.Current.CancellationToken);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command with bytes as its standard input; what it wrote to standard output, as bytes too.</summary>
    public static (Outcome Outcome, byte[] Output) Pipe(byte[] input, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var bytes = new MemoryStream();
        var terminal = new Terminal(output, error, IsInteractive: false)
        {
            OpenInput = () => new MemoryStream(input),
            OpenOutput = () => bytes,
        };
        int code = App.Run(args, terminal, TestContext.Current.CancellationToken);
        return (new Outcome(code, output.ToString(), error.ToString()), bytes.ToArray());
    }

    /// <summary>Runs a command and stops it as soon as a file exists.</summary>
    public static Outcome RunUntilExists(string path, params string[] args)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bool done = false;
        // A thread of its own, and joined: a timer may wait for a busy pool until the work is over, or fire once more when all is disposed.
        var watcher = new Thread(() =>
        {
            while (!Volatile.Read(ref done) && !File.Exists(path))
                Thread.Sleep(1);
            stop.Cancel();
        });
        watcher.Start();
        try
        {
            return Run(stop.Token, args);
        }
        finally
        {
            Volatile.Write(ref done, true);
            watcher.Join();
        }
    }

    /// <summary>Runs what must succeed.</summary>
    public static Outcome Succeed(params string[] args)
    {
        Outcome outcome = Run(args);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    /// <summary>Runs what must be refused with exactly one line.</summary>
    public static void Refuse(string message, params string[] args)
    {
        Outcome outcome = Run([.. args, "--quiet"]);
        Assert.Equal($"error: {message}\n", outcome.Error);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Out);
    }
}
