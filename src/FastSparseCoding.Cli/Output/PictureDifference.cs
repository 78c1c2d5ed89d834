using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Output;

/// <summary>Results beside what they are compared with.</summary>
internal static class PictureDifference
{
    /// <summary>What differences are multiplied by in their picture, around mid-gray.</summary>
    private const float Gain = 4;

    /// <summary>Refuses a reference of another size or other channels.</summary>
    public static void RequireAlike(string path, ColourImage reference, ColourImage picture)
    {
        if ((reference.Width, reference.Height, reference.Channels) != (picture.Width, picture.Height, picture.Channels))
            throw new UserError(
                $"{path}: is {reference.Width}×{reference.Height} with {reference.Channels} channels; to compare with "
                + $"{picture.Name} it must be {picture.Width}×{picture.Height} with {picture.Channels}.");
    }

    /// <summary>What was taken out of the channels, their mean, magnified around mid-gray.</summary>
    public static GrayImage Draw(ColourImage before, ColourImage after)
    {
        var picture = new GrayImage(before.Width, before.Height);
        picture.Pixels.Fill(0.5f);
        for (int channel = 0; channel < before.Channels; channel++)
        {
            ReadOnlySpan<float> from = before.Plane(channel).Pixels, to = after.Plane(channel).Pixels;
            for (int i = 0; i < from.Length; i++)
                picture.Pixels[i] += Gain / before.Channels * (from[i] - to[i]);
        }
        return picture;
    }
}
