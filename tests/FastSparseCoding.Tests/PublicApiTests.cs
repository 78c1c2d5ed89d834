using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests;

/// <summary>What the two packages show to their users: a type becomes public by being put on the list, not by accident.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void Public_types_are_those_of_the_list()
    {
        string[] types = [.. new[] { typeof(Matrix), typeof(GrayImage) }.SelectMany(t => t.Assembly.GetExportedTypes())
            .Select(t => t.FullName!).Order(StringComparer.Ordinal)];

        Assert.Equal(File.ReadAllLines(Path.Combine(Repository.Root, "tests/FastSparseCoding.Tests/PublicTypes.txt")), types);
    }

    [Fact]
    public void The_paper_and_the_command_line_are_no_libraries_for_others()
        => Assert.Empty(new[] { typeof(FastSparseCoding.Paper.Plan), typeof(FastSparseCoding.Cli.UserError) }.SelectMany(
            t => t.Assembly.GetExportedTypes()).Select(t => t.FullName));
}
