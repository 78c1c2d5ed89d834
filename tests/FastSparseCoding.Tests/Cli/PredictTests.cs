using System.Globalization;
using System.Text.Json;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Training;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

public sealed class PredictTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PredictTests()
    {
        DigitFiles.Write(_folder.File("mnist"));
        Succeed("classify", _folder.File("mnist"), "--raw", "--epochs", "3", "-o", Classifier);
    }

    private string Classifier => _folder.File("c.safetensors");

    private string Test => Directory.EnumerateFiles(_folder.File("mnist"), "t10k-images*").Single();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Labels_and_probabilities_are_those_of_the_classifier()
    {
        (_, LabelledImages test) = LabelledImages.ReadFolder(_folder.File("mnist"));
        Matrix x = test.Images;
        WholeImages.Normalize(x, PatchPreprocessing.Read(Classifier)!);
        LinearClassifier classifier = ClassifierFile.Load(Classifier).Classifier;
        byte[] labels = classifier.Predict(x);
        Matrix p = classifier.Probabilities(x);

        JsonElement rows = Predicted(Test).GetProperty("predictions");
        string csv = _folder.File("labels.csv");
        Outcome outcome = Succeed("predict", Classifier, Test, "-o", csv);
        string[][] lines = [.. File.ReadLines(csv).Select(line => line.Split(','))];
        string[] text = Succeed("predict", Classifier, Test).Out.Split('\n');

        Assert.Equal(x.Rows, rows.GetArrayLength());
        Assert.Equal(["signal", "label", "p0", "p1"], lines[0][..4]);
        Assert.DoesNotContain("probability", outcome.Out, StringComparison.Ordinal);
        Assert.Matches("^signal  label  probability$", text[0]);
        for (int i = 0; i < x.Rows; i++)
        {
            Assert.Equal((i, labels[i]), (rows[i].GetProperty("signal").GetInt32(), rows[i].GetProperty("label").GetInt32()));
            Assert.Equal(p[i, 1], (float)rows[i].GetProperty("p1").GetDouble());
            Assert.Equal([i.ToString(CultureInfo.InvariantCulture), labels[i].ToString(CultureInfo.InvariantCulture)], lines[i + 1][..2]);
            Assert.Equal(p[i, 0], float.Parse(lines[i + 1][2], CultureInfo.InvariantCulture));
            Assert.Matches(string.Create(CultureInfo.InvariantCulture, $"^ *{i} +{labels[i]} +{(double)p[i, labels[i]]:G4}$"), text[i + 1]);
        }
    }

    [Fact]
    public void Pictures_are_named_by_their_files_and_must_have_the_size()
    {
        (_, LabelledImages test) = LabelledImages.ReadFolder(_folder.File("mnist"));
        string folder = Directory.CreateDirectory(_folder.File("new")).FullName, picture = Path.Combine(folder, "a.png");
        PngFile.Write(picture, new GrayImage(test.Side, test.Side, test.Images.Row(0).ToArray()));

        JsonElement own = Predicted(folder).GetProperty("predictions")[0], idx = Predicted(Test).GetProperty("predictions")[0];
        Assert.Equal(picture, own.GetProperty("signal").GetString());
        Assert.Equal(idx.GetProperty("label").GetInt32(), own.GetProperty("label").GetInt32());

        PngFile.Write(picture, new GrayImage(test.Side + 1, test.Side));
        Outcome skipped = Run("predict", Classifier, folder, "--skip-bad");
        Assert.Equal($"warning: {picture}: is {test.Side + 1}×{test.Side}; the classifier takes pictures of {test.Side}×{test.Side}. "
            + "It is left out.", skipped.ErrorLines[0]);
        Refuse($"{picture}: is {test.Side + 1}×{test.Side}; the classifier takes pictures of {test.Side}×{test.Side}.",
            "predict", Classifier, folder);
    }

    [Fact]
    public void Signals_in_an_array_are_taken_as_they_are()
    {
        int n = ClassifierFile.Load(Classifier).Classifier.CodeSize;
        string signals = _folder.File("x.csv"), wide = _folder.File("wide.npy");
        RowsWriter.Write(signals, new Matrix(2, n), "");
        Npy.Write(wide, new Matrix(1, n + 1));

        Assert.Equal(2, Predicted(signals).GetProperty("signals").GetInt32());
        Refuse($"{wide}: its signals have {n + 1} values; the classifier takes signals of {n}.", "predict", Classifier, wide);
        Refuse($"{Classifier}: is an input too, which no output may replace; give another name.",
            "predict", Classifier, signals, "-o", Classifier);
        Refuse($"{_folder.File("t.txt")}: ends in '.txt'; tables are written as .csv.",
            "predict", Classifier, signals, "-o", _folder.File("t.txt"));
    }

    private JsonElement Predicted(string input) => JsonDocument.Parse(Succeed("predict", Classifier, input, "--json").Out).RootElement;
}
