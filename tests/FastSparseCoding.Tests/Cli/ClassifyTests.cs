using System.Text.Json;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Labelled pictures through the command line: IDX files as signals, and classify.</summary>
public sealed class ClassifyTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _digits, _images, _dictionary, _encoder;

    public ClassifyTests()
    {
        _digits = DigitFiles.Write(_folder.File("digits"));
        _images = Path.Combine(_digits, "train-images-idx3-ubyte.gz");
        _dictionary = _folder.File("dictionary.safetensors");
        _encoder = _folder.File("lista.safetensors");
        Succeed("learn", _images, "--atoms", "32", "--samples", "1500", "--lambda", "1", "-o", _dictionary);
        Succeed("train", _dictionary, _images, "--depth", "1", "--samples", "2000", "-o", _encoder);
    }

    private string Output => _folder.File("classifier.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_IDX_file_is_pictures_taken_whole_in_every_command()
    {
        string codes = _folder.File("z.npy"), signals = _folder.File("x.npy");

        Succeed("encode", _encoder, _images, "--signals", signals, "-o", codes);
        using JsonDocument evaluated = Json(Succeed("evaluate", _encoder, _images, "--json"));

        Assert.Equal(PatchPreprocessing.Default with { PatchSize = 8 }, PatchPreprocessing.Read(_encoder));
        (Matrix x, _) = LabelledImages.ReadSquare(_images);
        WholeImages.Normalize(x, PatchPreprocessing.Default with { PatchSize = 8 });
        Assert.Equal(x.Values.ToArray(), Npy.ReadMatrix(signals).Values.ToArray());
        Assert.Equal(ModelFile.LoadEncoder(_encoder).Encode(x, cancellation: TestContext.Current.CancellationToken).Values.ToArray(),
            Npy.ReadMatrix(codes).Values.ToArray());
        Assert.Equal(400, evaluated.RootElement.GetProperty("signals").GetInt32());
    }

    [Fact]
    public void Whitening_is_fitted_to_whole_pictures_too()
    {
        string white = _folder.File("white.safetensors");

        Succeed("learn", _images, "--atoms", "16", "--samples", "300", "--whiten", "-o", white);

        Assert.Equal(64, PatchPreprocessing.Read(white)!.Whitening!.Mean.Count);
    }

    [Fact]
    public void Codes_beat_pixels_and_end_to_end_beats_the_predictor()
    {
        double raw = Classify("--raw", "--epochs", "40").GetProperty("test_error").GetDouble();
        JsonElement exact = Classify("--encoder", _dictionary, "--epochs", "40");
        JsonElement predicted = Classify(
            "--encoder", _encoder, "--epochs", "40", "--end-to-end", "--end-to-end-epochs", "30", "--encoder-learning-rate", "0.003");

        double fixedError = predicted.GetProperty("test_error").GetDouble(),
            endToEnd = predicted.GetProperty("end_to_end_test_error").GetDouble();
        Assert.True(exact.GetProperty("test_error").GetDouble() < 0.8 * raw && fixedError < raw && endToEnd < fixedError,
            $"{raw}, {exact}, {predicted}");
        Assert.Equal(("dictionary", "lista"), (exact.GetProperty("codes_of").GetString(), predicted.GetProperty("codes_of").GetString()));
        ClassifierModel model = ClassifierFile.Load(Output);
        (_, LabelledImages test) = LabelledImages.ReadFolder(_digits);
        WholeImages.Normalize(test.Images, PatchPreprocessing.Read(Output)!);
        Assert.Equal(endToEnd, model.Classifier.ErrorRate(
            model.Encoder!, test.Images, test.Labels, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("classifier", Succeed("info", Output).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_classifier_of_exact_codes_carries_the_dictionary_and_its_weight()
    {
        Classify("--encoder", _dictionary, "--lambda", "0.7", "--epochs", "1");

        ActiveSetSolver solver = Assert.IsType<ActiveSetSolver>(ClassifierFile.Load(Output).Encoder);
        Assert.Equal((0.7f, ModelFile.LoadDictionary(_dictionary).Hash), (solver.Lambda, solver.Dictionary.Hash));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        foreach (string threads in new[] { "1", "3" })
            Succeed("classify", _digits, "--encoder", _encoder, "--end-to-end", "--batch", "300", "--end-to-end-epochs", "2", "--threads",
                threads, "-o", _folder.File($"c{threads}.safetensors"));

        Assert.Equal(File.ReadAllBytes(_folder.File("c1.safetensors")), File.ReadAllBytes(_folder.File("c3.safetensors")));
    }

    [Fact]
    public void What_is_wrong_with_the_data_is_said_in_one_line()
    {
        string none = _folder.File("none"), labels = Path.Combine(_digits, "t10k-labels-idx1-ubyte"),
            images = Path.Combine(_digits, "t10k-images-idx3-ubyte");
        Refuse($"{none}: cannot be read: there is no such folder.", "classify", none, "--raw", "-o", Output);
        File.WriteAllBytes(labels, DigitFiles.Idx([9], new byte[9]));
        Refuse($"{labels}: holds 9 labels; {images} holds 200 images.", "classify", _digits, "--raw", "-o", Output);
        File.WriteAllText(labels, "no labels");
        Refuse($"{labels}: is no IDX file of labels (one dimension of unsigned bytes).", "classify", _digits, "--raw", "-o", Output);
        File.Delete(labels);
        Refuse($"{_digits}: cannot be read: it holds no t10k-labels-idx1-ubyte, gzipped or not.", "classify", _digits, "--raw", "-o",
            Output);
        DigitFiles.Write(_digits, train: 9);
        Refuse($"{_digits}: holds 9 training pictures; expected 10 or more, of which a tenth chooses the best epoch.", "classify", _digits,
            "--raw", "-o", Output);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void What_is_wrong_with_the_model_or_the_options_is_said_in_one_line()
    {
        string small = _folder.File("small.safetensors"), array = _folder.File("atoms.npy");
        AtomDictionary dictionary = RandomData.Dictionary(5, 36, seed: 1);
        ModelFile.Save(small, dictionary, 0.5f, PatchPreprocessing.Default with { PatchSize = 6 });
        Npy.Write(array, new Matrix(5, 36, dictionary.Atoms.Values.ToArray()));
        string[] encoder = ["classify", _digits, "--encoder", _encoder, "-o", Output];

        Refuse("the pictures are 8×8 and taken whole; the model was made from patches of side 6.", "classify", _digits, "--encoder", small,
            "-o", Output);
        Refuse($"{_digits}: its signals have 64 values; the model takes signals of 36.", "classify", _digits, "--encoder", array, "-o",
            Output);
        Refuse("--patch is 7; the pictures are 8×8 and taken whole.", [.. encoder, "--patch", "7"]);
        Refuse("--patch is 7; the pictures are 8×8 and taken whole.", "learn", _images, "--patch", "7", "-o", Output);
        Refuse("give either --encoder with a model, or --raw for pixels without codes.", "classify", _digits, "-o", Output);
        Refuse("give either --encoder with a model, or --raw for pixels without codes.", [.. encoder, "--raw"]);
        Refuse("--end-to-end trains an encoder; --raw has none.", "classify", _digits, "--raw", "--end-to-end", "-o", Output);
        Refuse($"--end-to-end trains an encoder; {_dictionary} holds a dictionary.", "classify", _digits, "--encoder", _dictionary,
            "--end-to-end", "-o", Output);
        Refuse("--end-to-end-epochs is for --end-to-end.", [.. encoder, "--end-to-end-epochs", "3"]);
        Refuse($"--lambda is for the exact codes of a dictionary; {_encoder} holds a 'lista' encoder.", [.. encoder, "--lambda", "1"]);
        Refuse("--lambda is -1; it must be a finite number above 0.", "classify", _digits, "--encoder", _dictionary, "--lambda", "-1", "-o",
            Output);
        Refuse("--epochs is 0; it must be from 1 to 10000.", [.. encoder, "--epochs", "0"]);
        Refuse("--batch is 65537; it must be from 1 to 65536.", [.. encoder, "--batch", "65537"]);
        Refuse("--learning-rate is 0; it must be a finite number above 0.", [.. encoder, "--learning-rate", "0"]);
        string nowhere = Path.Combine(_folder.File("none"), "c.safetensors");
        Assert.StartsWith($"error: {nowhere}: cannot be written: ",
            Assert.Single(Run("classify", _digits, "--raw", "-o", nowhere).ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public void Nothing_is_written_when_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        foreach (string[] codes in new string[][] { ["--raw"], ["--encoder", _encoder, "--end-to-end"] })
        {
            Outcome outcome = Run(stop.Token, ["classify", _digits, .. codes, "-o", Output]);
            Assert.Equal((130, "interrupted"), (outcome.ExitCode, outcome.ErrorLines[^1]));
        }
        Assert.False(File.Exists(Output));
    }

    private JsonElement Classify(params string[] args)
    {
        using JsonDocument json = Json(Succeed(["classify", _digits, .. args, "--json", "-o", Output]));
        return json.RootElement.Clone();
    }

    private static JsonDocument Json(Outcome outcome) => JsonDocument.Parse(outcome.Out);
}
