using System.CommandLine;
using System.Diagnostics;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode reconstruct: codes in, signals or pictures out.</summary>
internal sealed class ReconstructCommand
{
    /// <summary>Depth of the pictures: sums of atoms are of no depth, and 8 bits would round them.</summary>
    private const int PictureBits = 16;

    private readonly Argument<string> _codes =
        new("CODES")
        {
            Description =
            "The codes [N×m] as 'sparsecode encode' writes them: an .npz of scipy.sparse.save_npz too, or an array: .npy, FILE.npz:NAME, "
            + "FILE.safetensors[:NAME] or .csv; or - for one from standard input.",
        };
    private readonly Argument<string> _dictionary =
        new("DICTIONARY")
        {
            Description = $"What the codes are of: a dictionary, an encoder trained for one, or {AtomOptions.Formats}."
        };
    private readonly Option<string> _output =
        new("--output", "-o")
        {
            Description = "The signals to write, a row for every code: .npy, .npz, .safetensors or .csv, or - for an .npy to standard "
            + "output. With --image: a file ending in .png, .tif or .pgm for one picture, or a folder, where each has the name and ending "
            + "it had, PNG where that is only read.",
            Required = true,
            HelpName = "FILE"
        };
    private readonly Option<string?> _image =
        new("--image")
        {
            Description =
        "Put the pictures together again: the places that 'sparsecode encode --places' wrote beside these codes. Patches are averaged "
        + "where they overlap; places left out as flat get their mean.",
            HelpName = "PLACES.npz"
        };

    private readonly AtomOptions _atoms = new();

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new ReconstructCommand();
        var command = new ExampledCommand(
            "reconstruct",
            "Makes signals of codes, every one the sum of its atoms, or puts the pictures together again that were encoded. The signals "
            + "are in the units that the dictionary was learned on; pictures are gray, of 16 bits. Inputs may be larger than memory.",
            ["sparsecode reconstruct codes.npz dictionary.safetensors -o signals.npy",
            "sparsecode reconstruct codes.npz dictionary.safetensors --image places.npz -o picture.png",
            "sparsecode reconstruct codes.npy lista.safetensors --image places.npz -o pictures/"])
        {
            self._codes, self._dictionary, self._output, self._image,
        };
        self._atoms.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        ModelInput model = ModelInput.Open(parsed.GetRequiredValue(_dictionary), _atoms.Bind(parsed));
        AtomDictionary dictionary = model.Dictionary
            ?? throw new UserError($"{model.Path}: holds a '{model.Encoder!.Kind}' encoder without a dictionary; expected one with atoms.");
        using CodesReader codes = CodesReader.Open(context.Inputs.Of(parsed.GetRequiredValue(_codes)));
        model.RequireCodeSize(codes.Path, codes.Columns);
        IEnumerable<Matrix> signals = codes.Reconstruct(dictionary, context.Threads, context.Cancellation);
        string output = parsed.GetRequiredValue(_output);
        Result result = parsed.GetValue(_image) is { } path ? WritePictures(path, output, codes, signals, model, context)
            : WriteSignals(output, codes, signals, model, context);
        context.Print(result, output);
        return ExitCode.Done;
    }

    private Result WriteSignals(string output, CodesReader codes, IEnumerable<Matrix> signals, ModelInput model, CommandContext context)
    {
        FileEnding.Require(output, "signals", FileEnding.Rows, $", and pictures with {_image.Name}");
        OutputFile.Require([codes.Path, model.Path], output);
        using OutputTarget target = OutputTarget.Of(output, context.Terminal);
        using RowsWriter writer = RowsWriter.Create(target.Target, model.SignalSize, "signals");
        Track(codes, signals, context, blocks =>
        {
            foreach (Matrix x in blocks)
                writer.AppendRows(x);
        });
        writer.Complete();
        target.Complete();
        return new Result().Add("signals", output).Add("rows", codes.Rows).Add("signal_size", model.SignalSize)
            .Add("units", UnitsOf(model.Preprocessing));
    }

    private Result WritePictures(
        string path, string output, CodesReader codes, IEnumerable<Matrix> signals, ModelInput model, CommandContext context)
    {
        using PatchPlacesReader places = PatchPlacesReader.Open(path);
        RequireFit(places, codes, model);
        IReadOnlyList<string> targets = Targets(output, places, [codes.Path, model.Path, path]);
        int written = 0;
        Track(codes, signals, context, blocks =>
        {
            foreach (GrayImage image in PictureAssembly.Assemble(places, blocks.Select(x => Unwhiten(x, model.Preprocessing))))
                PictureOutput.Save(targets[written++], ColourImage.OfGray(image, PictureBits));
        });
        return new Result().Add(written == 1 ? "picture" : "pictures", written == 1 ? targets[0] : output).Add("count", written)
            .Add("patches", places.Rows).Add("flat_places", places.FlatPlaces);
    }

    /// <summary>A file for every picture: in a folder each lies as the pictures lay in the folder that holds them all.</summary>
    private IReadOnlyList<string> Targets(string output, PatchPlacesReader places, IReadOnlyList<string> inputs)
    {
        string[] originals = [.. places.Pictures.Select(p => p.Name)];
        bool isOne = originals.Length == 1 && Path.HasExtension(output);
        var plan = new PictureOutput(_output, output, isOne, [.. CommonFolder.Relative(originals).Select(AsGray)]);
        if (isOne && !Directory.Exists(output))
            WrittenFormat.For(output, channels: 1, hasAlpha: false);
        HashSet<string> real = [.. originals.Where(File.Exists).Select(RealPath.Of)];
        foreach (string file in plan.Files)
            if (real.Contains(RealPath.Of(file)))
                throw new UserError($"{file}: is a picture that was encoded, which no output may replace; give another name.");
        plan.Require(inputs, null);
        return plan.Files;
    }

    /// <summary>A PPM holds no gray pictures; a PGM does.</summary>
    private static string AsGray(string name)
        => string.Equals(Path.GetExtension(name), ".ppm", StringComparison.OrdinalIgnoreCase) ? Path.ChangeExtension(name, ".pgm") : name;

    private static void RequireFit(PatchPlacesReader places, CodesReader codes, ModelInput model)
    {
        int size = places.PatchSize;
        if (places.Rows != codes.Rows)
            throw new UserError($"{places.Path}: holds the places of {places.Rows} patches; {codes.Path} holds {codes.Rows} codes.");
        if (size * size != model.SignalSize)
            throw new UserError(
                $"{places.Path}: holds the places of {size}×{size} patches; the atoms of {model.Path} have {model.SignalSize} values.");
        if (!places.HasWhitening(model.Preprocessing?.Whitening))
            throw new UserError(places.IsWhitened
                ? $"{places.Path}: its patches were whitened, and {model.Path} does not say how; give the model they were encoded with."
                : $"{places.Path}: its patches were not whitened; those that {model.Path} was learned on were.");
        if (places.DictionaryHash is { } hash && hash != model.Dictionary!.Hash)
            throw new UserError(
                $"{places.Path}: its patches were encoded with the dictionary {hash}; {model.Path} holds {model.Dictionary.Hash}.");
    }

    private static Matrix Unwhiten(Matrix x, PatchPreprocessing? preprocessing)
    {
        preprocessing?.Whitening?.Undo(x);
        return x;
    }

    /// <summary>Walks blocks of signals while progress is shown.</summary>
    private static void Track(CodesReader codes, IEnumerable<Matrix> signals, CommandContext context, Action<IEnumerable<Matrix>> walk)
        => context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("reconstructing");
            var clock = Stopwatch.StartNew();
            walk(signals.Select(x =>
            {
                double rate = codes.Done / clock.Elapsed.TotalSeconds;
                piece.Report(codes.Done, codes.Rows, rate, TimeSpan.FromSeconds((codes.Rows - codes.Done) / rate), "");
                return x;
            }));
        });

    private static string UnitsOf(PatchPreprocessing? preprocessing)
        => preprocessing is null ? "those of the signals that were encoded"
            : $"those that the dictionary was learned on: {preprocessing.Description}";
}
