using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>Places travel through a file, and pictures come back.</summary>
public sealed class PictureAssemblyTests : IDisposable
{
    private static readonly PatchPreprocessing Preprocessing = new() { PatchSize = 5, MinimumDeviation = 0.05f };

    private static readonly GrayImage[] Pictures =
        [Named("a/é.png", PatchPictures.HalfFlat(40, 21)), Named("b.png", PatchPictures.Constant(7, 6, 0.5f)),
            Named("c😀.png", PatchPictures.Noise(12, 30, 1))];

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("places.npz");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Patches_as_they_were_cut_make_the_average_of_pixels_and_flat_means(int stride)
    {
        Matrix[] patches = Write(Preprocessing, stride);

        using PatchPlacesReader places = PatchPlacesReader.Open(Path);
        Assert.Equal(Pictures.Select(p => (p.Name, p.Width, p.Height)), places.Pictures);
        Assert.Equal((5, patches.Sum(b => (long)b.Rows), false), (places.PatchSize, places.Rows, places.IsWhitened));
        Assert.Equal(Pictures.Sum(p => PatchGrid.Count(p.Width, p.Height, 5, stride, toEdge: true)), places.Rows + places.FlatPlaces);
        GrayImage[] again = [.. PictureAssembly.Assemble(places, patches)];

        Assert.Equal(Pictures.Select(p => (p.Name, p.Width, p.Height)), again.Select(p => (p.Name, p.Width, p.Height)));
        for (int i = 0; i < again.Length; i++)
            // At most 25 patches on a pixel are summed, each after 7 roundings, and divided.
            Tolerance.Check(Averages(Pictures[i], stride), again[i].Pixels, operations: 7 + 25 + 1, magnitude: 1);
    }

    [Fact]
    public void Whitened_patches_come_back_when_the_whitening_is_undone()
    {
        ZcaWhitening whitening = ZcaWhitening.Fit(Patches.Sample([Pictures[2]], Preprocessing, 2000, seed: 1));
        Matrix[] white = Write(Preprocessing with { Whitening = whitening }, 2);

        using PatchPlacesReader places = PatchPlacesReader.Open(Path);
        Assert.Equal((true, true, false, false), (places.IsWhitened, places.HasWhitening(whitening), places.HasWhitening(null),
            places.HasWhitening(new ZcaWhitening(new float[25], Matrix.FromArray(new float[25, 25])))));
        foreach (Matrix block in white)
            whitening.Undo(block);
        GrayImage[] again = [.. PictureAssembly.Assemble(places, white)];

        // Two products of 25 terms, whose sizes are bounded by the norms of the rows of T and of its inverse.
        Assert.Equal(3, again.Length);
        for (int i = 0; i < again.Length; i++)
            Tolerance.Check(Averages(Pictures[i], 2), again[i].Pixels, operations: 7 + 25 + 50, magnitude: Condition(whitening.Transform));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Matrix[] patches = Write(Preprocessing, 2);

        using (PatchPlacesReader places = PatchPlacesReader.Open(Path))
            Assert.StartsWith($"'patches' ends after {patches[0].Rows} rows; it must have {places.Rows}.",
                Assert.Throws<ArgumentException>(() => PictureAssembly.Assemble(places, patches[..1]).Last()).Message,
                StringComparison.Ordinal);
        using (PatchPlacesReader places = PatchPlacesReader.Open(Path))
            Assert.StartsWith("'patches' has 24 columns; it must have 25.",
                Assert.Throws<ArgumentException>(() => PictureAssembly.Assemble(places, [new Matrix(9999, 24)]).Last()).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void A_pixel_in_no_patch_is_refused()
    {
        using (PatchPlacesWriter writer = PatchPlacesWriter.Create(Path, Preprocessing))
        {
            writer.BeginPicture(Pictures[0]);
            foreach (PatchBlock block in PatchGrid.Cut(Pictures[0], Preprocessing, 6, 9))
                writer.Append(block);
            writer.Complete();
        }
        using PatchPlacesReader places = PatchPlacesReader.Open(Path);

        Assert.Equal($"{Path}: pixel (5, 0) of a/é.png lies in no patch; it must be in one, as with a stride of at most the patch's side.",
            Assert.Throws<InvalidDataException>(() => PictureAssembly.Assemble(places, [new Matrix(9999, 25)]).Last()).Message);
    }

    [Fact]
    public void Places_are_of_a_picture()
    {
        using PatchPlacesWriter writer = PatchPlacesWriter.Create(Path, Preprocessing);

        Assert.Equal("no picture was begun that the places could be of.", Assert.Throws<InvalidOperationException>(
            () => writer.Append(PatchGrid.Cut(Pictures[0], Preprocessing, 6, 9).First())).Message);
    }

    [Fact]
    public void Without_completion_or_on_a_full_disk_nothing_is_left()
    {
        using (PatchPlacesWriter writer = PatchPlacesWriter.Create(Path, Preprocessing))
            writer.BeginPicture(Pictures[0]);
        Assert.Empty(_folder.Names);
        foreach (long room in (long[])[0, 1000, 4000])
        {
            Assert.StartsWith($"{Path}: cannot be written: ", Assert.Throws<IOException>(() =>
            {
                using PatchPlacesWriter writer = PatchPlacesWriter.Create(Path, Preprocessing, FullDisk.WithRoomFor(room));
                Fill(writer, Preprocessing, 1);
            }).Message, StringComparison.Ordinal);
            Assert.Empty(_folder.Names);
        }
    }

    [Fact]
    public void Damaged_places_are_refused_or_assembled_and_nothing_else()
    {
        int rows = Write(Preprocessing, 3).Sum(b => b.Rows);

        Assert.InRange(Mutation.Check(Path, path =>
        {
            using PatchPlacesReader places = PatchPlacesReader.Open(path);
            Assert.True(places.Rows <= rows);
            Assert.NotEmpty(PictureAssembly.Assemble(places, [new Matrix(rows, 25)]));
        }, 500), 300, 499);
    }

    [Fact]
    public void Files_of_other_things_are_refused()
    {
        Npz.WriteCodes(Path, SparseCodes.FromDense(new Matrix(2, 3)));

        Assert.Equal($"{Path}: holds no places of patches; expected what 'sparsecode encode --places' writes.",
            Assert.Throws<InvalidDataException>(() => PatchPlacesReader.Open(Path)).Message);
    }

    private static GrayImage Named(string name, GrayImage image) => new(image.Width, image.Height, image.Pixels.ToArray(), name);

    private Matrix[] Write(PatchPreprocessing preprocessing, int stride)
    {
        using PatchPlacesWriter writer = PatchPlacesWriter.Create(Path, preprocessing);
        return Fill(writer, preprocessing, stride);
    }

    private static Matrix[] Fill(PatchPlacesWriter writer, PatchPreprocessing preprocessing, int stride)
    {
        var patches = new List<Matrix>();
        foreach (GrayImage picture in Pictures)
        {
            writer.BeginPicture(picture);
            foreach (PatchBlock block in PatchGrid.Cut(picture, preprocessing, stride, 50, toEdge: true))
            {
                writer.Append(block);
                patches.Add(block.X);
            }
        }
        Assert.Equal(patches.Sum(b => (long)b.Rows), writer.Rows);
        writer.Complete();
        return [.. patches];
    }

    /// <summary>Every pixel itself where a patch is steep, the patch's mean where it is flat, averaged, in double.</summary>
    private static double[] Averages(GrayImage image, int stride)
    {
        var sums = new double[image.Width * image.Height];
        var counts = new int[sums.Length];
        foreach (PatchPlace place in PatchGrid.Cut(image, Preprocessing, stride, 99, toEdge: true).SelectMany(b => b.Places.Concat(b.Flat)))
        {
            double[] pixels = PatchPictures.Cut(image, place.X, place.Y, 5);
            bool flat = PatchPictures.Deviation(pixels) < 0.05f;
            for (int i = 0; i < pixels.Length; i++)
            {
                int at = (place.Y + i / 5) * image.Width + place.X + i % 5;
                sums[at] += flat ? pixels.Average() : pixels[i];
                counts[at]++;
            }
        }
        return [.. sums.Zip(counts, (sum, count) => sum / count)];
    }

    /// <summary>A bound of the largest magnitude met on the way through T and back: the product of the Frobenius norms, and a patch's
    /// norm.</summary>
    private static double Condition(Matrix transform)
    {
        var t = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(transform.Rows, transform.Columns, (i, j) => transform[i, j]);
        return t.FrobeniusNorm() * t.Inverse().FrobeniusNorm() * Math.Sqrt(transform.Rows);
    }
}
