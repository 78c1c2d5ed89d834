using System.CommandLine;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode classify: a linear classifier on the codes of labelled pictures, and the encoder below it trained with it.</summary>
internal sealed class ClassifyCommand
{
    private static readonly ClassifierOptions Defaults = ClassifierOptions.Default;

    private readonly Argument<string> _data =
        new("DATA")
        {
            Description =
        "A folder with the four files of MNIST or its kin: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
        + "t10k-labels-idx1-ubyte, gzipped (.gz) or not."
        };
    private readonly Option<string> _output =
        new("--output", "-o")
        {
            Description = "The classifier to write, with what gives its codes (.safetensors).",
            Required = true,
            HelpName = "FILE"
        };
    private readonly Option<string?> _encoder =
        new("--encoder")
        {
            Description = "What gives the codes: an encoder written by 'sparsecode train', or a dictionary for exact codes.",
            HelpName = "MODEL"
        };
    private readonly Option<bool> _raw =
        new("--raw") { Description = "Classify the pixels as they are after normalisation, without codes." };
    private readonly Option<float?> _lambda =
        new("--lambda")
        {
            Description =
        "With a dictionary: sparsity weight λ of the exact codes, above 0. [default: the dictionary's, or 0.5]",
            HelpName = "λ"
        };
    private readonly Option<bool> _endToEnd =
        new("--end-to-end")
        {
            Description =
        "Then train the encoder and the classifier together, the classifier's loss going back through the encoder."
        };
    private readonly Option<int> _epochs =
        new("--epochs")
        {
            Description = "How often the classifier sees every picture, from 1 to 10000.",
            DefaultValueFactory =
        _ => Defaults.Epochs,
            HelpName = "N"
        };
    private readonly Option<int> _endToEndEpochs =
        new("--end-to-end-epochs")
        {
            Description = "How often encoder and classifier together see every picture, from 1 to 10000.",
            DefaultValueFactory = _ => 5,
            HelpName = "N"
        };
    private readonly Option<int> _batch =
        new("--batch")
        {
            Description = "Pictures in a step, from 1 to 65536.",
            DefaultValueFactory =
        _ => Defaults.BatchSize,
            HelpName = "N"
        };
    private readonly Option<float?> _rate =
        new("--learning-rate")
        {
            Description =
        FormattableString.Invariant($"The classifier's rate at the start, above 0. [default: {Defaults.LearningRate}]"),
            HelpName = "η"
        };
    private readonly Option<float?> _encoderRate =
        new("--encoder-learning-rate")
        {
            Description =
        FormattableString.Invariant($"End to end: the encoder's rate at the start, above 0. [default: {Defaults.EncoderLearningRate}]"),
            HelpName = "η"
        };
    private readonly AtomOptions _atoms = new();
    private readonly PatchOptions _patches = new();

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new ClassifyCommand();
        var command = new ExampledCommand(
            "classify",
            "Trains a linear classifier on the codes of labelled pictures and measures its error on the test pictures. Every picture is "
                + "taken whole, normalised as the model's were. The last tenth of the training pictures (at most 5,000) chooses the best "
                + "epoch.",
            ["sparsecode classify mnist/ --encoder lista.safetensors --end-to-end -o classifier.safetensors",
                "sparsecode classify mnist/ --encoder dictionary.safetensors -o classifier.safetensors",
                "sparsecode classify mnist/ --raw -o classifier.safetensors"])
        {
            self._data, self._output, self._encoder, self._raw, self._lambda, self._endToEnd, self._epochs, self._endToEndEpochs,
            self._batch, self._rate, self._encoderRate,
        };
        self._atoms.AddTo(command);
        self._patches.AddTo(command);
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        ClassifierOptions options = BindOptions(parsed, context);
        foreach (Option option in new Option[] { _endToEndEpochs, _encoderRate })
            if (parsed.GetResult(option) is { Implicit: false } && !parsed.GetValue(_endToEnd))
                throw new UserError($"{option.Name} is for {_endToEnd.Name}.");
        int endToEndEpochs = Range.Check(_endToEndEpochs, parsed.GetValue(_endToEndEpochs), 1, 10_000);
        ModelInput? model = BindModel(parsed);
        ISparseEncoder? encoder = BindEncoder(parsed, model);
        string output = parsed.GetRequiredValue(_output), folder = parsed.GetRequiredValue(_data);
        (LabelledImages train, LabelledImages test) = LabelledImages.ReadFolder(folder);
        if (train.Labels.Length < 10)
            throw new UserError(
                $"{folder}: holds {train.Labels.Length} training pictures; expected 10 or more, of which a tenth chooses the best epoch.");
        PatchPreprocessing preprocessing = _patches.Bind(parsed, model?.Preprocessing, train.Side);
        if (encoder is not null)
            model!.RequireSize(folder, train.Images.Columns);
        OutputFile.Require([model?.Path, .. Directory.Exists(folder) ? Directory.GetFiles(folder) : []], output);
        FileEnding.Require(output, "classifiers", FileEnding.Model);
        WholeImages.Normalize(train.Images, preprocessing);
        WholeImages.Normalize(test.Images, preprocessing);
        var classifier = new LinearClassifier(
            encoder?.CodeSize ?? train.Images.Columns, 1 + Math.Max((byte)1, train.Labels.Concat(test.Labels).Max()));

        Result result = new Result()
            .Add("classifier", output).Add("codes_of", (encoder as TrainableEncoder)?.Kind ?? (encoder is null ? "none" : "dictionary"))
                .Add("classes", classifier.ClassCount)
            .Add("training_pictures", train.Labels.Length).Add("test_pictures", test.Labels.Length);
        context.Track(board =>
        {
            TrainOnCodes(board, classifier, encoder, train, test, options, result, context);
            if (parsed.GetValue(_endToEnd))
                TrainEndToEnd(board, classifier, (TrainableEncoder)encoder!, train, test, options with { Epochs = endToEndEpochs }, result,
                    context);
        });
        ClassifierFile.Save(output, new ClassifierModel(classifier, encoder), preprocessing);
        context.Print(result);
        return ExitCode.Done;
    }

    private ClassifierOptions BindOptions(ParseResult parsed, CommandContext context) => new()
    {
        Epochs = Range.Check(_epochs, parsed.GetValue(_epochs), 1, 10_000),
        BatchSize = Range.Check(_batch, parsed.GetValue(_batch), 1, 65_536),
        LearningRate = Range.CheckPositive(_rate, parsed.GetValue(_rate) ?? Defaults.LearningRate),
        EncoderLearningRate = Range.CheckPositive(_encoderRate, parsed.GetValue(_encoderRate) ?? Defaults.EncoderLearningRate),
        Seed = context.Seed,
        Threads = context.Threads,
    };

    private ModelInput? BindModel(ParseResult parsed)
    {
        string? path = parsed.GetValue(_encoder);
        if (path is null != parsed.GetValue(_raw))
            throw new UserError($"give either {_encoder.Name} with a model, or {_raw.Name} for pixels without codes.");
        return path is null ? null : ModelInput.Open(path, _atoms.Bind(parsed));
    }

    private ISparseEncoder? BindEncoder(ParseResult parsed, ModelInput? model)
    {
        if (model?.Encoder is null && parsed.GetValue(_endToEnd))
            throw new UserError(
                $"{_endToEnd.Name} trains an encoder; {(model is null ? $"{_raw.Name} has none" : $"{model.Path} holds a dictionary")}.");
        if (model is { Encoder: null })
        {
            Penalty learned = model.Penalty ?? 0.5f;
            return new ActiveSetSolver(
                model.Dictionary!, learned.WithLambda(Range.CheckPositive(_lambda, parsed.GetValue(_lambda) ?? learned.Lambda)));
        }
        if (parsed.GetValue(_lambda) is not null)
            throw new UserError(
                $"{_lambda.Name} is for the exact codes of a dictionary; "
                + $"{(model is null ? $"{_raw.Name} has no codes" : $"{model.Path} holds a '{model.Encoder!.Kind}' encoder")}.");
        return model?.Encoder;
    }

    private static void TrainOnCodes(
        ProgressBoard board, LinearClassifier classifier, ISparseEncoder? encoder, LabelledImages train, LabelledImages test,
        ClassifierOptions options, Result result, CommandContext context)
    {
        ClassifierReport report;
        double error;
        if (encoder is null)
        {
            report = ClassifierTrainer.Train(
                classifier, train.Images, train.Labels, options, Relay(board, "training the classifier"), context.Cancellation);
            error = classifier.ErrorRate(test.Images, test.Labels, context.Threads);
        }
        else
        {
            ProgressBoard.Piece piece = board.Start("encoding");
            (SparseCodes codes, IReadOnlyList<int> certified) = Encode(encoder, train.Images, context);
            piece.Report(1, 2, "training pictures");
            (SparseCodes testCodes, IReadOnlyList<int> certifiedTest) = Encode(encoder, test.Images, context);
            piece.Report(2, 2, "test pictures");
            if (certified.Count < 10)
                throw new UserError(
                    $"{certified.Count} of {codes.Rows} training pictures have a certified code; expected 10 or more, of which a tenth "
                    + "chooses the best epoch. A larger --lambda helps.");
            context.WarnUncertified(codes.Rows - certified.Count, codes.Rows, "training pictures");
            context.WarnUncertified(
                testCodes.Rows - certifiedTest.Count, testCodes.Rows, "test pictures", " and were classified all the same");
            result
                .Add("non_zeros", (double)codes.NonZeros / codes.Rows)
                .Add("uncertified_training_pictures", codes.Rows - certified.Count)
                    .Add("uncertified_test_pictures", testCodes.Rows - certifiedTest.Count);
            byte[] labels = [.. certified.Select(i => train.Labels[i])];
            report = ClassifierTrainer.Train(
                classifier, codes.SelectRows(certified), labels, options, Relay(board, "training the classifier"), context.Cancellation);
            error = classifier.ErrorRate(testCodes, test.Labels, context.Threads);
        }
        Add(result, "", report, error, context);
    }

    /// <summary>Codes, and the rows that may be learned from: those that are certified where the codes are exact ones.</summary>
    private static (SparseCodes Codes, IReadOnlyList<int> Certified) Encode(ISparseEncoder encoder, Matrix x, CommandContext context)
    {
        if (encoder is not LassoSolver solver)
            return (encoder.EncodeSparse(x, context.Threads, context.Cancellation), [.. Enumerable.Range(0, x.Rows)]);
        (SparseCodes codes, SolveReport report) = solver.SolveSparse(x, context.Threads, context.Cancellation);
        return (codes, report.CertifiedRows);
    }

    private static void TrainEndToEnd(
        ProgressBoard board, LinearClassifier classifier, TrainableEncoder encoder, LabelledImages train, LabelledImages test,
        ClassifierOptions options, Result result, CommandContext context)
    {
        ClassifierReport report =
            ClassifierTrainer.TrainEndToEnd(
            encoder, classifier, train.Images, train.Labels, options, Relay(board, "training end to end"), context.Cancellation);
        Add(result, "end_to_end_", report, classifier.ErrorRate(encoder, test.Images, test.Labels, context.Threads, context.Cancellation),
            context);
    }

    private static void Add(Result result, string prefix, ClassifierReport report, double error, CommandContext context)
    {
        result
            .Add($"{prefix}held_out_error", report.BestError).Add($"{prefix}test_error", error).Add($"{prefix}best_epoch", report.BestEpoch)
            .Add($"{prefix}skipped_batches", report.SkippedBatches).Add($"{prefix}seconds", report.Elapsed.TotalSeconds);
        if (report.SkippedBatches > 0)
            context.Terminal.Tell(FormattableString.Invariant(
                $"warning: {report.SkippedBatches:N0} steps had no finite gradient and were left out; lower the learning rate."));
        if (report.BestEpoch == 0)
            context.Terminal.Tell(
                "warning: no epoch was better than the start, which was kept; lower the learning rate or train for longer.");
    }

    private static Relay<ClassifierProgress> Relay(ProgressBoard board, string title)
    {
        ProgressBoard.Piece piece = board.Start(title);
        return new Relay<ClassifierProgress>(
            p => piece.Report(p.Epoch, p.Epochs, FormattableString.Invariant($"held-out error {p.HeldOutError:P2}")));
    }
}
