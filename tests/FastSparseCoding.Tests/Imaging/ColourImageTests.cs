using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class ColourImageTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_level_that_is_read_is_written_back_as_itself(int bits)
    {
        int levels = 1 << bits;
        ColourImage image = ColourSamples.Make(256, levels / 256, 3, true, bits, i => (i / 4 + 977 * (i % 4)) % levels);
        var copy = new ColourImage(256, levels / 256, 3, true, bits);
        var row = new float[256];

        for (int c = 0; c < 4; c++)
            for (int y = 0; y < image.Height; y++)
            {
                image.ReadRows(c, y, row);
                copy.WriteRows(c, y, row);
            }

        ColourSamples.AssertEqual(image, copy);
        Assert.Equal(levels, ColourSamples.Of(copy).Distinct().Count());
    }

    [Fact]
    public void Values_are_clamped_and_rounded_to_the_nearest_level()
    {
        float[] values = [-1, 0.49f / 255, 0.51f / 255, 254.6f / 255, 1.5f, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        var image = new ColourImage(4, 2, 1, false, 8);
        image.WriteRows(0, 0, values);
        Assert.Equal([0, 0, 1, 255, 255, 255, 0, 0], ColourSamples.Of(image));

        image = new ColourImage(4, 2, 1, false, 16);
        image.WriteRows(0, 0, [.. values.Select(v => v * (255f / 65_535))]);
        Assert.Equal([0, 0, 1, 255, 382, 65_535, 0, 0], ColourSamples.Of(image));
    }

    [Fact]
    public void Rows_and_channels_stay_apart()
    {
        var image = new ColourImage(2, 3, 3, true, 16);
        image.WriteRows(1, 1, [0.25f, 0.5f, 0.75f, 1]);
        image.WriteRows(3, 2, [1, 0.5f]);

        Assert.Equal(
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 16384, 0, 0, 0, 32768, 0, 0, 0, 49151, 0, 65535, 0, 65535, 0, 32768], ColourSamples.Of(image));
        var row = new float[2];
        image.ReadRows(1, 2, row);
        Assert.Equal([49151 / 65535f, 1], row);
        Assert.Equal([0, 0, 16384 / 65535f, 32768 / 65535f, 49151 / 65535f, 1], image.Plane(1).Pixels.ToArray());
    }

    [Fact]
    public void A_picture_takes_a_byte_or_two_for_each_sample()
    {
        foreach (int bits in (int[])[8, 16])
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var image = new ColourImage(1000, 500, 3, false, bits);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1_500_000L * bits / 8, 1_500_000L * bits / 8 + 1000);
            GC.KeepAlive(image);
        }
    }

    [Fact]
    public void A_gray_picture_is_taken_at_the_depth_asked_for()
    {
        var gray = new GrayImage(2, 1, [0.31f, 2], "a");

        Assert.Equal([79, 255], ColourSamples.Of(ColourImage.OfGray(gray, 8)));
        Assert.Equal([20316, 65535], ColourSamples.Of(ColourImage.OfGray(gray, 16)));
        Assert.Equal(("a", 1, false), (ColourImage.OfGray(gray, 8).Name, ColourImage.OfGray(gray, 8).Channels,
            ColourImage.OfGray(gray, 8).HasAlpha));
        Assert.Equal("a", ColourImage.OfGray(gray, 8).Plane(0).Name);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Alpha_is_copied_and_nothing_else(int bits)
    {
        ColourImage gray = ColourSamples.Make(3, 2, 1, true, bits, i => i + 1),
            colour = ColourSamples.Make(3, 2, 3, true, bits, i => 100 + i);

        colour.CopyAlphaFrom(gray);

        Assert.Equal([.. Enumerable.Range(0, 24).Select(i => i % 4 == 3 ? i / 4 * 2 + 2 : 100 + i)], ColourSamples.Of(colour));
        Assert.Equal([.. Enumerable.Range(1, 12)], ColourSamples.Of(gray));
    }

    [Fact]
    public void Alpha_of_another_size_or_depth_or_of_none_is_refused()
    {
        var image = new ColourImage(3, 2, 3, true, 8);
        const string Must = "to give its alpha to 3×2, red, green and blue with alpha, of 8 bits both must have alpha, one size and one "
            + "depth. (Parameter 'other')";

        Check("3×2, gray with alpha, of 16 bits", new ColourImage(3, 2, 1, true, 16));
        Check("3×3, gray with alpha, of 8 bits", new ColourImage(3, 3, 1, true, 8));
        Check("2×2, gray with alpha, of 8 bits", new ColourImage(2, 2, 1, true, 8));
        Check("3×2, gray without alpha, of 8 bits", new ColourImage(3, 2, 1, false, 8));
        Assert.Throws<ArgumentException>(() => new ColourImage(3, 2, 3, false, 8).CopyAlphaFrom(image));

        void Check(string what, ColourImage other)
            => Assert.Equal($"'other' is {what}; {Must}", Assert.Throws<ArgumentException>(() => image.CopyAlphaFrom(other)).Message);
    }

    [Fact]
    public void Sizes_channels_and_depths_that_there_are_not_are_refused()
    {
        Check("'width' is 0; it must be 1 or more. (Parameter 'width')", () => new ColourImage(0, 1, 1, false, 8));
        Check("'height' is -1; it must be 1 or more. (Parameter 'height')", () => new ColourImage(1, -1, 1, false, 8));
        Check("'channels' is 2; it must be 1 or 3. (Parameter 'channels')", () => new ColourImage(1, 1, 2, false, 8));
        Check("'bits' is 12; it must be 8 or 16. (Parameter 'bits')", () => new ColourImage(1, 1, 1, false, 12));
        Check("'width × height × samples' is 4000000000; it must be 2147483591 or less. (Parameter 'width × height × samples')",
            () => new ColourImage(100_000, 10_000, 3, true, 8));
        Check("'bits' is 0; it must be 8 or 16. (Parameter 'bits')", () => ColourImage.OfGray(new GrayImage(1, 1), 0));

        static void Check(string message, Func<ColourImage> make)
            => Assert.Equal(message, Assert.Throws<ArgumentOutOfRangeException>(make).Message);
    }

    [Fact]
    public void Channels_and_rows_that_there_are_not_are_refused()
    {
        var image = new ColourImage(4, 3, 3, false, 8);
        const string Rest = "; it must have whole rows of 4, of which 2 are left at row 1. (Parameter 'values')";

        Check("'channel' is 3; it must be from 0 to 2. (Parameter 'channel')", 3, 0, 4);
        Check("'channel' is -1; it must be from 0 to 2. (Parameter 'channel')", -1, 0, 4);
        Check("'firstRow' is 3; it must be from 0 to 2. (Parameter 'firstRow')", 0, 3, 4);
        Check("'values' has 7 values" + Rest, 0, 1, 7);
        Check("'values' has 12 values" + Rest, 0, 1, 12);

        void Check(string message, int channel, int row, int count)
        {
            Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => image.ReadRows(channel, row, new float[count])).Message);
            Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => image.WriteRows(channel, row, new float[count])).Message);
        }
    }
}
