using System.Text.Json;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Imaging;
using FastSparseCoding.Tests.Solvers;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Every command that learns from exact codes, or measures against them, says how many were not certified and left out.</summary>
public sealed class UncertifiedTests : IDisposable
{
    /// <summary>A weight at which the code of an unit signal cannot be certified in float32; that of a signal below it is zero.</summary>
    private const string Lambda = "1e-7";

    private readonly TempFolder _folder = new();
    private readonly string _signals, _dictionary;

    public UncertifiedTests()
    {
        _dictionary = _folder.File("atoms.npy");
        _signals = _folder.File("signals.npy");
        Npy.Write(_dictionary, SmoothDictionaries.Exponentials(60, 32).Atoms);
        Npy.Write(_signals, Signals(1000));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Learn_warns_and_tells_the_number()
    {
        Outcome outcome = Succeed(
            "learn", _signals, "--atoms", "40", "--lambda", Lambda, "--samples", "400", "--batch", "200", "-q", "--json", "-o",
            _folder.File("d.safetensors"));

        long count = Number(outcome, "uncertified_signals");
        Assert.InRange(count, 1, 300);
        Assert.Equal(FormattableString.Invariant(
            $"warning: {count} of 400 signals have no certified code and were left out; a larger λ helps.\n"), outcome.Error);
    }

    [Fact]
    public void Train_warns_and_tells_the_numbers()
    {
        Outcome outcome = Succeed(
            "train", _dictionary, _signals, "--depth", "1", "--lambda", Lambda, "--samples", "900", "-q", "--json", "-o",
            _folder.File("e.safetensors"));

        Assert.Equal((675L, 75L), (Number(outcome, "uncertified_targets"), Number(outcome, "uncertified_held_out")));
        Assert.Equal(
            "warning: 675 of 900 signals to train on have no certified code and were left out; a larger λ helps.\n"
            + "warning: 1 steps had no finite gradient or no certified code and were left out; a lower --learning-rate helps.\n"
            + "warning: 75 of 100 held-out signals have no certified code and were left out; a larger λ helps.\n"
            + "warning: nothing was better than the untrained encoder, which was kept.\n",
            outcome.Error);
    }

    [Fact]
    public void Evaluate_leaves_them_out_and_tells_the_number()
    {
        string encoder = _folder.File("e.safetensors"), hard = _folder.File("hard.npy");
        Succeed("train", _dictionary, _signals, "--depth", "1", "--lambda", Lambda, "--samples", "900", "-o", encoder);
        Npy.Write(hard, SmoothDictionaries.UnitSignals(20, 32, seed: 5));

        Outcome outcome = Succeed("evaluate", encoder, _signals, "-q", "--json");

        Assert.Equal((750L, 250L), (Number(outcome, "uncertified_signals"), Number(outcome, "signals")));
        Assert.Equal("warning: 750 of 1,000 signals have no certified code and were left out; a larger λ helps.", outcome.ErrorLines[^1]);
        Refuse("none of the 20 signals has a certified code of λ = 1E-07; there is nothing to measure against.", "evaluate", encoder, hard);
    }

    [Fact]
    public void Work_with_nothing_to_learn_from_is_refused()
    {
        string hard = _folder.File("hard.npy"), output = _folder.File("out.safetensors");
        Npy.Write(hard, SmoothDictionaries.UnitSignals(100, 32, seed: 5));

        Refuse("none of the 10 held-out signals has a certified code, and there is nothing to measure the error on; take a larger "
            + "sparsity weight or tolerance.", "train", _dictionary, hard, "--lambda", Lambda, "-o", output);

        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Classify_learns_from_certified_codes_only()
    {
        string digits = DigitFiles.Write(_folder.File("digits")), output = _folder.File("c.safetensors"),
            dictionary = _folder.File("wide.npy");
        Npy.Write(dictionary, SmoothDictionaries.Exponentials(120, 64).Atoms);

        Outcome some = Succeed("classify", digits, "--encoder", dictionary, "--lambda", "1e-2", "--epochs", "1", "-q", "--json", "-o",
            output);
        long training = Number(some, "uncertified_training_pictures"), test = Number(some, "uncertified_test_pictures");
        Assert.InRange(training, 1, 300);
        Assert.InRange(test, 1, 150);
        Assert.Equal(
            [FormattableString.Invariant(
                $"warning: {training} of 400 training pictures have no certified code and were left out; a larger λ helps."),
                FormattableString.Invariant(
                    $"warning: {test} of 200 test pictures have no certified code and were classified all the same; a larger λ helps.")],
            some.ErrorLines[..2]);
        File.Delete(output);

        Outcome outcome = Run("classify", digits, "--encoder", dictionary, "--lambda", "1e-6", "--epochs", "1", "-q", "--json", "-o",
            output);

        Assert.Equal(
            "error: 0 of 400 training pictures have a certified code; expected 10 or more, of which a tenth chooses the best epoch. A "
            + "larger --lambda helps.\n", outcome.Error);
        Assert.False(File.Exists(output));
    }

    /// <summary>Three of four are of norm 1, the fourth is nearly nothing.</summary>
    private static Matrix Signals(int count)
    {
        Matrix x = SmoothDictionaries.UnitSignals(count, 32, seed: 1);
        for (int i = 0; i < count; i += 4)
            foreach (ref float value in x.Row(i))
                value *= 1e-9f;
        return x;
    }

    private static long Number(Outcome outcome, string name)
    {
        using JsonDocument json = JsonDocument.Parse(outcome.Out);
        return json.RootElement.GetProperty(name).GetInt64();
    }
}
