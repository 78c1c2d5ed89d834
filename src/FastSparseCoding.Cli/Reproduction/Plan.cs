namespace FastSparseCoding.Cli.Reproduction;

/// <summary>One encoder to train.</summary>
internal sealed record Candidate(string Kind, int Depth)
{
    /// <summary>Name in tables.</summary>
    public string Name => Kind switch
    {
        "lista" => $"LISTA T={Depth}",
        "lcod" => $"LCoD {Depth} {(Depth == 1 ? "update" : "updates")}",
        "shrink" => "shrinkage (LISTA T=0)",
        "tanh2" => "double tanh",
        _ => Kind,
    };

    /// <summary>Whether it is a point of Figure 3; the shrinkage encoder is LISTA without layers.</summary>
    public bool IsLista => Kind is "shrink" or "lista";

    /// <summary>Whether it is a point of Figure 4.</summary>
    public bool IsLcod => Kind == "lcod";

    /// <summary>Where the library's rate, chosen for LISTA, is far from the best: error of the shrinkage .36 instead of .44, of the double tanh .33 instead of .56 (400 atoms).</summary>
    public float? LearningRate => Kind is "shrink" or "tanh2" ? 0.01f : null;

    /// <summary>Name of its file for a dictionary of m atoms and a seed counted from 1.</summary>
    public string FileName(int atoms, int seed) => $"{Kind}-{atoms}-{(IsLcod || Kind == "lista" ? $"{Depth}-" : "")}s{seed}.safetensors";
}

/// <summary>How large a reproduction is.</summary>
internal sealed record Plan(string Scale, int[] Atoms, int Seeds, long LearningSamples, long TrainingSamples, int TestSignals)
{
    /// <summary>The paper's sparsity weight α.</summary>
    public const float Lambda = 0.5f;

    /// <summary>Pictures and their side when none are given.</summary>
    public const int GeneratedImages = 40, GeneratedSize = 256;

    public static readonly Plan Quick = new("quick", [100], 1, 20_000, 50_000, 1000);
    public static readonly Plan Default = new("default", [100], 1, 100_000, 300_000, 2000);
    public static readonly Plan Full = new("full", [100, 400], 3, 500_000, 1_000_000, 5000);

    /// <summary>The encoders in the order of the tables: Figure 3, Figure 4, Table 1.</summary>
    public static IReadOnlyList<Candidate> Candidates { get; } =
    [
        new("shrink", 0), .. new[] { 1, 2, 3, 5, 7 }.Select(depth => new Candidate("lista", depth)),
        .. new[] { 1, 2, 5, 10, 20, 50, 100, 200 }.Select(updates => new Candidate("lcod", updates)), new("tanh", 0), new("tanh2", 0),
    ];

    /// <summary>The longest to train first, so that no core waits at the end: a layer of LISTA costs about as much as forty updates of LCoD.</summary>
    public static IReadOnlyList<Candidate> LongestFirst { get; } = [.. Candidates.OrderByDescending(c => c.IsLcod ? c.Depth : 40 * c.Depth)];
}
