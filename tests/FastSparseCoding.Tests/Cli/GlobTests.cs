using FastSparseCoding.Cli;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Patterns in quotes name what a shell would make of them, in one order.</summary>
public sealed class GlobTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public GlobTests()
    {
        foreach (string file in new[] { "a.png", "b.png", "c.jpg", "z[1].png", "sub/a.png", "sub/deep/d.png", "sub/deep/e.jpg",
            "tub/x1.png", "tub/x2.png", ".hidden/h.png", "sub/.h.png" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(file))!);
            File.WriteAllBytes(_folder.File(file), []);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("*.png", "a.png", "b.png", "z[1].png")]
    [InlineData("?.png", "a.png", "b.png")]
    [InlineData("[a-b].png", "a.png", "b.png")]
    [InlineData("[ac].*", "a.png", "c.jpg")]
    [InlineData("[!a].???", "b.png", "c.jpg")]
    [InlineData("[!a-b].???", "c.jpg")]
    [InlineData("*[]]*", "z[1].png")]
    [InlineData("z[[]?].png", "z[1].png")]
    [InlineData("z[1].png", "z[1].png")]
    [InlineData("*", "a.png", "b.png", "c.jpg", "sub", "tub", "z[1].png")]
    [InlineData("[st]ub", "sub", "tub")]
    [InlineData("*/a.png", "sub/a.png")]
    [InlineData("tub/x[0-9].png", "tub/x1.png", "tub/x2.png")]
    [InlineData("tub/x[0-1-].png", "tub/x1.png")]
    [InlineData("**/*.png", "a.png", "b.png", "sub/a.png", "sub/deep/d.png", "tub/x1.png", "tub/x2.png", "z[1].png")]
    [InlineData("**/**/d.png", "sub/deep/d.png")]
    [InlineData("sub/**/*.png", "sub/a.png", "sub/deep/d.png")]
    [InlineData("sub/**", "sub/a.png", "sub/deep/d.png", "sub/deep/e.jpg")]
    [InlineData("**/deep/*", "sub/deep/d.png", "sub/deep/e.jpg")]
    [InlineData("**/deep", null)]
    [InlineData("sub/.*.png", "sub/.h.png")]
    [InlineData(".hid*/*", ".hidden/h.png")]
    [InlineData("*.tif", null)]
    [InlineData("none/*", null)]
    [InlineData("a.png/*", null)]
    [InlineData("[b-a].png", null)]
    public void Files_are_those_of_the_pattern_in_ordinal_order(string pattern, params string[]? expected)
    {
        string path = _folder.File(pattern);
        if (expected is null)
            Assert.Equal($"no file matches '{path}'.", Assert.Throws<UserError>(() => Glob.Expand(path)).Message);
        else
            Assert.Equal(expected.Select(_folder.File), Glob.Expand(path));
    }

    [Theory]
    [InlineData("plain.png")]
    [InlineData("x[.png")]
    [InlineData("x[].png")]
    [InlineData("x[!].png")]
    [InlineData("x[a/b].png")]
    [InlineData("model.safetensors:blocks[0].w*")]
    [InlineData("-")]
    public void What_is_no_pattern_is_left_to_whoever_opens_it(string path) => Assert.Equal([path], Glob.Expand(path));

    [Fact]
    public void Links_to_folders_are_not_followed_down_without_end()
    {
        Directory.CreateSymbolicLink(_folder.File("sub/loop"), _folder.File("sub"));

        Assert.Equal([_folder.File("sub/a.png"), _folder.File("sub/deep/d.png")], Glob.Expand(_folder.File("sub/**/*.png")));
        Assert.Equal([_folder.File("sub/loop/a.png")], Glob.Expand(_folder.File("sub/l*/a.png")));
    }

    [Fact]
    public void Many_stars_take_no_time()
        => Assert.False(new NamePattern(string.Concat(Enumerable.Repeat("*a", 100)) + "b").Matches(new string('a', 200)));
}
