namespace FastSparseCoding.Cli;

/// <summary>Where a run writes.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="IsInteractive">Whether <paramref name="Error"/> is a terminal that can redraw a progress bar.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive);
