using System.Globalization;
using System.Text.RegularExpressions;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>The sample takes noise out of its picture both ways.</summary>
[Collection(nameof(BuildsInTheTree))]
public sealed partial class DenoiseTests
{
    [Fact]
    public void Both_ways_take_noise_out()
    {
        using var folder = new TempFolder();
        string output = SampleRun.Output("Denoise", folder);

        Dictionary<string, double> decibels = ResultOf().Matches(output).ToDictionary(
            m => m.Groups["name"].Value, m => double.Parse(m.Groups["psnr"].Value, CultureInfo.InvariantCulture));
        Assert.Equal(["noisy", "own dictionary", "trained"], decibels.Keys);
        Assert.InRange(decibels["noisy"], 20, 21);
        Assert.InRange(decibels["own dictionary"], 24.2, 40);
        Assert.InRange(decibels["trained"], decibels["own dictionary"], 40);
        Assert.Equal(["denoised.png", "denoiser.safetensors", "noisy.png"], folder.Names);
        Assert.Equal((320, 240), (ImageFile.Load(folder.File("denoised.png")).Width, ImageFile.Load(folder.File("denoised.png")).Height));
    }

    [GeneratedRegex(@"^(?<name>\w+( \w+)?) +(?<psnr>[\d.]+) dB", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex ResultOf();
}
