using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class DenoiserTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Untrained_and_without_thresholds_a_layer_is_a_step_of_ISTA()
    {
        const int Depth = 4;
        Denoiser denoiser = Denoiser.FromDct(4, 36, Depth);
        denoiser.Parameters.View("a").Values.Fill(0.03f);
        denoiser.Parameters.View("b").Values.Clear();
        // In units where L = 1 the thresholds are λ: the coupled encoder of the scaled dictionary takes the same steps.
        AtomDictionary dct = OvercompleteDct.Create(4, 6);
        float scale = 1 / MathF.Sqrt(dct.Lipschitz);
        CoupledListaEncoder encoder = CoupledListaEncoder.FromDictionary(dct, 0.03f / scale, Depth);
        Matrix x = RandomData.Normal(200, 16, seed: 1), y = new(200, 16), expected = dct.Reconstruct(encoder.Encode(x, cancellation: Stop));

        denoiser.Denoise(x, y, 25, Stop);

        // T + 1 layers of products of n and m terms; values are of the size of the signals, below 4.
        Tolerance.Check(LassoWiden(expected.Values), y.Values, (Depth + 1) * (2 * 16 + 36 + 8), 4 * 16);
    }

    [Fact]
    public void Thresholds_follow_the_noise()
    {
        Denoiser denoiser = Denoiser.FromDct(4, 36, 2);
        var theta = new Matrix(3, 36);
        denoiser.Thresholds(51, theta);
        Assert.All(theta.Values.ToArray(), t => Assert.Equal(0.002f + 0.18f * 0.2f, t, 6));
        Assert.Equal(0, denoiser.NoisyWeight(25));
        Assert.Equal((2 * 2 + 2) * 36 * 16, denoiser.MultiplyAdds);
    }

    [Fact]
    public void Further_layers_begin_as_the_last()
    {
        Denoiser denoiser = Denoiser.FromDct(3, 16, 1);
        (denoiser.SigmaFrom, denoiser.SigmaTo) = (5, 55);
        RandomData.Normal(1, denoiser.Parameters.Values.Length, seed: 1).Values.CopyTo(denoiser.Parameters.Values);
        denoiser.Refresh();
        Denoiser deeper = denoiser.WithDepth(3), same = denoiser.WithDepth(1);

        Assert.Equal((3, 5f, 55f), (deeper.Depth, deeper.SigmaFrom, deeper.SigmaTo));
        foreach (string window in new[] { "A", "D", "W" })
            Assert.Equal(denoiser.Parameters.View(window).Values, deeper.Parameters.View(window).Values);
        foreach (string window in new[] { "a", "b" })
            for (int t = 0; t <= 3; t++)
                Assert.Equal(denoiser.Parameters.View(window).Row(Math.Min(t, 1)), deeper.Parameters.View(window).Row(t));
        Matrix x = RandomData.Normal(9, 9, seed: 1), y = new(9, 9), z = new(9, 9);
        denoiser.Denoise(x, y, 25, Stop);
        same.Denoise(x, z, 25, Stop);
        Assert.Equal(y.Values, z.Values);
        same.Parameters.View("W").Values.Clear();
        Assert.NotEqual(0, denoiser.Parameters.View("W").Values[0]);        // a copy
        Assert.Equal(
            "'depth' is 0; it must be from 1 to 100. (Parameter 'depth')",
            Assert.Throws<ArgumentOutOfRangeException>(() => denoiser.WithDepth(0)).Message);
    }

    [Fact]
    public void A_row_does_not_depend_on_its_block_and_nothing_is_allocated()
    {
        Denoiser denoiser = Denoiser.FromDct(4, 36, 2);
        Matrix x = RandomData.Normal(300, 16, seed: 1), all = new(300, 16), one = new(1, 16);
        denoiser.Denoise(x, all, 25, Stop);
        foreach (int row in new[] { 0, 127, 128, 299 })
        {
            denoiser.Denoise(x.RowRange(row, 1), one, 25, Stop);
            Assert.Equal(all.Row(row), one.Row(0));
        }
        Allocation.CheckNone(() => denoiser.Denoise(x, all, 25, Stop));
    }

    [Fact]
    public void A_file_brings_back_the_same_denoiser()
    {
        Denoiser denoiser = Denoiser.FromDct(3, 16, 2);
        (denoiser.SigmaFrom, denoiser.SigmaTo) = (5, 55);
        RandomData.Normal(1, 16 * 9, seed: 1).Values.CopyTo(denoiser.Parameters.View("W").Values);
        denoiser.Refresh();
        string path = Path.GetTempFileName();
        try
        {
            DenoiserFile.Save(path, denoiser);
            Denoiser again = DenoiserFile.Load(path);
            Assert.Equal((3, 16, 2, 5f, 55f), (again.PatchSize, again.AtomCount, again.Depth, again.SigmaFrom, again.SigmaTo));
            Assert.Equal(denoiser.Parameters.Values, again.Parameters.Values);
            Matrix x = RandomData.Normal(9, 9, seed: 1), y = new(9, 9), z = new(9, 9);
            denoiser.Denoise(x, y, 25, Stop);
            again.Denoise(x, z, 25, Stop);
            Assert.Equal(y.Values, z.Values);
            Assert.Equal("denoiser", FileDescription.Read(path).Facts.Single(f => f.Key == "kind").Value);

            denoiser.Parameters.View("b").Row(0)[0] = -1;
            DenoiserFile.Save(path, denoiser);
            Assert.Equal(
                $"{path}: its parameter 'b' has the value -1; thresholds are 0 or more.",
                Assert.Throws<InvalidDataException>(() => DenoiserFile.Load(path)).Message);
            ModelFile.Save(path, OvercompleteDct.Create(3, 4), new Penalty(0.1f));
            Assert.Equal(
                $"{path}: holds a 'dictionary'; expected a denoiser.",
                Assert.Throws<InvalidDataException>(() => DenoiserFile.Load(path)).Message);
            DenoiserFile.Save(path, again);
            Assert.Equal(
                $"{path}: holds a 'denoiser'; expected a dictionary or an encoder.",
                Assert.Throws<InvalidDataException>(() => ModelFile.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_of_a_denoiser_of_colours_says_its_channels()
    {
        Denoiser denoiser = Denoiser.FromDct(3, 36, 1, channels: 3);
        string path = Path.GetTempFileName();
        try
        {
            DenoiserFile.Save(path, denoiser);
            Denoiser again = DenoiserFile.Load(path);
            Assert.Equal((3, 3, 36, 1), (again.Channels, again.PatchSize, again.AtomCount, again.Depth));
            Assert.Equal(denoiser.Parameters.Values, again.Parameters.Values);
            Assert.Equal("3", Metadata(path)["channels"]);

            DenoiserFile.Save(path, Denoiser.FromDct(3, 16, 1));
            Assert.False(Metadata(path).ContainsKey("channels"));       // as files were before there were colours
            Assert.Equal(1, DenoiserFile.Load(path).Channels);
        }
        finally
        {
            File.Delete(path);
        }

        static IReadOnlyDictionary<string, string> Metadata(string path)
        {
            using ModelReader reader = ModelReader.Open(path);
            return reader.Metadata;
        }
    }

    [Theory]
    [InlineData("2", 27, "its metadata has channels '2'; expected 1 or 3.")]
    [InlineData("4", 27, "its metadata has channels '4'; expected a number from 1 to 3.")]
    [InlineData("3", 28, "its metadata has signal_size '28'; expected the pixels of a square patch.")]
    public void A_file_of_other_channels_is_refused(string channels, int signalSize, string problem)
    {
        string path = Path.GetTempFileName();
        try
        {
            var writer = new ModelWriter(ModelFormat.DenoiserKind);
            writer.Set("channels", channels);
            writer.Set(ModelFormat.SignalSizeKey, signalSize);
            writer.Save(path);
            Assert.Equal($"{path}: {problem}", Assert.Throws<InvalidDataException>(() => DenoiserFile.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(7, 256, 42)]
    [InlineData(4, 16, 2)]
    [InlineData(8, 400, 66)]
    public void The_cosines_of_colours_are_of_one_opponent_colour_each(int p, int atoms, int coloured)
    {
        AtomDictionary dct = ColourDct.Create(p, atoms);
        float[][] colours = [[1, 1, 1], [1, 0, -1], [1, -2, 1]];
        Assert.Equal((atoms, 3 * p * p), (dct.AtomCount, dct.SignalSize));
        for (int k = 0; k < atoms; k++)
        {
            float[] colour = colours[k < atoms - 2 * coloured ? 0 : k < atoms - coloured ? 1 : 2], atom = dct.Atoms.Row(k).ToArray();
            for (int channel = 0; channel < 3; channel++)
                Assert.Equal(0, atom.AsSpan(channel * p * p, p * p).ToArray().Average(v => (double)v), 1e-6);
            Assert.Equal(1, atom.Sum(v => (double)v * v), 1e-5);
            for (int i = 0; i < p * p; i++)
            {
                Assert.Equal(atom[i] * colour[1], atom[p * p + i], 1e-6f);
                Assert.Equal(atom[i] * colour[2], atom[2 * p * p + i], 1e-6f);
            }
        }
    }

    [Fact]
    public void What_no_denoiser_has_is_refused()
    {
        Assert.StartsWith("'channels' is 2; it must be 1 or 3.",
            Message(() => Denoiser.FromDct(4, 16, 1, channels: 2)), StringComparison.Ordinal);
        Assert.StartsWith("'channels' is 4; it must be 1 or 3.",
            Message(() => Denoiser.FromDictionary(OvercompleteDct.Create(4, 4), 1, channels: 4)), StringComparison.Ordinal);
        Assert.StartsWith(
            "'dictionary' has atoms of 16 values; it must have 3p² of them, for patches of p×p pixels, p from 2 to 32.",
            Message(() => Denoiser.FromDictionary(OvercompleteDct.Create(4, 4), 1, channels: 3)), StringComparison.Ordinal);
        Assert.StartsWith("'patchSize' is 1; it must be from 2 to 32.",
            Message(() => Denoiser.FromDct(1, 16, 1)), StringComparison.Ordinal);
        Assert.StartsWith("'atoms' is 17; it must be a square number from 16 to 16384.",
            Message(() => Denoiser.FromDct(4, 17, 1)), StringComparison.Ordinal);
        Assert.StartsWith("'atoms' is 9; it must be a square number from 16 to 16384.",
            Message(() => Denoiser.FromDct(4, 9, 1)), StringComparison.Ordinal);
        Assert.StartsWith("'depth' is 101; it must be from 0 to 100.",
            Message(() => Denoiser.FromDct(4, 16, 101)), StringComparison.Ordinal);
        Assert.StartsWith(
            "'dictionary' has atoms of 10 values; it must have p² of them, for patches of p×p pixels, p from 2 to 32.",
            Message(() => Denoiser.FromDictionary(RandomData.Dictionary(20, 10, 1), 1)), StringComparison.Ordinal);
        Denoiser denoiser = Denoiser.FromDct(4, 16, 1);
        Assert.StartsWith("'sigma' is 0; it must be a finite number above 0.",
            Message(() => denoiser.Denoise(new Matrix(2, 16), new Matrix(2, 16), 0, Stop)), StringComparison.Ordinal);
        Assert.StartsWith("'x' has 15 columns",
            Message(() => denoiser.Denoise(new Matrix(2, 15), new Matrix(2, 15), 5, Stop)), StringComparison.Ordinal);
        Assert.StartsWith("'y' is [3×16]",
            Message(() => denoiser.Denoise(new Matrix(2, 16), new Matrix(3, 16), 5, Stop)), StringComparison.Ordinal);
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static double[] LassoWiden(ReadOnlySpan<float> values) => Reference.LassoTwin.Widen(values);
}
