using System.Text.Json;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>learn under other penalties, with atoms without negative values and from a dictionary: the library's atoms, and one line for
/// what is wrong.</summary>
public sealed class LearnTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private static readonly float[] Weights = [.. Enumerable.Range(0, 12).Select(k => 0.5f + 0.25f * k)];

    private readonly TempFolder _folder = new();

    private string Output => _folder.File("out.safetensors");

    /// <summary>The signals as learn takes them: all but the last.</summary>
    private MatrixSource Source => new(Npy.ReadMatrix(workspace.Signals), seed: 1, rows: 199);

    private static DictionaryLearningOptions Options => new() { AtomCount = 12, Samples = 600, BatchSize = 100 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("online", DictionaryMethod.Online)]
    [InlineData("sgd", DictionaryMethod.Sgd)]
    public void Atoms_are_those_of_the_library(string name, DictionaryMethod method)
    {
        Npy.Write(_folder.File("w.npy"), new Matrix(1, 12, Weights));
        DictionaryLearningOptions options = Options
            with
        { Method = method, NonNegativeAtoms = true, Penalty = new Penalty(0.2f, Weights, 0.3f, nonNegative: true) };

        using JsonDocument json =
            Learn("--method", name, "--atoms", "12", "--lambda", "0.2", "--weights", _folder.File("w.npy"), "--ridge", "0.3",
            "--non-negative", "--non-negative-atoms");

        AtomDictionary found = ModelFile.LoadDictionary(Output);
        Assert.Equal(DictionaryLearner.Learn(Source, options, cancellation: Cancellation).Hash, found.Hash);
        Assert.Equal(options.Penalty, ModelFile.ReadInfo(Output).Penalty);
        Assert.Equal("λ = 0.2, 12 weights, μ = 0.3, z ≥ 0", json.RootElement.GetProperty("penalty").GetString());
        Assert.All(found.Atoms.Values.ToArray(), v => Assert.True(v >= 0));
    }

    [Fact]
    public void A_start_gives_the_atoms_to_begin_with_their_number_and_penalty()
    {
        string array = _folder.File("start.npy"), model = _folder.File("start.safetensors");
        AtomDictionary start = RandomData.Dictionary(7, 36, seed: 8);
        Npy.Write(array, new Matrix(7, 36, start.Atoms.Values.ToArray()));
        ModelFile.Save(model, start, new Penalty(0.25f, ridge: 0.5f, nonNegative: true));

        Learn("--start", array).Dispose();
        string ofArray = ModelFile.LoadDictionary(Output).Hash;
        Learn("--start", model, "--atoms", "7").Dispose();
        string ofModel = ModelFile.LoadDictionary(Output).Hash;

        Assert.Equal(DictionaryLearner.Learn(Source, Options with { AtomCount = 7 }, start: start, cancellation: Cancellation).Hash,
            ofArray);
        Assert.Equal(DictionaryLearner.Learn(
            Source, Options with { AtomCount = 7, Penalty = new Penalty(0.25f, ridge: 0.5f, nonNegative: true) }, start: start,
            cancellation: Cancellation).Hash, ofModel);
        Assert.Equal(new Penalty(0.25f, ridge: 0.5f, nonNegative: true), ModelFile.ReadInfo(Output).Penalty);
    }

    [Fact]
    public void Images_are_treated_as_those_of_the_start_were()
    {
        Succeed("learn", workspace.Images, "--start", workspace.Dictionary, "--samples", "300", "-o", Output);

        Assert.Equal(PatchPreprocessing.Read(workspace.Dictionary), PatchPreprocessing.Read(Output));
        Assert.Equal(12, ModelFile.ReadInfo(Output).CodeSize);
        Refuse($"--whiten fits a whitening of its own; the images are treated as those of {workspace.Dictionary} were.", "learn",
            workspace.Images, "--start", workspace.Dictionary, "--whiten", "-o", Output);
    }

    [Fact]
    public void A_mask_tells_which_values_are_known()
    {
        (Matrix x, Matrix mask, string signals, string known) = WriteMasked();
        MatrixSource source = new(x, seed: 1, rows: 199), masks = new(mask, seed: 1, rows: 199);

        Succeed("learn", signals, "--mask", known, "--atoms", "12", "--samples", "600", "--batch", "100", "-o", Output);

        Assert.Equal(DictionaryLearner.Learn(source, Options, masks: masks, cancellation: Cancellation).Hash,
            ModelFile.LoadDictionary(Output).Hash);
    }

    [Fact]
    public void What_is_wrong_with_a_mask_is_said_in_one_line()
    {
        (Matrix x, Matrix mask, string signals, string known) = WriteMasked();
        string small = _folder.File("small.npy"), odd = _folder.File("odd.npy"), none = _folder.File("none.npy"),
            all = _folder.File("all.npy");
        Npy.Write(small, new Matrix(199, 36));
        Npy.Write(odd, Changed(m => m[3, 4] = 2));
        Npy.Write(none, Changed(m => m.Row(7).Clear()));
        Npy.Write(all, Changed(m => m.Values.Fill(1)));
        int first = mask.Row(0).IndexOf(0f);

        Refuse($"{small}: is [199×36]; expected [200×36], the shape of {signals}.", "learn", signals, "--mask", small, "-o", Output);
        Refuse($"{odd}: holds 2 at row 3, column 4; expected 1 where a value is known and 0 where it is not.", "learn", signals, "--mask",
            odd, "-o", Output);
        Refuse($"{none}: has no known value at row 7; every row must have at least one.", "learn", signals, "--mask", none, "-o", Output);
        Refuse($"{signals}: holds NaN at row 0, column {first}, which {all} calls known; every known value must be finite.", "learn",
            signals, "--mask", all, "-o", Output);
        Refuse($"{signals}: holds NaN at row 0, column {first}; every value must be finite.", "learn", signals, "-o", Output);
        Refuse($"--mask is for an array of signals; {workspace.Images} is none.", "learn", workspace.Images, "--mask", known, "-o", Output);
        Assert.DoesNotContain(_folder.Names, n => n.StartsWith("out.", StringComparison.Ordinal));

        Matrix Changed(Action<Matrix> change)
        {
            Matrix copy = mask.Clone();
            change(copy);
            return copy;
        }
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_line()
    {
        string shorter = _folder.File("w.npy"), negative = _folder.File("negative.npy"), small = _folder.File("small.npy"),
            missing = _folder.File("missing.npy"), positive = _folder.File("positive.npy");
        Npy.Write(shorter, new Matrix(1, 11, Weights[..11]));
        var atoms = new Matrix(2, 36);
        (atoms[0, 3], atoms[1, 4], atoms[1, 5]) = (1, 0.6f, 0.8f);
        Npy.Write(positive, atoms);
        atoms[1, 5] = -0.8f;
        Npy.Write(negative, atoms);
        Npy.Write(small, new Matrix(1, 2, [1, 0]));

        Refused($"{shorter}: holds 11 weights; the dictionary to learn has 12 atoms.", "--atoms", "12", "--weights", shorter);
        Refused($"{shorter}: holds 11 weights; {negative} has 2 atoms.", "--start", negative, "--weights", shorter);
        Refused("--lambda is 0.1max; a fraction of λmax is another weight for every signal, and here all signals have one: give a number.",
            "--lambda", "0.1max");
        Refused("--ridge is -1; it must be a finite number, 0 or more.", "--ridge", "-1");
        Refused($"--atoms is 3; {negative} has 2 atoms.", "--atoms", "3", "--start", negative);
        Refused($"{negative}: holds -0.8 in atom 1, value 5; with --non-negative-atoms no value may be negative.", "--start", negative,
            "--non-negative-atoms");
        Refused($"{small}: its atoms have 2 values; the signals have 36.", "--start", small);
        Refused($"{missing}: there is no such file.", "--start", missing);
        Refused($"{workspace.Encoder}: holds a 'lista' encoder; expected a dictionary.", "--start", workspace.Encoder);
        Learn("--start", positive, "--non-negative-atoms").Dispose();

        void Refused(string message, params string[] options)
        {
            Refuse(message, ["learn", workspace.Signals, .. options, "-o", Output]);
            Assert.DoesNotContain(_folder.Names, n => n.StartsWith("out.", StringComparison.Ordinal));
        }
    }

    /// <summary>The signals without every third value, and the mask of the others.</summary>
    private (Matrix X, Matrix Mask, string Signals, string Known) WriteMasked()
    {
        Matrix x = Npy.ReadMatrix(workspace.Signals), mask = new(200, 36);
        mask.Values.Fill(1);
        for (int i = 0; i < x.Values.Length; i += 3)
            (x.Values[i], mask.Values[i]) = (float.NaN, 0);
        (string signals, string known) = (_folder.File("x.npy"), _folder.File("mask.npy"));
        Npy.Write(signals, x);
        Npy.Write(known, mask);
        return (x, mask, signals, known);
    }

    private JsonDocument Learn(params string[] options)
        => JsonDocument.Parse(Succeed(
            ["learn", workspace.Signals, "--samples", "600", "--batch", "100", .. options, "--json", "-q", "-o", Output]).Out);
}
