using System.Reflection;
using FastSparseCoding.Imaging;
using FastSparseCoding.Mpi;
using FastSparseCoding.Tests.Support;
using PublicApiGenerator;
using Xunit;

namespace FastSparseCoding.Tests.PublicApi;

/// <summary>What the packages show to their users: a member becomes public by being put into the text, not by accident.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["System.Runtime.CompilerServices.AsyncIteratorStateMachineAttribute"],
    };

    [Theory]
    [InlineData(typeof(Matrix))]
    [InlineData(typeof(GrayImage))]
    [InlineData(typeof(MpiRanks))]
    public void What_a_package_shows_is_what_its_text_says(Type shown)
    {
        Assembly package = shown.Assembly;
        string name = package.GetName().Name + ".txt";
        string pinned = Path.Combine(Repository.Root, "tests", "FastSparseCoding.Tests", "PublicApi", name);
        string text = File.Exists(pinned) ? File.ReadAllText(pinned).ReplaceLineEndings("\n") : "";
        string api = package.GeneratePublicApi(Options).ReplaceLineEndings("\n").Trim() + "\n";
        if (api == text)
            return;

        string actual = Path.Combine(AppContext.BaseDirectory, name);
        File.WriteAllText(actual, api);
        Assert.Fail($"""
            {package.GetName().Name} does not show what its text says.
            {Lines("gone", text, api)}
            {Lines("new", api, text)}
            If that is meant: cp "{actual}" "{pinned}"
            """);
    }

    [Fact]
    public void The_paper_and_the_command_line_are_no_libraries_for_others()
        => Assert.Empty(new[] { typeof(FastSparseCoding.Paper.Plan), typeof(FastSparseCoding.Cli.UserError) }.SelectMany(
            t => t.Assembly.GetExportedTypes()).Select(t => t.FullName));

    private static string Lines(string what, string of, string without)
        => string.Join('\n', of.Split('\n').Except(without.Split('\n'), StringComparer.Ordinal).Select(l => $"{what}: {l.Trim()}"));
}
