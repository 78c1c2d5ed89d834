using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

/// <summary>Masked coding of a picture against patches taken one by one, their sums in double.</summary>
public sealed class MaskedCodingTests
{
    private const int Width = 23, Height = 21, P = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_missing_pixel_is_the_average_of_what_the_known_ones_of_the_patches_over_it_say(int planes)
    {
        GrayImage[] filled = [.. Enumerable.Range(1, planes).Select(seed => DeadLeaves.Generate(Width, Height, seed))];
        bool[] known = Known();
        AtomDictionary dictionary = OvercompleteDct.Create(P, 6);
        var encoder = new ActiveSetSolver(dictionary, 0.05f);
        var actual = new float[planes * Width * Height];

        var work = new MaskedPatches(Width, planes, new KnownPixels(filled[0], known), dictionary, encoder);
        new PictureBands(planes * Width, Height, P, work).Run(
            (first, rows) =>
            {
                for (int i = 0; i < rows.Length; i++)
                    rows[i] = filled[i / Width % planes].Row(first + i / (planes * Width))[i % Width];
            },
            (first, rows) => rows.CopyTo(actual.AsSpan(first * planes * Width)), 2, null, TestContext.Current.CancellationToken);

        for (int plane = 0; plane < planes; plane++)
        {
            (double[] expected, int untouched) = Twin(filled[plane], known, dictionary, encoder);
            Assert.InRange(untouched, 1, Width * Height / 4);
            // Means and averages of p² patches of pixels up to 1; in between the code of patches whose means differ by a rounding, which
            // the lasso does not enlarge beyond the number of atoms.
            Tolerance.Check(expected, [.. Enumerable.Range(0, Width * Height).Select(i =>
                actual[i / Width * planes * Width + plane * Width + i % Width])], 2 * P * P + dictionary.AtomCount, 2);
        }
    }

    [Fact]
    public void An_atom_costs_by_its_half_waves()
    {
        // The differences of cosine f of p values have the norm 2 sin(πf / 2p), which for few waves is πf / p.
        float[] weights = MaskedCoding.Weights(OvercompleteDct.Create(8, 8));

        double[] expected = [.. Enumerable.Range(0, 64).Select(k =>
            Math.Pow(1 + 16 / Math.PI * double.Hypot(Math.Sin(Math.PI * (k / 8) / 16), Math.Sin(Math.PI * (k % 8) / 16)), 1.5))];
        Tolerance.Check(expected, weights, 64, expected.Max());
    }

    /// <summary>The picture, its missing pixels averages of patches, and how many of them no patch says anything of.</summary>
    private static (double[] Pixels, int Untouched) Twin(GrayImage filled, bool[] known, AtomDictionary dictionary, ActiveSetSolver encoder)
    {
        double[] sums = new double[Width * Height], counts = new double[Width * Height];
        for (int y = 0; y + P <= Height; y++)
            for (int x = 0; x + P <= Width; x++)
            {
                int[] places = [.. Enumerable.Range(0, P * P).Select(n => (y + n / P) * Width + x + n % P)];
                int there = places.Count(i => known[i]);
                if (there < 2 || there == P * P)
                    continue;
                double mean = places.Average(i => (double)filled.Pixels[i]);
                var patch = new Matrix(1, P * P, [.. places.Select(i => known[i] ? (float)(filled.Pixels[i] - mean) : float.NaN)]);
                var mask = new Matrix(1, P * P, [.. places.Select(i => known[i] ? 1f : 0f)]);
                Matrix z = encoder.EncodeMasked(patch, mask, 1, TestContext.Current.CancellationToken);
                for (int n = 0; n < P * P; n++)
                {
                    sums[places[n]] += mean + Enumerable.Range(0, z.Columns).Sum(k => (double)z[0, k] * dictionary.Atoms.Row(k)[n]);
                    counts[places[n]]++;
                }
            }
        int untouched = Enumerable.Range(0, known.Length).Count(i => !known[i] && counts[i] == 0);
        return ([.. sums.Select((sum, i) => known[i] || counts[i] == 0 ? filled.Pixels[i] : sum / counts[i])], untouched);
    }

    /// <summary>Half of the pixels at random, but all of a corner and none of a hole larger than patches.</summary>
    private static bool[] Known()
    {
        var random = new Random(3);
        bool[] known = [.. Enumerable.Range(0, Width * Height).Select(_ => random.NextDouble() < 0.5)];
        for (int y = 0; y < 10; y++)
        {
            known.AsSpan(y * Width, 8).Fill(true);
            known.AsSpan((y + 8) * Width + 9, 11).Clear();
        }
        return known;
    }
}
