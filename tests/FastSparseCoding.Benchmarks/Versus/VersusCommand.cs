using System.Globalization;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>
/// versus FOLDER [encode|forward|train|dictionary|gemm|onnx|regimes|omp|factor ...]: times our side of every workload of the peers' scripts
/// on the same arrays, one line of JSON with the peers' field names for each; onnx has both sides. Without a name all but regimes, omp and
/// factor, whose arrays are others.
/// </summary>
internal static class VersusCommand
{
    private const string Usage =
        "usage: versus FOLDER [encode|forward|train|dictionary|gemm|onnx ...] [--shared ../shared] [--dictionaries SHARED/reference] "
            + "[--atoms 100,400] [--threads 1,2] [--quick]\n"
        + "       versus FOLDER regimes|omp [--shared ../shared] [--cells 0,3] [--quick]\n"
        + "       versus FOLDER factor [--cells 0,2] [--quick]\n"
        + "--quick shows in seconds that all runs; its numbers mean nothing.";

    /// <summary>Workloads of several sizes, in numbered cells, and the files that cells need.</summary>
    private static readonly (
        string Name, int Cells, Action<string, string, int[]> Run, Func<string, string, int[], IEnumerable<string>> Files)[] InCells =
    [
        ("regimes", RegimesWorkload.Count, RegimesWorkload.Run, RegimesWorkload.Files),
        ("omp", OmpWorkload.Count, OmpWorkload.Run, OmpWorkload.Files),
        ("factor", FactorWorkload.Count, (folder, _, cells) => FactorWorkload.Run(folder, cells),
            (folder, _, cells) => FactorWorkload.Files(folder, cells)),
    ];

    /// <summary>Workloads on patches of 10×10, and the files of theirs that each needs.</summary>
    private static readonly (string Name, Action<Workload> Run, Func<Workload, string[]> Files)[] OnPatches =
    [
        ("encode", EncodeWorkload.Run, w => [w.TrainPath, w.ValPath, w.DictionaryPath]),
        ("forward", ForwardWorkload.Run, w => [w.TrainPath, w.ValPath, w.DictionaryPath]),
        ("train", TrainWorkload.Run, w => [w.TrainPath, w.DictionaryPath]),
        ("dictionary", DictionaryWorkload.Run, w => [w.TrainPath, w.ValPath]),
        ("gemm", GemmWorkload.Run, _ => []),
        ("onnx", OnnxWorkload.Run, w => [w.TrainPath, w.ValPath, w.DictionaryPath]),
    ];

    public static int Run(string[] args)
    {
        if (args.Length == 0)
            return Refuse(2, Usage);
        string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        Effort.IsQuick = args.Contains("--quick");
        string folder = args[0], shared = Option("--shared") ?? "../shared", dictionaries = Option("--dictionaries")
            ?? Path.Combine(shared, "reference");
        string[] chosen = [.. args.Skip(1).TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];
        string[] known = [.. OnPatches.Select(w => w.Name), .. InCells.Select(w => w.Name)];
        if (chosen.FirstOrDefault(c => !known.Contains(c)) is { } unknown)
            return Refuse(2, $"error: '{unknown}' is no workload; they are {string.Join(", ", known)}.");
        if (chosen.Length == 0)
            chosen = [.. OnPatches.Select(w => w.Name)];
        int[] threads = Numbers(Option("--threads") ?? "1,2");
        Workload[] workloads = [
            .. Numbers(Option("--atoms") ?? "100,400")
            .Select(m => new Workload(folder, Path.Combine(dictionaries, $"D_{m}.npy"), m, threads))];
        var work = new List<(string Name, IEnumerable<string> Files, Action Run)>();
        foreach (var (name, run, files) in OnPatches.Where(w => chosen.Contains(w.Name)))
            work.AddRange(workloads.Select(workload => (name, files(workload).AsEnumerable(), (Action)(() => run(workload)))));
        foreach (var (name, count, run, files) in InCells.Where(w => chosen.Contains(w.Name)))
        {
            int[] cells = Option("--cells") is { } some ? Numbers(some) : [.. Enumerable.Range(0, count)];
            if (cells.Any(c => c < 0 || c >= count))
                return Refuse(2, $"error: --cells is '{Option("--cells")}'; the numbers of {name} must be from 0 to {count - 1}.");
            work.Add((name, files(folder, shared, cells), () => run(folder, shared, cells)));
        }
        foreach ((string name, IEnumerable<string> files, _) in work)
            if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
                return Refuse(1, $"error: {name} needs '{missing}', which does not exist.");
        foreach ((_, _, Action run) in work)
            run();
        return 0;
    }

    private static int Refuse(int code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }

    private static int[] Numbers(string text) => [.. text.Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
}

/// <summary>The arrays, and what is measured on them.</summary>
internal sealed class Workload(string folder, string dictionaryPath, int atoms, int[] threads)
{
    private readonly Lazy<Matrix> _train = new(() => Npy.ReadMatrix(InFolder(folder, "train")));
    private readonly Lazy<Matrix> _val = new(() => Npy.ReadMatrix(InFolder(folder, "val")));
    private readonly Lazy<AtomDictionary> _dictionary = new(() => new AtomDictionary(Npy.ReadMatrix(dictionaryPath)));

    /// <summary>The peers' sparsity weight.</summary>
    public const float Lambda = 0.5f;

    public string TrainPath => InFolder(folder, "train");

    public string ValPath => InFolder(folder, "val");

    public string DictionaryPath => dictionaryPath;

    public AtomDictionary Dictionary => _dictionary.Value;

    public int Atoms => atoms;

    public int[] Threads => threads;

    public Matrix Train => _train.Value;

    public Matrix Val => _val.Value;

    public static void Emit(params ReadOnlySpan<(string Name, object Value)> fields) => Console.WriteLine(JsonLine.Format(fields));

    private static string InFolder(string folder, string part) => Path.Combine(folder, $"X_{part}.npy");
}
