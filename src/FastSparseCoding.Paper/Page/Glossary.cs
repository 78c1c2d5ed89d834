using System.Text.RegularExpressions;

namespace FastSparseCoding.Paper;

/// <summary>The words of docs/glossary.md, the one place where they are written.</summary>
internal static partial class Glossary
{
    /// <summary>Word, symbol and meaning of every row.</summary>
    public static IReadOnlyList<(string Word, string Symbol, string Meaning)> Read() => Read(Resource.Text("glossary.md"));

    // The first two rows are the columns' titles and the line under them; "\|" is a bar within a cell.
    private static (string Word, string Symbol, string Meaning)[] Read(string markdown)
        => [.. markdown.Split('\n').Where(line => line.StartsWith('|')).Skip(2)
            .Select(line => Bar().Split(line.Trim()).Select(cell => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal)).ToArray())
            .Select(cells => (cells[1], cells[2], cells[3]))];

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
