namespace FastSparseCoding.Imaging;

/// <summary>Square pictures with labels, as in the files of MNIST and its kin. Safe to read from several threads at once; whoever changes
/// it must be alone.</summary>
/// <param name="Images">Pictures [N×side²], pixels from 0 to 1.</param>
/// <param name="Labels">Their labels [N].</param>
/// <param name="Side">Side of a picture in pixels.</param>
public sealed record LabelledImages(Matrix Images, byte[] Labels, int Side)
{
    /// <summary>Reads the four files of a folder under their usual names: train-images-idx3-ubyte, train-labels-idx1-ubyte,
    /// t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, gzipped (.gz) or not.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Pictures to train on and pictures to test on, of one size.</returns>
    /// <exception cref="IOException">There is no such folder, or a file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or files do not belong together.</exception>
    public static (LabelledImages Train, LabelledImages Test) ReadFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            Throw.Unreadable<string>(folder, "there is no such folder.");
        LabelledImages train = Read(Find(folder, "train-images-idx3-ubyte"), Find(folder, "train-labels-idx1-ubyte"));
        string testPath = Find(folder, "t10k-images-idx3-ubyte");
        LabelledImages test = Read(testPath, Find(folder, "t10k-labels-idx1-ubyte"));
        if (test.Side != train.Side)
            Throw.InvalidFile(testPath, $"its pictures are {test.Side}×{test.Side}; those to train on are {train.Side}×{train.Side}.");
        return (train, test);
    }

    /// <summary>Reads pictures and their labels.</summary>
    /// <param name="imagesPath">An IDX file of square images.</param>
    /// <param name="labelsPath">An IDX file with as many labels.</param>
    /// <returns>The pictures, at least one.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not belong together.</exception>
    public static LabelledImages Read(string imagesPath, string labelsPath)
    {
        (Matrix images, int side) = ReadSquare(imagesPath);
        byte[] labels = IdxFile.ReadLabels(labelsPath);
        if (labels.Length != images.Rows)
            Throw.InvalidFile(labelsPath, $"holds {labels.Length} labels; {imagesPath} holds {images.Rows} images.");
        return new LabelledImages(images, labels, side);
    }

    /// <summary>Reads pictures that must be square and at least one.</summary>
    /// <param name="path">An IDX file of images.</param>
    /// <returns>The pictures [N×side²], from 0 to 1, and their side.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, holds no picture, or they are not square.</exception>
    internal static (Matrix Images, int Side) ReadSquare(string path)
    {
        (Matrix images, int height, int width) = IdxFile.ReadImages(path);
        if (images.Rows == 0)
            Throw.InvalidFile(path, "holds no images; expected at least one.");
        if (height != width || height > 256)
            Throw.InvalidFile(path, $"its pictures are {width}×{height}; expected square ones of at most 256×256.");
        return (images, height);
    }

    private static string Find(string folder, string name)
    {
        foreach (string candidate in (
            string[])[name, name + ".gz", name.Replace("-idx", ".idx", StringComparison.Ordinal),
            name.Replace("-idx", ".idx", StringComparison.Ordinal) + ".gz"])
            if (File.Exists(Path.Combine(folder, candidate)))
                return Path.Combine(folder, candidate);
        return Throw.Unreadable<string>(folder, $"it holds no {name}, gzipped or not.");
    }
}
