using FastSparseCoding.Paper;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

public sealed class ResultTableTests
{
    [Fact]
    public void A_table_that_fits_has_a_line_a_row()
        => Assert.Equal("name   of max\nLISTA    0.25\n", Print(Table("name", "of max"), 80));

    [Fact]
    public void Titles_are_broken_where_their_words_are_wider_than_the_values()
    {
        var table = new ResultTable("name", "relative squared error", "of max");
        table.Add("LISTA", 0.25, 1234.0);
        Assert.Equal("       relative\n        squared    of\nname      error   max\nLISTA      0.25  1234\n", Print(table, 30));
    }

    [Fact]
    public void Columns_that_do_not_fit_follow_below_beside_the_first()
        => Assert.Equal("name    one   two\nLISTA  0.25  0.25\n\nname   three\nLISTA   0.25\n",
            Print(Table("name", "one", "two", "three"), 20));

    private static ResultTable Table(params string[] columns)
    {
        var table = new ResultTable(columns);
        table.Add(["LISTA", .. columns.Skip(1).Select(_ => (object)0.25)]);
        return table;
    }

    private static string Print(ResultTable table, int width)
    {
        using var text = new StringWriter { NewLine = "\n" };
        table.Print(text, width);
        Assert.All(text.ToString().Split('\n'), line => Assert.True(line.Length <= width));
        return text.ToString();
    }
}
