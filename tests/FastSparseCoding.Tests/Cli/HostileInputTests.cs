using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>What a small file asks of memory, and what of it is told, names the file.</summary>
public sealed class HostileInputTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Matrices_of_the_square_of_a_number_in_a_file_are_refused_at_once()
    {
        string many = Atoms("many.npy", 46_341), signals = _folder.File("x.npy"), output = _folder.File("out.npy");
        Npy.Write(signals, Ones(20));
        foreach (string solver in new[] { "cd", "cod", "fista", "ista" })
            Refuse($"{many}: has 46341 atoms; '{solver}' makes matrices [m×m] and takes 46340 atoms at most.", "encode", many, signals,
                "--solver", solver, "-o", output);
        foreach (string kind in new[] { "lista", "lcod", "lista-layers" })
            Refuse($"{many}: has 46341 atoms; '{kind}' makes matrices [m×m] and takes 46340 atoms at most.", "train", many, signals,
                "--encoder", kind, "-o", output);
        Assert.Equal(["many.npy", "x.npy"], _folder.Names);
        // The active set makes none.
        Succeed("encode", many, signals, "-q", "-o", output);

        double available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        int m = (int)Math.Sqrt(available / (4 * 16)) + 100;
        Assert.SkipWhen(m > 46_340, "There is memory for every matrix.");
        string large = Atoms("large.npy", m);
        Refuse(
            FormattableString.Invariant(
                $"{large}: has {m} atoms; 'lista' holds about 16 matrices [{m}×{m}], {4.0 * m * m * 16 / 1e9:F1} GB, and this process may use {available / 1e9:F1} GB."),
            "train", large, signals, "-o", output);
    }

    [Fact]
    public void Signals_without_directions_are_told_with_their_file()
    {
        string zeros = _folder.File("zeros.npy");
        Npy.Write(zeros, new Matrix(100, 4));
        Refuse($"{zeros}: 'signals' holds 0 directions; 3 atoms need at least 3 distinct, non-zero signals.", "learn", zeros, "--atoms",
            "3", "-o", _folder.File("out.safetensors"));
    }

    [Fact]
    public void Errors_that_are_not_finite_are_no_result()
    {
        Matrix x = RandomData.Normal(20, 36, seed: 1);
        foreach (ref float value in x.Values)
            value = value > 0 ? 3e38f : -3e38f;
        string huge = _folder.File("huge.npy");
        Npy.Write(huge, x);

        Outcome outcome = Run("evaluate", workspace.Encoder, huge, "--codes", Codes(20), "-q");

        Assert.Equal(
            (1, $"error: {huge}: the errors of its codes are not finite: its values are too large for float32; scale the signals.\n", ""),
            (outcome.ExitCode, outcome.Error, outcome.Out));
    }

    private string Codes(int rows)
    {
        string path = _folder.File("codes.npy");
        Npy.Write(path, new Matrix(rows, 12));
        return path;
    }

    private string Atoms(string name, int count)
    {
        string path = _folder.File(name);
        Npy.Write(path, Ones(count));
        return path;
    }

    private static Matrix Ones(int rows)
    {
        var x = new Matrix(rows, 1);
        x.Values.Fill(1);
        return x;
    }
}
