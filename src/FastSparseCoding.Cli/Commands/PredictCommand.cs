using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Paper;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode predict: labels of new pictures, from a trained classifier.</summary>
internal sealed class PredictCommand
{
    private readonly Argument<string> _classifier = new("CLASSIFIER") { Description = "A classifier written by 'sparsecode classify'." };
    private readonly Argument<string[]> _images = new("IMAGES")
    {
        Description =
            "Pictures of the size of those it was trained on: a folder, image files, or an IDX file (MNIST); or signals [N×n] taken as "
            + "they are: an .npy, FILE.npz[:NAME], FILE.safetensors[:NAME] or .csv, or - for one of them from standard input.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "Write labels and the probabilities of all classes as comma-separated values, with - to standard output, instead of "
            + "the table.",
        HelpName = "FILE.csv",
    };

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new PredictCommand();
        var command = new ExampledCommand(
            "predict", "Classifies new pictures or signals: the likeliest class of each and its probability, with --json or -o those of "
            + "all classes.",
            ["sparsecode predict classifier.safetensors mnist/t10k-images-idx3-ubyte.gz -o labels.csv",
            "sparsecode predict classifier.safetensors digits/ --json"])
        {
            self._classifier, self._images, self._output,
        };
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string path = parsed.GetRequiredValue(_classifier);
        ClassifierModel model = ClassifierFile.Load(path);
        string[] inputs = context.Inputs.Of(parsed, _images);
        string? output = parsed.GetValue(_output);
        OutputFile.Require([.. inputs, path], output);
        FileEnding.Require(output, "tables", FileEnding.Table);
        (object[] names, Matrix x) = ReadSignals(inputs, PatchPreprocessing.Read(path), context);
        if (x.Columns != (model.Encoder?.SignalSize ?? model.Classifier.CodeSize))
            throw new UserError(
                $"{InputPaths.NameOf(inputs[0])}: its signals have {x.Columns} values; the classifier takes signals of "
                + $"{model.Encoder?.SignalSize ?? model.Classifier.CodeSize}.");
        Matrix z = model.Encoder?.Encode(x, context.Threads, context.Cancellation) ?? x;
        if (z.Values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and int at)
            throw new UserError(
                $"{InputPaths.NameOf(inputs[0])}: the code of signal {at / z.Columns} is not finite: its values are too large for "
                + "float32; scale the signals.");
        byte[] labels = model.Classifier.Predict(z);
        Matrix p = model.Classifier.Probabilities(z);
        var result = new Result().Add("classifier", path).Add("signals", x.Rows).Add("classes", model.Classifier.ClassCount);
        if (output is not null)
        {
            TextOutput.Write(output, AllClasses(names, labels, p).ToCsv(), context.Terminal);
            result.Add("table", output);
        }
        else
            result.AddTable("predictions", context.Json ? AllClasses(names, labels, p) : Likeliest(names, labels, p));
        context.Print(result, output);
        return ExitCode.Done;
    }

    private static (object[] Names, Matrix X) ReadSignals(string[] inputs, PatchPreprocessing? preprocessing, CommandContext context)
    {
        if (SignalInput.IsArray(inputs))
        {
            FileSource source = context.Inputs.Of(inputs[0]);
            Matrix rows = RowsReader.ReadMatrix(source);
            SignalInput.RequireFinite(source.Name, rows, 0);
            return (Numbers(rows.Rows), rows);
        }
        if (preprocessing is null)
            throw new UserError($"{inputs[0]}: is no array of signals, which the classifier was trained on.");
        if (WholeImageInput.IsOne(inputs))
        {
            Matrix whole = WholeImageInput.Read(inputs[0], preprocessing);
            return (Numbers(whole.Rows), whole);
        }
        SignalInput.WarnPassedOver(inputs, context);
        var names = new List<object>();
        var values = new List<float>();
        int side = preprocessing.PatchSize;
        var rule = new PictureRule(
            (width, height) => (width, height) == (side, side) ? null
                : $"is {width}×{height}; the classifier takes pictures of {side}×{side}.", context.SkipBad);
        foreach (GrayImage image in ImageFolder.Stream(inputs, context.Threads, rule, context.Cancellation))
        {
            names.Add(image.Name);
            values.AddRange(image.Pixels);
        }
        var x = new Matrix(names.Count, preprocessing.SignalSize, [.. values]);
        WholeImages.Normalize(x, preprocessing);
        return ([.. names], x);
    }

    private static object[] Numbers(int count) => [.. Enumerable.Range(0, count).Cast<object>()];

    private static ResultTable Likeliest(object[] names, byte[] labels, Matrix p)
    {
        var table = new ResultTable("signal", "label", "probability");
        for (int i = 0; i < names.Length; i++)
            table.Add(names[i], (int)labels[i], (double)p[i, labels[i]]);
        return table;
    }

    private static ResultTable AllClasses(object[] names, byte[] labels, Matrix p)
    {
        IEnumerable<string> classes = Enumerable.Range(0, p.Columns).Select(c => FormattableString.Invariant($"p{c}"));
        var table = new ResultTable(["signal", "label", .. classes]);
        for (int i = 0; i < names.Length; i++)
            table.Add([names[i], (int)labels[i], .. p.Row(i).ToArray().Select(v => (object)(double)v)]);
        return table;
    }
}
