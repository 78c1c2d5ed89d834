using System.Text;

namespace FastSparseCoding.Paper;

/// <summary>The report as Markdown: the same tables and text as on the page.</summary>
internal static class ReportText
{
    public static string Write(IReadOnlyList<Section> sections, IReadOnlyList<(string Name, string Value)> settings)
    {
        var text = new StringBuilder($"# {ReportPage.Title}\n\n{ReportPage.Introduction}\n\n");
        text.Append(Table(ReportPage.Claims(sections)));
        foreach (Section section in sections)
        {
            text.Append($"\n## {section.Title}\n");
            foreach (Block block in section.Blocks)
                text.Append('\n').Append(Of(block));
        }
        text.Append($"\n## How the verdicts are reached\n\n{ReportPage.RulesIntroduction}\n\n");
        foreach (string rule in ReportPage.RulesOf(sections))
            text.Append($"- {rule}\n");
        text.Append("\n## Settings\n\n");
        foreach ((string name, string value) in settings)
            text.Append($"- {name}: {value}\n");
        return text.ToString();
    }

    private static string Of(Block block) => block switch
    {
        Paragraph p => $"{p.Text}\n",
        Heading h => $"### {h.Text}\n",
        TableBlock t => $"{Table(t.Table)}\n{t.Caption}\n",
        Picture p => $"![{p.Caption}]({p.FileName})\n",
        PictureRow r => $"{string.Join(' ', r.Row.Select(p => $"![{p.Caption}]({p.FileName})"))}\n\n{r.Caption}\n",
        _ => "",
    };

    private static string Table(ResultTable table)
    {
        var text = new StringBuilder();
        text.Append(Row(table.Columns)).Append(Row([.. table.Columns.Select((_, j) => j == 0 ? "---" : "---:")]));
        foreach (object[] row in table.Rows)
            text.Append(Row([.. row.Select(ValueText.Of)]));
        return text.ToString();
    }

    private static string Row(IReadOnlyList<string> cells)
        => $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";
}
