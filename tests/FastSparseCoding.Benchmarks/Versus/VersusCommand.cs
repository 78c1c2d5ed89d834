using FastSparseCoding.Storage;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>
/// versus FOLDER [encode|forward|train|dictionary|gemm ...] [--dictionaries FOLDER] [--atoms 100,400] [--threads 1,2]: times our side of every workload of the peers' scripts on the
/// same arrays, one line of JSON with the peers' field names for each.
/// </summary>
internal static class VersusCommand
{
    private static readonly string[] Names = ["encode", "forward", "train", "dictionary", "gemm"];

    public static int Run(string[] args)
    {
        string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        if (args.Length == 0)
        {
            Console.Error.WriteLine("usage: versus FOLDER [encode|forward|train|dictionary|gemm ...] [--dictionaries FOLDER] [--atoms 100,400] [--threads 1,2]");
            return 2;
        }
        string[] chosen = [.. args.Skip(1).TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];
        if (chosen.FirstOrDefault(c => !Names.Contains(c)) is { } unknown)
        {
            Console.Error.WriteLine($"error: '{unknown}' is no workload; they are {string.Join(", ", Names)}.");
            return 2;
        }
        int[] atoms = Numbers(Option("--atoms") ?? "100,400"), threads = Numbers(Option("--threads") ?? "1,2");
        string dictionaries = Option("--dictionaries") ?? "../shared/reference";
        string[] needed = [Path.Combine(args[0], "X_train.npy"), Path.Combine(args[0], "X_val.npy"), .. atoms.Select(m => Path.Combine(dictionaries, $"D_{m}.npy"))];
        if (needed.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            Console.Error.WriteLine($"error: there is no '{missing}'; patches and dictionaries of 100 values are expected there.");
            return 1;
        }
        foreach (int m in atoms)
        {
            var workload = new Workload(args[0], new AtomDictionary(Npy.ReadMatrix(Path.Combine(dictionaries, $"D_{m}.npy"))), threads);
            foreach (string name in chosen.Length > 0 ? chosen : Names)
                Run(name, workload);
        }
        return 0;
    }

    private static void Run(string name, Workload workload)
    {
        switch (name)
        {
            case "encode": EncodeWorkload.Run(workload); break;
            case "forward": ForwardWorkload.Run(workload); break;
            case "train": TrainWorkload.Run(workload); break;
            case "dictionary": DictionaryWorkload.Run(workload); break;
            default: GemmWorkload.Run(workload); break;
        }
    }

    private static int[] Numbers(string text) => [.. text.Split(',').Select(t => int.Parse(t, System.Globalization.CultureInfo.InvariantCulture))];
}

/// <summary>The arrays, and what is measured on them.</summary>
internal sealed class Workload(string folder, AtomDictionary dictionary, int[] threads)
{
    private readonly Lazy<Matrix> _train = new(() => Npy.ReadMatrix(Path.Combine(folder, "X_train.npy")));
    private readonly Lazy<Matrix> _val = new(() => Npy.ReadMatrix(Path.Combine(folder, "X_val.npy")));

    /// <summary>The peers' sparsity weight.</summary>
    public const float Lambda = 0.5f;

    public AtomDictionary Dictionary => dictionary;

    public int Atoms => dictionary.AtomCount;

    public int[] Threads => threads;

    public Matrix Train => _train.Value;

    public Matrix Val => _val.Value;

    public static void Emit(params ReadOnlySpan<(string Name, object Value)> fields) => Console.WriteLine(JsonLine.Format(fields));
}
