using System.CommandLine;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Commands;

/// <summary>sparsecode export: a model in the form that another program reads.</summary>
internal sealed class ExportCommand
{
    private readonly Argument<string> _file =
        new("FILE") { Description = "What to export: an encoder, a classifier, a denoiser or a dictionary, as other commands write them." };
    private readonly Option<string> _output =
        new("--output", "-o")
        {
            Description = "The file to write. Its ending says what: .onnx for an encoder, a classifier or a denoiser; .safetensors for the "
            + "encoder of a classifier, as a model of its own; .npy for the atoms of a dictionary, or of whatever holds one.",
            Required = true,
            HelpName = "FILE"
        };

    /// <summary>The endings, and what each writes: of the file, its kind, and the target.</summary>
    private static readonly (string Ending, Func<string, string, string, Result> Write)[] Forms =
        [(".onnx", WriteOnnx), (".safetensors", WriteEncoder), (".npy", WriteAtoms)];

    public static Command Create(Func<ParseResult, CommandContext> context)
    {
        var self = new ExportCommand();
        var command = new ExampledCommand(
            "export",
            "Writes a model for other programs: as ONNX (IR version 8, opset 17, any number of rows at a time), which takes signals "
            + "prepared as for training; the encoder that was trained with a classifier as a model; or atoms as an array.",
            ["sparsecode export lista.safetensors -o lista.onnx", "sparsecode export classifier.safetensors -o encoder.safetensors",
            "sparsecode export dictionary.safetensors -o atoms.npy"])
        {
            self._file, self._output,
        };
        command.SetAction(parsed => self.Run(parsed, context(parsed)));
        return command;
    }

    private int Run(ParseResult parsed, CommandContext context)
    {
        string file = parsed.GetRequiredValue(_file), output = parsed.GetRequiredValue(_output), ending = Path.GetExtension(output);
        OutputFile.Require([file], output);
        var (_, write) = Array.Find(Forms, f => string.Equals(f.Ending, ending, StringComparison.OrdinalIgnoreCase));
        if (write is null)
            throw new UserError(
                $"{output}: {(ending.Length == 0 ? "has no ending" : $"ends in '{ending}'")}; it must end in .onnx (an encoder, a "
                + "classifier or a denoiser), .safetensors (the encoder of a classifier) or .npy (the atoms of a dictionary).");
        string kind = ReadKind(file);
        context.Print(write(file, kind, output).Add("bytes", new FileInfo(output).Length));
        return ExitCode.Done;
    }

    private static string ReadKind(string file)
    {
        using ModelReader reader = ModelReader.Open(file);
        string[] known = [ModelFormat.DictionaryKind, ModelFormat.ClassifierKind, ModelFormat.DenoiserKind, .. EncoderFactory.Kinds];
        reader.RequireKind("a model", known);
        return reader.Kind;
    }

    private static Result WriteOnnx(string file, string kind, string output)
    {
        if (kind == ModelFormat.DictionaryKind)
            throw new UserError($"{file}: holds a dictionary; .onnx is for encoders, classifiers and denoisers (.npy for its atoms).");
        if (kind == ModelFormat.DenoiserKind)
            DenoiserFile.SaveOnnx(output, DenoiserFile.Load(file));
        else if (kind == ModelFormat.ClassifierKind)
            OnnxFile.Save(output, LoadClassifier(file), PatchPreprocessing.Read(file));
        else
            OnnxFile.Save(output, ModelFile.LoadEncoder(file), PatchPreprocessing.Read(file));
        return new Result().Add("onnx", output).Add("kind", kind);
    }

    private static Result WriteEncoder(string file, string kind, string output)
    {
        if (kind != ModelFormat.ClassifierKind)
            throw new UserError($"{file}: holds {Called(kind)}; .safetensors is for the encoder of a classifier.");
        if (LoadClassifier(file).Encoder is not TrainableEncoder encoder)
            throw new UserError($"{file}: classifies signals as they are; it has no encoder.");
        ModelFile.Save(output, encoder, PatchPreprocessing.Read(file));
        return new Result().Add("encoder", output).Add("kind", encoder.Kind);
    }

    private static Result WriteAtoms(string file, string kind, string output)
    {
        AtomDictionary? dictionary = kind switch
        {
            ModelFormat.DenoiserKind => null,
            ModelFormat.ClassifierKind => (ClassifierFile.Load(file).Encoder switch
            {
                TrainableEncoder encoder => encoder.Dictionary,
                Solvers.LassoSolver solver => solver.Dictionary,
                _ => null,
            }),
            _ => ModelFile.LoadDictionary(file),
        };
        if (dictionary is null)
            throw new UserError($"{file}: holds {Called(kind)} without a dictionary; .npy is for the atoms of one.");
        Npy.Write(output, dictionary.Atoms);
        return new Result().Add("atoms", output).Add("kind", kind).Add("count", dictionary.AtomCount)
            .Add("signal_size", dictionary.SignalSize);
    }

    /// <summary>A classifier that is a graph, or has no codes.</summary>
    private static ClassifierModel LoadClassifier(string file)
    {
        ClassifierModel model = ClassifierFile.Load(file);
        if (model.Encoder is not (null or TrainableEncoder))
            throw new UserError($"{file}: classifies the exact codes of a dictionary, which a solver finds; expected one with an encoder.");
        return model;
    }

    private static string Called(string kind) => kind switch
    {
        ModelFormat.DictionaryKind or ModelFormat.DenoiserKind or ModelFormat.ClassifierKind => $"a {kind}",
        _ => $"a '{kind}' encoder",
    };
}
