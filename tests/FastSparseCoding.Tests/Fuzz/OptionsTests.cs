using FastSparseCoding.Fuzz;
using Xunit;

namespace FastSparseCoding.Tests.Fuzz;

public sealed class OptionsTests
{
    [Fact]
    public void What_is_not_given_is_a_campaign_of_20000_inputs_of_every_format()
    {
        Options options = Options.Parse([]);

        Assert.Equal((20_000, 1, null, null), (options.Inputs, options.Seed, options.Keep, options.Stdin));
        Assert.Empty(options.Formats);
    }

    [Fact]
    public void All_can_be_given()
    {
        Options options = Options.Parse(
            ["--inputs", "1000000", "--seed", "7", "--formats", "png,jpeg", "--threads", "2", "--keep", "here", "--stdin", "npy"]);

        Assert.Equal((1_000_000, 7, 2, "here", "npy"), (options.Inputs, options.Seed, options.Threads, options.Keep, options.Stdin));
        Assert.Equal(["png", "jpeg"], options.Formats);
    }

    [Theory]
    [InlineData("'--inputs' is '0'; it must be a number from 1 to 9223372036854775807.", "--inputs", "0")]
    [InlineData("'--threads' is 'x'; it must be a number from 1 to 256.", "--threads", "x")]
    [InlineData("'--seed' needs a value.", "--seed")]
    [InlineData("'--fast' is no option.", "--fast", "1")]
    public void What_is_of_no_use_is_refused(string message, params string[] args)
        => Assert.Equal(message, Assert.Throws<FormatException>(() => Options.Parse(args)).Message);

    [Fact]
    public void A_format_that_is_none_is_refused()
        => Assert.Equal(
            "'webp' is no format; there are npy, npz, csv, csr, idx, model, checkpoint, classifier, denoiser, onnx, "
            + "png, jpeg, gif, bmp, tiff, pnm, part.",
            Assert.Throws<FormatException>(() => Format.Named("webp")).Message);
}
