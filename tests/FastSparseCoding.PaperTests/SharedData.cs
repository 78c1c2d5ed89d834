using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Photographs, digits and golden arrays: in the folder that the environment variable names, or in a folder 'shared' beside the
/// repository. Tests that need them are skipped where they are not, and say what they need.</summary>
internal static class SharedData
{
    private const string Variable = "FASTSPARSECODING_DATA";

    private static readonly string? Root =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : Find(AppContext.BaseDirectory);

    /// <summary>Signals of the golden arrays [1000×100]: patches of BSDS500 val.</summary>
    public static Matrix X => Npy.ReadMatrix(Require("reference/X.npy"));

    public static AtomDictionary Dictionary(int atoms) => new(Npy.ReadMatrix(Require($"reference/D_{atoms}.npy")));

    /// <summary>Optimal codes at λ = 0.5 in double [1000×m], by solvers that are not ours.</summary>
    public static double[] Codes(int atoms) => Npy.ReadDoubles(Require($"reference/Z_{atoms}.npy")).Values;

    /// <summary>Their energies [1000].</summary>
    public static double[] Energies(int atoms) => Npy.ReadDoubles(Require($"reference/E_{atoms}.npy")).Values;

    /// <summary>Fresh patches of the photographs of BSDS500 train.</summary>
    public static PatchSource TrainingPatches(int seed)
        => new(ImageFolder.Load(Require("data/bsds500/train"), TestContext.Current.CancellationToken), PatchPreprocessing.Default, seed);

    /// <summary>Patches of the photographs of BSDS500 val, which no dictionary was learned from.</summary>
    public static Matrix ValidationPatches(int count, int seed)
        => Patches.Sample(ImageFolder.Load(Require("data/bsds500/val"), TestContext.Current.CancellationToken), PatchPreprocessing.Default,
        count, seed);

    /// <summary>All photographs, train and val.</summary>
    public static IEnumerable<GrayImage> Photographs()
        => ImageFolder.Stream([Require("data/bsds500/train"), Require("data/bsds500/val")], 0, TestContext.Current.CancellationToken);

    /// <summary>A dictionary of smooth atoms, 64 signals, and the lowest energy of float32 codes known for each at a weight of 1e-2, 1e-3
    /// or 1e-4.</summary>
    public static (AtomDictionary Dictionary, Matrix X, double[] Lowest) Case(string family, float lambda)
    {
        // Columns: the best code in double precision, the same rounded to float32, its relative gap.
        double[] energies = Npy.ReadDoubles(Require($"cases/{family}_{lambda:0e-00}_E.npy")).Values;
        return (new(Npy.ReadMatrix(Require($"cases/{family}_D.npy"))), Npy.ReadMatrix(Require($"cases/{family}_X.npy")),
            [.. energies.Chunk(3).Select(row => row[1])]);
    }

    /// <summary>MNIST: digits to train on and digits to test on.</summary>
    public static (LabelledImages Train, LabelledImages Test) Digits() => LabelledImages.ReadFolder(Require("data/mnist"));

    /// <summary>Skips the test where the data is absent.</summary>
    public static void RequireAll() => Require("");

    private static string Require(string name)
    {
        Assert.SkipWhen(Root is null || !Path.Exists(Path.Combine(Root, name)),
            $"Needs {(name is "" ? "photographs, digits and golden arrays" : name)}, which is not part of the repository. "
                + $"Name with {Variable} a folder that holds data/bsds500/train and val (the photographs of BSDS500), "
                + "data/mnist (the four files of MNIST), reference and cases (golden arrays); everything else is tested without it.");
        return Path.Combine(Root!, name);
    }

    private static string? Find(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "shared", "reference", "X.npy")))
                return Path.Combine(folder, "shared");
        return null;
    }
}
