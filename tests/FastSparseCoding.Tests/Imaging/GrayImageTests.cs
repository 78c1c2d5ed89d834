using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class GrayImageTests
{
    [Fact]
    public void A_new_picture_is_black()
    {
        var image = new GrayImage(3, 2);

        Assert.Equal((3, 2, "an image"), (image.Width, image.Height, image.Name));
        Assert.Equal(new float[6], image.Pixels.ToArray());
    }

    [Fact]
    public void Pixels_lie_row_after_row_in_the_array_that_is_wrapped()
    {
        float[] pixels = [0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f];
        var image = new GrayImage(3, 2, pixels, "x.png");

        Assert.Equal([0.3f, 0.4f, 0.5f], image.Row(1).ToArray());
        Assert.Equal(0.2f, image[2, 0]);
        Assert.Equal("x.png", image.Name);
        image.Row(0)[1] = 1;
        Assert.Equal(1, pixels[1]);
    }

    [Fact]
    public void Bad_sizes_and_places_are_refused()
    {
        Refused("'width' is 0; it must be 1 or more.", () => _ = new GrayImage(0, 2));
        Refused("'height' is -1; it must be 1 or more.", () => _ = new GrayImage(2, -1));
        Refused("'width × height' is 4294967296; it must be 2147483591 or less.", () => _ = new GrayImage(65_536, 65_536));
        Refused("'pixels' has 5 values; it must have 6.", () => _ = new GrayImage(3, 2, new float[5]));
        Refused("'y' is 2; it must be from 0 to 1.", () => _ = new GrayImage(3, 2)[0, 2]);
        Refused("'y' is -1; it must be from 0 to 1.", () => _ = new GrayImage(3, 2).Row(-1).Length);
        Assert.Throws<ArgumentNullException>(() => _ = new GrayImage(3, 2, null!));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }
}
