using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

/// <summary>A denoiser of patches in ONNX Runtime is the library's, with the means it takes away given back.</summary>
public sealed class DenoiserOnnxTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    [InlineData(3, 2)]
    public void Patches_are_cleaned_as_we_do(int channels, int depth)
    {
        Denoiser denoiser = Create(channels, depth);
        using var session = new OnnxSession(OnnxSession.Bytes(s => DenoiserFile.SaveOnnx(s, denoiser)));

        foreach (int rows in (int[])[1, 7, 100])
        {
            Matrix x = Noisy(rows, denoiser.SignalSize);
            Check(denoiser, session, x, [25]);
            Check(denoiser, session, x, [.. Enumerable.Range(0, rows).Select(i => 5f + i % 40)]);
        }
    }

    [Fact]
    public void Noise_of_every_row_is_its_own()
    {
        Denoiser denoiser = Create(channels: 1, depth: 1);
        using var session = new OnnxSession(OnnxSession.Bytes(s => DenoiserFile.SaveOnnx(s, denoiser)));
        Matrix x = Noisy(2, denoiser.SignalSize);
        x.Row(0).CopyTo(x.Row(1));

        float[] y = session.Run<float>("y", x, ("sigma", [10, 50]));

        Assert.NotEqual(y[..16], y[16..]);
        Assert.Equal(y[..16], session.Run<float>("y", x, ("sigma", [10]))[..16]);
    }

    [Fact]
    public void The_file_says_what_goes_in()
    {
        using var folder = new TempFolder();
        Denoiser denoiser = Create(channels: 3, depth: 2);
        DenoiserFile.SaveOnnx(folder.File("d.onnx"), denoiser);
        using var session = new OnnxSession(File.ReadAllBytes(folder.File("d.onnx")));
        Dictionary<string, string> metadata = session.Metadata.CustomMetadataMap;

        Assert.Equal(("denoiser", "3", "48", "2"), (metadata["kind"], metadata["channels"], metadata["signal_size"], metadata["depth"]));
        Assert.Equal(
            "x: noisy patches of 4×4 pixels from 0 to 1 as rows, of 3 channels one after the other; sigma: deviation of the noise in "
            + "levels of 255, one for all rows or one for each", metadata["input"]);
        Assert.Equal([-1, 48], session.Inputs["x"].Dimensions);
        Assert.Equal([-1], session.Inputs["sigma"].Dimensions);
        Assert.Equal([-1, 48], session.Outputs["y"].Dimensions);
        Assert.Equal(OnnxSession.Bytes(s => DenoiserFile.SaveOnnx(s, denoiser)), File.ReadAllBytes(folder.File("d.onnx")));
    }

    /// <summary>Thresholds of its own for every atom and layer.</summary>
    private static Denoiser Create(int channels, int depth)
    {
        int n = 16 * channels;
        Denoiser denoiser = Denoiser.FromDictionary(RandomData.Dictionary(2 * n, n, seed: 1), depth, channels);
        Matrix noise = RandomData.Normal(1, denoiser.Parameters.Values.Length, seed: 2);
        for (int i = 0; i < noise.Columns; i++)
            denoiser.Parameters.Values[i] *= 1 + 0.2f * Math.Clamp(noise[0, i], -2, 2);
        denoiser.Refresh();
        return denoiser;
    }

    private static Matrix Noisy(int rows, int n)
    {
        Matrix x = RandomData.Normal(rows, n, seed: rows);
        foreach (ref float value in x.Values)
            value = 0.5f + 0.2f * value;
        return x;
    }

    private static void Check(Denoiser denoiser, OnnxSession session, Matrix x, float[] sigma)
    {
        int n = denoiser.SignalSize, p = n / denoiser.Channels;
        var ours = new Matrix(x.Rows, n);
        for (int i = 0; i < x.Rows; i++)
        {
            var centred = new Matrix(1, n);
            float Mean(int j) => x.Row(i).Slice(j / p * p, p).ToArray().Average();
            for (int j = 0; j < n; j++)
                centred[0, j] = x[i, j] - Mean(j);
            denoiser.Denoise(centred, ours.RowRange(i, 1), sigma[sigma.Length == 1 ? 0 : i], TestContext.Current.CancellationToken);
            for (int j = 0; j < n; j++)
                ours[i, j] += Mean(j);
        }
        var twin = new OnnxTwin(DenoiserGraph.Graph(denoiser), x, ("sigma", sigma));
        Assert.NotEqual(x.Values.ToArray(), ours.Values.ToArray());
        OnnxFileTests.CheckWithin(twin, "y", [.. ours.Values.ToArray().Select(v => (double)v)],
            session.Run<float>("y", x, ("sigma", sigma)), most: 1e-2);
    }
}
