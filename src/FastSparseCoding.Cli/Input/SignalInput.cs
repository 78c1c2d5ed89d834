using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>The IMAGES of a command line: photographs cut into patches, an IDX file of pictures taken whole, or an array of signals taken
/// as they are.</summary>
internal abstract class SignalInput
{
    /// <summary>What IMAGES may be, for helps.</summary>
    public const string Description =
        "A folder, image files or patterns in quotes ('photos/*.jpg'), an IDX file of pictures taken whole (MNIST), or signals [N×n] taken "
        + "as they are: an .npy, FILE.npz[:NAME], FILE.safetensors[:NAME] or .csv, or - for one of them from standard input.";

    /// <summary>Values in a signal n.</summary>
    public abstract int SignalSize { get; }

    /// <summary>How images became signals, or null for signals from an array.</summary>
    public abstract PatchPreprocessing? Preprocessing { get; }

    /// <summary>The first of the paths it is from, for messages.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Tells this input from any other, preprocessing included.</summary>
    public abstract string Identity { get; }

    /// <summary>The sketch of what <see cref="Split"/> gives to learn from.</summary>
    public abstract long[] Sketch(int heldOut);

    /// <summary>Endless signals to learn from, and a fixed number that are kept apart to measure on.</summary>
    public abstract (ISignalSource Source, Matrix HeldOut) Split(int heldOut, int seed);

    /// <summary>The masks of the same signals to learn from, or null where all values are known.</summary>
    public virtual ISignalSource? SplitMasks(int heldOut, int seed) => null;

    /// <summary>Whether the arguments are one file of numbers.</summary>
    public static bool IsArray(IReadOnlyList<string> paths)
        => paths.Count == 1
            && (paths[0] == StandardStream.Name || (ArrayPath.Parse(paths[0]).IsArray && !Directory.Exists(paths[0])));

    /// <summary>Opens images, an IDX file or an array, whole; of an array a mask may tell which values are known.</summary>
    public static SignalInput Open(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, string output, CommandContext context, string? mask = null)
    {
        SignalInput input = OpenAny(paths, preprocessing, output, context, mask);
        input.Name = InputPaths.NameOf(paths[0]);
        return input;
    }

    private static SignalInput OpenAny(
        IReadOnlyList<string> paths, PatchPreprocessing preprocessing, string output, CommandContext context, string? mask)
        => IsArray(paths) ? RowInput.OfArray(context.Inputs.Of(paths[0]), mask)
            : mask is not null ? throw new UserError($"--mask is for an array of signals; {paths[0]} is none.")
            : WholeImageInput.IsOne(paths) ? new RowInput(paths[0], WholeImageInput.Read(paths[0], preprocessing), preprocessing)
            : new ImageInput(LoadImages(paths, output, context, context.AtLeast(preprocessing.PatchSize)), preprocessing);

    /// <summary>Rows of an array drawn at random, without repeats and in their order, or all of them when there are no more.</summary>
    public static Matrix DrawRows(FileSource source, ModelInput model, int count, int seed)
    {
        using RowsReader reader = RowsReader.Open(source);
        string path = reader.Path;
        model.RequireSize(path, reader.Columns);
        if (reader.Rows == 0)
            throw new UserError($"{path}: holds no signals; expected at least one.");
        int[] rows = Draw(reader.Rows, count, seed);
        var x = new Matrix(rows.Length, reader.Columns);
        for (int i = 0; i < rows.Length; i++)
        {
            reader.Read(rows[i], x.RowRange(i, 1));
            RequireFinite(path, x.RowRange(i, 1), rows[i]);
        }
        return x;
    }

    /// <summary>Numbers from 0 to <paramref name="available"/> − 1 drawn at random, without repeats, ascending; all of them when there are
    /// no more.</summary>
    public static int[] Draw(long available, int count, int seed)
    {
        if (available <= count)
            return [.. Enumerable.Range(0, (int)available)];
        var drawn = new SortedSet<int>();
        var random = new Random(seed);
        while (drawn.Count < count)
            drawn.Add((int)random.NextInt64(Math.Min(available, int.MaxValue)));
        return [.. drawn];
    }

    /// <summary>Refuses NaN and infinity, naming the place.</summary>
    public static void RequireFinite(string path, ReadOnlyMatrixView x, long firstRow)
    {
        for (int i = 0; i < x.Rows; i++)
            for (int j = 0; j < x.Columns; j++)
                if (!float.IsFinite(x.Row(i)[j]))
                    throw new UserError(FormattableString.Invariant(
                        $"{path}: holds {x.Row(i)[j]} at row {firstRow + i}, column {j}; every value must be finite."));
    }

    private sealed class RowInput(string path, Matrix x, PatchPreprocessing? preprocessing, Matrix? mask = null) : SignalInput
    {
        public override int SignalSize => x.Columns;

        public override PatchPreprocessing? Preprocessing => preprocessing;

        public override string Identity => $"signals {Fingerprint.Of(x)}{(mask is null ? "" : $", mask {Fingerprint.Of(mask)}")}";

        public static RowInput OfArray(FileSource source, string? mask)
        {
            Matrix x = RowsReader.ReadMatrix(source);
            string path = source.Name;
            if (x.Columns == 0)
                throw new UserError($"{path}: is [{x.Rows}×0]; expected signals of one value or more.");
            if (mask is not null)
                return new RowInput(path, x, null, MaskFile.Read(mask, x, path));
            RequireFinite(path, x, 0);
            return new RowInput(path, x, null);
        }

        public override (ISignalSource Source, Matrix HeldOut) Split(int heldOut, int seed)
        {
            int aside = Math.Min(heldOut, x.Rows / 10);
            if (aside == 0)
                throw new UserError(
                    $"{path}: holds {x.Rows} signals; expected 10 or more, of which a tenth is kept apart to measure the error.");
            int rest = x.Rows - aside;
            return (new MatrixSource(x, seed, rest), new Matrix(aside, x.Columns, x.RowRange(rest, aside).Values.ToArray()));
        }

        public override long[] Sketch(int heldOut) => DataSketch.Of(Fingerprint.OfEach(x, x.Rows - Math.Min(heldOut, x.Rows / 10)));

        public override ISignalSource? SplitMasks(int heldOut, int seed)
            => mask is null ? null : new MatrixSource(mask, seed, x.Rows - Math.Min(heldOut, x.Rows / 10));
    }

    private sealed class ImageInput(ImageStore images, PatchPreprocessing preprocessing) : SignalInput
    {
        public override int SignalSize => preprocessing.SignalSize;

        public override PatchPreprocessing? Preprocessing => preprocessing;

        public override string Identity => $"pixels {Fingerprint.Of(images)}, {Fingerprint.Of(preprocessing)}";

        public override (ISignalSource Source, Matrix HeldOut) Split(int heldOut, int seed)
        {
            (ImageStore learn, ImageStore measure) = images.HoldOut();
            return (new PatchSource(learn, preprocessing, seed), Patches.Sample(measure, preprocessing, heldOut, unchecked(seed + 1)));
        }

        public override long[] Sketch(int heldOut) => DataSketch.Of(Fingerprint.OfEach(images.HoldOut().Learn));
    }

    /// <summary>Images to draw patches from, as many as there are. What memory is not to hold lies, without a name, in the folder of the
    /// output, or where that is yet to be made, or without an output in the system's for temporary files.</summary>
    public static ImageStore LoadImages(
        IReadOnlyList<string> paths, string? output, CommandContext context, PictureRule rule, bool colour = false)
    {
        WarnPassedOver(paths, context);
        string? folder = output is null ? null : Path.GetDirectoryName(Path.GetFullPath(output));
        while (folder is not null && !Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder);
        return colour ? ImageStore.LoadColour(paths, ImageStore.DefaultMemory, folder, rule, context.Cancellation)
            : ImageStore.Load(paths, ImageStore.DefaultMemory, folder, context.Threads, rule, context.Cancellation);
    }

    /// <summary>Says which pictures of folders are left out, being of kinds that are not read.</summary>
    public static void WarnPassedOver(IReadOnlyList<string> paths, CommandContext context)
    {
        IReadOnlyList<string> others = ImageFolder.FindPassedOver(paths);
        if (others.Count > 0)
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {others[0]}{(others.Count == 1 ? " is" : $" and {others.Count - 1:N0} more are")} left out; expected files ending in {string.Join(", ", ImageFile.Extensions)}."));
    }
}
