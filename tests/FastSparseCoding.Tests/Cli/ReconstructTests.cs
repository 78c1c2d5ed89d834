using System.Text.Json;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>From pictures to codes and places, and back.</summary>
public sealed class ReconstructTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    private string Codes => _folder.File("z.npz");

    private string Dense => _folder.File("z.npy");

    private string Places => _folder.File("p.npz");

    private string Signals => _folder.File("x.npy");

    private string Picture => Path.Combine(workspace.Images, "05.png");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 34)]
    [InlineData(2, 33)]
    [InlineData(5, 31)]
    public void A_picture_comes_back_as_well_as_its_patches(int stride, double floor)
    {
        string cut = _folder.File("cut.npy"), output = _folder.File("again.png");
        Encode(stride, "--signals", cut, "-o", Codes);

        using JsonDocument json =
            JsonDocument.Parse(Succeed("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", output, "--json").Out);
        Succeed("reconstruct", Codes, workspace.Dictionary, "-o", Signals);

        using PatchPlacesReader places = PatchPlacesReader.Open(Places);
        Assert.Equal((output, 1L, places.Rows, places.FlatPlaces), (json.RootElement.GetProperty("picture").GetString(),
            json.RootElement.GetProperty("count").GetInt64(), json.RootElement.GetProperty("patches").GetInt64(),
            json.RootElement.GetProperty("flat_places").GetInt64()));
        Assert.True(places.FlatPlaces > 0);
        GrayImage original = ImageFile.Load(Picture), again = ImageFile.Load(output);
        Assert.Equal((original.Width, original.Height), (again.Width, again.Height));
        // The square of an average is at most the average of the squares; rounding to 16 bits adds half a step at most.
        double most = Math.Sqrt(MeanOfPatches(original, stride, Npy.ReadMatrix(cut), Npy.ReadMatrix(Signals))) + 0.5 / 65_535 + 1e-6;
        Assert.InRange(Psnr(original, again), Math.Max(floor, -20 * Math.Log10(most)), 60);
    }

    [Fact]
    public void Signals_have_the_bits_of_the_dictionarys_for_both_forms_and_all_threads()
    {
        Encode(3, "-o", Codes);
        Encode(3, "-o", Dense);
        AtomDictionary dictionary = ModelFile.LoadDictionary(workspace.Dictionary);
        string atoms = _folder.File("d.npy");
        Npy.Write(atoms, new Matrix(dictionary.AtomCount, dictionary.SignalSize, dictionary.Atoms.Values.ToArray()));
        float[] expected = dictionary.Reconstruct(Npy.ReadMatrix(Dense)).Values.ToArray();

        foreach (string[] args in (string[][])[[Codes, workspace.Dictionary], [Dense, workspace.Dictionary], [Dense, atoms],
            [Codes, workspace.Encoder, "--threads", "3"], [Dense, workspace.Dictionary, "--threads", "1"]])
        {
            Succeed(["reconstruct", .. args, "-o", Signals]);
            Assert.Equal(expected, Npy.ReadMatrix(Signals).Values.ToArray());
        }
        Assert.Contains("units        those that the dictionary was learned on: patches of 6×6 pixels from 0 to 1, less their mean, "
            + "divided by their deviation\n", Succeed("reconstruct", Codes, workspace.Dictionary, "-o", Signals).Out,
            StringComparison.Ordinal);
        Assert.Contains("units        those of the signals that were encoded\n", Succeed("reconstruct", Codes, atoms, "-o", Signals).Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_of_both_forms_are_the_same()
    {
        Encode(2, "-o", Codes);
        Encode(2, "-o", Dense);
        string a = _folder.File("a.png"), b = _folder.File("b.png");

        Succeed("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", a);
        Succeed("reconstruct", Dense, workspace.Encoder, "--image", Places, "-o", b, "--threads", "1");

        Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
    }

    [Fact]
    public void Several_pictures_go_to_a_folder_under_their_names()
    {
        string pictures = _folder.File("in"), output = _folder.File("new/folder");
        Directory.CreateDirectory(Path.Combine(pictures, "sub"));
        File.Copy(Picture, Path.Combine(pictures, "b.png"));
        File.Copy(Path.Combine(workspace.Images, "06.png"), Path.Combine(pictures, "sub", "a.png"));
        Succeed("encode", workspace.Dictionary, pictures, "--stride", "3", "--places", Places, "-o", Codes);

        Assert.Contains($"pictures     {output}\ncount        2\n",
            Succeed("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", output).Out, StringComparison.Ordinal);
        Assert.Equal(["b.png", "sub/a.png"], Names(output));
        Assert.InRange(Psnr(ImageFile.Load(Picture), ImageFile.Load(Path.Combine(output, "b.png"))), 31, 60);
        Assert.Equal(16, ImageFile.LoadColour(Path.Combine(output, "b.png")).Bits);
    }

    /// <summary>Endings that are written stay; PPM, which holds no gray, becomes PGM; of names that would be one every one is told by its
    /// number.</summary>
    [Fact]
    public void Pictures_keep_their_endings_and_names_that_would_be_one_are_told_apart()
    {
        string pictures = _folder.File("in"), output = _folder.File("out") + Path.DirectorySeparatorChar, one = _folder.File("one.tif");
        GrayImage picture = ImageFile.Load(Picture);
        Directory.CreateDirectory(pictures);
        ImageFile.Save(Path.Combine(pictures, "a.tif"), ColourImage.OfGray(picture, 16));
        PngFile.Write(Path.Combine(pictures, "b.png"), picture);
        File.Move(Path.Combine(pictures, "b.png"), Path.Combine(pictures, "b.bmp"));       // told by its content
        PngFile.Write(Path.Combine(pictures, "B.png"), picture);
        PngFile.Write(Path.Combine(pictures, "c.ppm"), picture);
        Succeed("encode", workspace.Dictionary, pictures, "--stride", "6", "--places", Places, "-o", Codes);

        Succeed("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", output);
        Assert.Equal(["00000-B.png", "00002-b.png", "a.tif", "c.pgm"], Names(output));

        Succeed("encode", workspace.Dictionary, Path.Combine(pictures, "a.tif"), "--stride", "6", "--places", Places, "-o", Codes);
        Succeed("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", one);
        Assert.Equal(ColourSamples.Of(ImageFile.LoadColour(Path.Combine(output, "a.tif"))), ColourSamples.Of(ImageFile.LoadColour(one)));
        Refuse($"{_folder.File("a.ppm")}: cannot be written: .ppm holds red, green and blue without alpha; the picture is gray without "
            + "alpha, which .png, .tif, .tiff, .pgm hold.", "reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o",
            _folder.File("a.ppm"));
    }

    [Fact]
    public void A_folder_does_not_appear_when_no_picture_does()
    {
        string output = _folder.File("new/folder");
        Encode(5, "-o", Codes);
        Succeed("encode", workspace.Dictionary, workspace.Images, "--stride", "7", "--places", Places, "-o", Codes);
        string[] before = _folder.Names;

        // Patches of 6×6 pixels, 7 pixels apart, leave every seventh row of pixels out.
        Outcome outcome = Run("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", output, "-q");

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
        Assert.Contains("lies in no patch", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(before, _folder.Names);
        Assert.Equal(1, Run("denoise", workspace.Images, "-o", output, "--model", Codes, "-q").ExitCode);
        Assert.Equal(before, _folder.Names);
    }

    private static IEnumerable<string> Names(string folder)
        => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f))
            .Order(StringComparer.Ordinal);

    [Fact]
    public void Whitened_patches_come_back()
    {
        string dictionary = _folder.File("d.safetensors"), output = _folder.File("again.png");
        Succeed("learn", workspace.Images, "--patch", "6", "--atoms", "40", "--samples", "4000", "--whiten", "-o", dictionary);
        Succeed("encode", dictionary, Picture, "--stride", "2", "--lambda", "0.05", "--places", Places, "-o", Codes);
        Succeed("reconstruct", Codes, dictionary, "--image", Places, "-o", output);

        Assert.InRange(Psnr(ImageFile.Load(Picture), ImageFile.Load(output)), 34, 60);
        Assert.Contains("divided by their deviation, whitened\n", Succeed("reconstruct", Codes, dictionary, "-o", Signals).Out,
            StringComparison.Ordinal);
        string atoms = _folder.File("d.npy");
        Npy.Write(atoms, new Matrix(40, 36, ModelFile.LoadDictionary(dictionary).Atoms.Values.ToArray()));
        Refuse($"{Places}: its patches were whitened, and {atoms} does not say how; give the model they were encoded with.",
            "reconstruct", Codes, atoms, "--image", Places, "-o", output);
        Encode(3, "-o", Codes);
        Npy.Write(Dense, new Matrix(RowsOf(Places), 40));
        Refuse($"{Places}: its patches were not whitened; those that {dictionary} was learned on were.", "reconstruct", Dense, dictionary,
            "--image", Places, "-o", output);
    }

    [Fact]
    public void Encode_tells_how_many_places_were_flat()
    {
        using JsonDocument with = JsonDocument.Parse(Encode(4, "-o", Codes, "--json").Out),
            without = JsonDocument.Parse(Succeed("encode", workspace.Dictionary, Picture, "--stride", "3", "-o", Codes, "--json").Out);

        // A stride of 4 makes 11 places along 48 pixels and one more at the edge; of 3, it makes 15 that end there.
        Assert.Equal(12 * 12, with.RootElement.GetProperty("rows").GetInt64() + with.RootElement.GetProperty("flat_places").GetInt64());
        Assert.Equal(15 * 15, without.RootElement.GetProperty("rows").GetInt64()
            + without.RootElement.GetProperty("flat_places").GetInt64());
        Assert.True(with.RootElement.GetProperty("flat_places").GetInt64() > 0);
        Assert.Equal(Places, with.RootElement.GetProperty("places").GetString());
        Assert.DoesNotContain("flat places", Succeed("encode", workspace.Dictionary, workspace.Signals, "-o", Codes).Out,
            StringComparison.Ordinal);
        Assert.Contains("format  patch-places\n", Succeed("info", Places).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line_and_nothing_is_written()
    {
        Encode(5, "-o", Codes);
        string[] before = _folder.Names;
        string output = _folder.File("again.png"), other = workspace.Signals;
        string[] reconstruct = ["reconstruct", Codes, workspace.Dictionary];

        Refuse($"{other}: holds codes of 36 values; the dictionary has 12 atoms.", "reconstruct", other, workspace.Dictionary, "-o",
            Signals);
        Refuse($"{Places}: holds no sparse matrix (the arrays format, shape and data); expected what scipy.sparse.save_npz writes.",
            "reconstruct", Places, workspace.Dictionary, "-o", Signals);
        Refuse($"{Codes}: holds no places of patches; expected what 'sparsecode encode --places' writes.",
            [.. reconstruct, "--image", Codes, "-o", output]);
        Refuse($"{output}: ends in '.png'; signals are written as .npy, .npz, .safetensors or .csv, and pictures with --image.",
            [.. reconstruct, "-o", output]);
        Refuse($"{Signals}: cannot be written: pictures are written to files ending in .png, .tif, .tiff, .pgm, .ppm.",
            [.. reconstruct, "--image", Places, "-o", Signals]);
        Refuse("--output is empty; it must have a value.", [.. reconstruct, "--image", Places, "-o", ""]);
        Refuse($"{Codes}: is an input too, which no output may replace; give another name.", [.. reconstruct, "-o", Codes]);
        Refuse($"{Picture}: is a picture that was encoded, which no output may replace; give another name.",
            [.. reconstruct, "--image", Places, "-o", Picture]);
        Refuse($"{Picture}: is a picture that was encoded, which no output may replace; give another name.",
            [.. reconstruct, "--image", Places, "-o", workspace.Images]);
        Refuse("--places is for all patches on a grid; --samples draws some at random.", "encode", workspace.Dictionary, Picture,
            "--samples", "9", "--places", _folder.File("q.npz"), "-o", Dense);
        Refuse($"--places is for patches of pictures; {other} is not cut into patches.", "encode", workspace.Dictionary, other, "--places",
            _folder.File("q.npz"), "-o", Dense);
        Refuse($"{Codes}: is given for two outputs; each needs a file of its own.", "encode", workspace.Dictionary, Picture, "--places",
            Codes, "-o", Codes);
        Assert.Equal(before, _folder.Names);
    }

    [Fact]
    public void Codes_and_places_that_do_not_belong_together_are_refused()
    {
        Encode(5, "-o", Codes);
        long rows = RowsOf(Places);
        string output = _folder.File("again.png"), others = _folder.File("q.npz"), atoms = _folder.File("d.npy");
        Succeed("encode", workspace.Dictionary, workspace.Images, "--stride", "6", "--places", others, "-o", Dense);
        Npy.Write(atoms, new Matrix(12, 2, [.. Enumerable.Repeat(MathF.Sqrt(0.5f), 24)]));

        Refuse($"{Places}: holds the places of {rows} patches; {Dense} holds {RowsOf(others)} codes.", "reconstruct", Dense,
            workspace.Dictionary, "--image", Places, "-o", output);
        Refuse($"{output}: is the name of a file; the results of a folder or of several pictures need a folder.", "reconstruct", Dense,
            workspace.Dictionary, "--image", others, "-o", output);
        Refuse($"{Places}: holds the places of 6×6 patches; the atoms of {atoms} have 2 values.", "reconstruct", Codes, atoms, "--image",
            Places, "-o", output);
        byte[] bytes = File.ReadAllBytes(Codes);
        bytes[^(bytes.Length / 3)] ^= 0x40;
        File.WriteAllBytes(Codes, bytes);
        Outcome damaged = Run("reconstruct", Codes, workspace.Dictionary, "--image", Places, "-o", output, "-q");
        Assert.Equal((1, ""), (damaged.ExitCode, damaged.Out));
        Assert.StartsWith($"error: {Codes}", Assert.Single(damaged.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    /// <summary>Encodes the picture with its places at λ = 0.05.</summary>
    private Outcome Encode(int stride, params string[] args)
        => Succeed(["encode", workspace.Dictionary, Picture, "--stride", $"{stride}", "--lambda", "0.05", "--places", Places, .. args]);

    private static int RowsOf(string places)
    {
        using PatchPlacesReader reader = PatchPlacesReader.Open(places);
        return (int)reader.Rows;
    }

    /// <summary>The mean over all pixels of the mean squared error of the patches that lie on it, in double.</summary>
    private static double MeanOfPatches(GrayImage image, int stride, Matrix cut, Matrix signals)
    {
        PatchPreprocessing preprocessing = new() { PatchSize = 6 };
        double[] sums = new double[image.Pixels.Length], counts = new double[image.Pixels.Length];
        int row = 0;
        foreach (PatchBlock block in PatchGrid.Cut(image, preprocessing, stride, 99, toEdge: true))
        {
            foreach (PatchPlace place in block.Places)
                AddErrors(place, PatchPictures.Row(cut, row).Zip(PatchPictures.Row(signals, row++), (a, b) => (a - b) * place.Deviation));
            foreach (PatchPlace place in block.Flat)
                AddErrors(place, PatchPictures.Cut(image, place.X, place.Y, 6).Select(v => v - place.Mean));
        }
        Assert.Equal(cut.Rows, row);
        return sums.Zip(counts, (sum, count) => sum / count).Average();

        void AddErrors(PatchPlace place, IEnumerable<double> errors)
        {
            foreach ((int i, double error) in errors.Index())
            {
                int at = (place.Y + i / 6) * image.Width + place.X + i % 6;
                sums[at] += error * error;
                counts[at]++;
            }
        }
    }

    private static double Psnr(GrayImage a, GrayImage b)
        => -10 * Math.Log10(a.Pixels.ToArray().Zip(b.Pixels.ToArray(), (u, v) => (double)(u - v) * (u - v)).Average());
}
