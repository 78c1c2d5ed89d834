using System.Globalization;
using System.Text.RegularExpressions;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>The sample finds what its mixtures are made of, and the better the more it is told.</summary>
[Collection(nameof(BuildsInTheTree))]
public sealed partial class SpectralUnmixingTests
{
    [Fact]
    public void Signs_sparsity_and_weights_each_bring_the_abundances_closer_to_the_truth()
    {
        string output = SampleRun.Output("SpectralUnmixing");

        double[] errors = [.. ErrorOf().Matches(output).Select(m => double.Parse(m.Groups["error"].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(3, errors.Length);
        Assert.InRange(errors[0], 0.1, 0.2);
        Assert.InRange(errors[1], 0.05, errors[0]);
        Assert.InRange(errors[2], 0.05, 0.8 * errors[0]);
        // Of the first pixel, every material that is there is found to within a twentieth.
        MatchCollection materials = MaterialOf().Matches(output);
        Assert.InRange(materials.Count, 3, 6);
        Assert.All(materials, m => Assert.InRange(
            int.Parse(m.Groups["found"].Value, CultureInfo.InvariantCulture) - int.Parse(
            m.Groups["truth"].Value, CultureInfo.InvariantCulture), -5, 5));
    }

    [GeneratedRegex(@"relative error of the abundances (?<error>0\.\d+), ", RegexOptions.ExplicitCapture)]
    private static partial Regex ErrorOf();

    [GeneratedRegex(@"^\w+ +(?<truth>\d+) % +(?<found>\d+) %$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex MaterialOf();
}
