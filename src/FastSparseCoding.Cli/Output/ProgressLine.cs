using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FastSparseCoding.Cli.Output;

/// <summary>
/// A piece of work as one line of text: a bar, its percents, and as much of the description as the terminal is wide. Full and empty differ
/// in their characters, so that the bar is one without colours too.
/// </summary>
internal sealed class ProgressLine(IAnsiConsole console) : ProgressColumn
{
    /// <summary>Characters of the bar.</summary>
    private const int Bar = 16;

    /// <inheritdoc/>
    protected override bool NoWrap => true;

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        => new Text(Of(task.Description, task.Value / task.MaxValue, console.Profile.Width, console.Profile.Capabilities.Unicode));

    /// <summary>The line.</summary>
    /// <param name="description">What is done.</param>
    /// <param name="done">Part that is done, from 0 to 1.</param>
    /// <param name="width">Characters of the terminal, of which the last stays empty.</param>
    /// <param name="unicode">Whether it can show more than ASCII.</param>
    public static string Of(string description, double done, int width, bool unicode)
    {
        (char full, char empty, string cut) = unicode ? ('█', '░', "…") : ('#', '.', "...");
        done = double.IsNaN(done) ? 0 : Math.Clamp(done, 0, 1);
        int filled = (int)(Bar * done);
        string start = string.Create(
            CultureInfo.InvariantCulture,
            $"{new string(full, filled)}{new string(empty, Bar - filled)} {Math.Floor(100 * done),3}%  ");
        int room = Math.Max(0, width - 1 - start.Length);
        return start + (description.Length <= room ? description : description[..Math.Max(0, room - cut.Length)] + cut);
    }
}
