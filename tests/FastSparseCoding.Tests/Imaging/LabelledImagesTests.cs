using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class LabelledImagesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_read_gzipped_or_not_and_under_either_name()
    {
        DigitFiles.Write(_folder.Path, train: 30, test: 20);
        File.Move(_folder.File("t10k-labels-idx1-ubyte"), _folder.File("t10k-labels.idx1-ubyte"));

        (LabelledImages train, LabelledImages test) = LabelledImages.ReadFolder(_folder.Path);

        Assert.Equal((30, 64, 30, 8), (train.Images.Rows, train.Images.Columns, train.Labels.Length, train.Side));
        Assert.Equal((20, 64, 20, 8), (test.Images.Rows, test.Images.Columns, test.Labels.Length, test.Side));
        Assert.Equal(IdxFile.ReadImages(_folder.File("train-images-idx3-ubyte.gz")).Images.Values.ToArray(), train.Images.Values.ToArray());
    }

    [Fact]
    public void Files_that_are_missing_or_do_not_belong_together_are_refused()
    {
        string none = _folder.File("none");
        Assert.Equal($"{none}: cannot be read: there is no such folder.",
            Assert.ThrowsAny<IOException>(() => LabelledImages.ReadFolder(none)).Message);
        DigitFiles.Write(_folder.Path, train: 30, test: 20);
        string labels = _folder.Write("t10k-labels-idx1-ubyte", DigitFiles.Idx([19], new byte[19])),
            images = _folder.File("t10k-images-idx3-ubyte");
        Refused($"{labels}: holds 19 labels; {images} holds 20 images.");
        _folder.Write("t10k-labels-idx1-ubyte", DigitFiles.Idx([1], new byte[1]));
        _folder.Write("t10k-images-idx3-ubyte", DigitFiles.Idx([1, 3, 3], new byte[9]));
        Refused($"{images}: its pictures are 3×3; those to train on are 8×8.");
        _folder.Write("t10k-images-idx3-ubyte", DigitFiles.Idx([1, 3, 2], new byte[6]));
        Refused($"{images}: its pictures are 2×3; expected square ones of at most 256×256.");
        _folder.Write("t10k-images-idx3-ubyte", DigitFiles.Idx([0, 3, 3], []));
        Refused($"{images}: holds no images; expected at least one.");
        File.Delete(_folder.File("train-labels-idx1-ubyte.gz"));
        Refused($"{_folder.Path}: cannot be read: it holds no train-labels-idx1-ubyte, gzipped or not.");
    }

    [Fact]
    public void A_picture_is_normalised_like_a_patch_of_its_size_and_a_flat_one_becomes_zero()
    {
        Matrix images = RandomData.Normal(3, 9, seed: 1), whole = images.Clone();
        images.Row(1).Fill(0.5f);
        whole.Row(1).Fill(0.5f);
        ZcaWhitening whitening = ZcaWhitening.Fit(RandomData.Normal(100, 9, seed: 2));
        foreach (PatchPreprocessing preprocessing in new PatchPreprocessing[]
        {
            new() { PatchSize = 3 }, new() { PatchSize = 3, Normalization = PatchNormalization.None },
            new() { PatchSize = 3, Whitening = whitening },
        })
        {
            Matrix normalised = whole.Clone();
            WholeImages.Normalize(normalised, preprocessing);
            foreach (int i in (int[])[0, 2])
                Assert.Equal(Patches.Grid(new GrayImage(3, 3, images.Row(i).ToArray()), preprocessing, 1, out _).Row(0).ToArray(),
                    normalised.Row(i).ToArray());
            var zero = new Matrix(1, 9);
            preprocessing.Whitening?.Apply(zero);
            Assert.Equal(zero.Values.ToArray(), normalised.Row(1).ToArray());
        }
        Assert.StartsWith("'images' has 9 columns; it must have 16.",
            Assert.ThrowsAny<ArgumentException>(() => WholeImages.Normalize(whole, new() { PatchSize = 4 })).Message,
            StringComparison.Ordinal);
    }

    private void Refused(string message)
        => Assert.Equal(message, Assert.ThrowsAny<Exception>(() => LabelledImages.ReadFolder(_folder.Path)).Message);
}
