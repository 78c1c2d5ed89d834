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
                using PatchPlacesWriter writer = PatchPlacesWriter.Create(Path, Preprocessing, null, FullDisk.WithRoomFor(room));
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

    [Fact]
    public void Places_that_lie_nowhere_are_refused()
    {
        Refused("place 0 of picture is of picture 2; pictures must ascend from 0 to 1.", picture: [2, 2]);
        Refused("place 0 of picture is of picture -1; pictures must ascend from 0 to 1.", picture: [-1, 0]);
        Refused("place 1 of picture is at (3, 0); a patch of 5×5 must lie within its 7×5 pixels.", x: [0, 3]);
        Refused("place 0 of picture is at (0, 1); a patch of 5×5 must lie within its 7×5 pixels.", y: [1, 0]);
        Refused("place 1 of picture has mean NaN and deviation 1; both must be finite.", mean: [0, float.NaN]);
        Refused("place 0 of picture has mean 0 and deviation Infinity; both must be finite.", deviation: [float.PositiveInfinity, 1]);
        Refused("(x): holds (1,) values of type '<i4'; expected (2,) of '<i4' or '<i8'.", x: [0]);
        Refused("(deviation): holds (3,) values of type '<f4'; expected (2,) of '<f4' or '<f8'.", deviation: [1, 1, 1]);
        Refused("(height): holds (1,) values of type '<i4'; expected 2 of '<i4' or '<i8'.", height: [5]);
        Refused("(patch): is 257; a patch's side is from 1 to 256.", patch: 257);
        Refused("says that picture 1 is 7×4 pixels; expected 5×5 or more, and 100000000 pixels at most.", height: [5, 4]);
        Refused("says that picture 0 is 7×1000000000 pixels; expected 5×5 or more, and 100000000 pixels at most.",
            height: [1_000_000_000, 5]);
        Refused("holds 2 places and no picture; expected the pictures that they are of.", names: []);
    }

    private void Refused(
        string message, int[]? picture = null, int[]? x = null, int[]? y = null, float[]? mean = null, float[]? deviation = null,
        int[]? height = null, string[]? names = null, int patch = 5)
    {
        using (var columns = new NpzColumns(Path, null))
        {
            Add("picture", picture ?? [0, 0]);
            Add("x", x ?? [0, 2]);
            Add("y", y ?? [0, 0]);
            Add("mean", mean ?? [0, 0]);
            Add("deviation", deviation ?? [1, 1]);
            foreach (string name in (string[])["flat_picture", "flat_x", "flat_y"])
                Add<int>(name, []);
            Add<float>("flat_mean", []);
            Add("width", names is null ? [7, 7] : new int[names.Length]);
            Add("height", height ?? (names is null ? [5, 5] : new int[names.Length]));
            columns.Complete(npz =>
            {
                npz.AddText("format", "patch-places");
                npz.AddNumber("patch", patch);
                npz.AddText("whitening", "none");
                npz.AddTexts("names", names ?? ["a", "b"]);
            });

            void Add<T>(string name, T[] values)
                where T : unmanaged, System.Numerics.INumber<T>
            {
                columns.Add<T>(name);
                columns.Append<T>(name, values);
            }
        }
        Assert.Equal(message.StartsWith('(') ? Path + message : $"{Path}: {message}", Assert.Throws<InvalidDataException>(() =>
        {
            using PatchPlacesReader places = PatchPlacesReader.Open(Path);
            PictureAssembly.Assemble(places, [new Matrix(2, 25)]).Last();
        }).Message);
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
