using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli;

/// <summary>Where a run writes.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="IsInteractive">Whether <paramref name="Error"/> is a terminal that can redraw a progress bar.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive)
{
    private int _interrupted;

    /// <summary>Opens standard input for bytes.</summary>
    public Func<Stream> OpenInput { get; init; } = StandardStream.OpenInput;

    /// <summary>Opens standard output for bytes.</summary>
    public Func<Stream> OpenOutput { get; init; } = StandardStream.OpenOutput;

    /// <summary>The variables of the environment.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Whether nobody has said yet that the run was interrupted; whoever asks first is to say it.</summary>
    public bool IsFirstToTellInterrupted() => Interlocked.Exchange(ref _interrupted, 1) == 0;

    /// <summary>Writes one line above whatever is drawn at the moment; null where nothing is.</summary>
    public Action<string>? WriteAbove { get; set; }

    /// <summary>Writes one line of whatever text to <see cref="Error"/>: all messages leave by this door.</summary>
    public void Tell(string text) => (WriteAbove ?? Error.WriteLine)(Printable.Line(text));

    /// <summary>The same below whatever stands in the line already, such as the ^C that a terminal shows.</summary>
    public void TellOnLineOfItsOwn(string text)
    {
        if (IsInteractive)
            Error.WriteLine();
        Tell(text);
    }
}
