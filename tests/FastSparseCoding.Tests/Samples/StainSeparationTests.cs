using System.Globalization;
using System.Text.RegularExpressions;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>The sample finds the two dyes of its picture, and writes each alone.</summary>
[Collection(nameof(BuildsInTheTree))]
public sealed partial class StainSeparationTests
{
    [Fact]
    public void Both_dyes_are_found_and_drawn()
    {
        using var folder = new TempFolder();
        string output = SampleRun.Output("StainSeparation", folder);

        MatchCollection dyes = DyeOf().Matches(output);
        Assert.Equal(["haematoxylin", "eosin"], dyes.Select(m => m.Groups["name"].Value));
        Assert.All(dyes, m => Assert.InRange(double.Parse(m.Groups["angle"].Value, CultureInfo.InvariantCulture), 0, 5));
        Assert.All(dyes, m => Assert.InRange(int.Parse(m.Groups["error"].Value, CultureInfo.InvariantCulture), 0, 15));
        Assert.EndsWith("both dyes were found\n", output, StringComparison.Ordinal);
        Assert.Equal(["eosin.png", "haematoxylin.png", "tissue.png"], folder.Names.Order(StringComparer.Ordinal));
        // Light that passes one dye is brighter than light that passes both.
        double all = Mean("tissue.png"), blue = Mean("haematoxylin.png"), pink = Mean("eosin.png");
        Assert.InRange(all, 0.1, Math.Min(blue, pink) - 0.02);

        double Mean(string name)
        {
            float sum = 0;
            GrayImage image = ImageFile.Load(Path.Combine(folder.Path, name));
            foreach (float value in image.Pixels)
                sum += value;
            return sum / image.Pixels.Length;
        }
    }

    [GeneratedRegex(@"^(?<name>\w+): colour (?<angle>[\d.]+)° from the true one, amounts (?<error>\d+) ?% off$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex DyeOf();
}
