namespace FastSparseCoding.Cli.Reproduction;

/// <summary>One encoder to train.</summary>
internal sealed record Candidate(string Kind, int Depth)
{
    public bool HasDepth => Kind is "lista" or "lcod";

    /// <summary>Name in tables.</summary>
    public string Name => Kind switch
    {
        "lista" => $"LISTA T={Depth}",
        "lcod" => $"LCoD {Depth} updates",
        "shrink" => "shrinkage (LISTA T=0)",
        "tanh2" => "double tanh",
        _ => Kind,
    };

    /// <summary>Name of its file for a dictionary of m atoms.</summary>
    public string FileName(int atoms) => HasDepth ? $"{Kind}-{atoms}-{Depth}.safetensors" : $"{Kind}-{atoms}.safetensors";
}

/// <summary>How large a reproduction is.</summary>
internal sealed record Plan(string Scale, int[] Atoms, long LearningSamples, long TrainingSamples, int TestSignals)
{
    /// <summary>The paper's sparsity weight α.</summary>
    public const float Lambda = 0.5f;

    /// <summary>Pictures and their side when none are given.</summary>
    public const int GeneratedImages = 40, GeneratedSize = 256;

    public static readonly Plan Quick = new("quick", [100], 20_000, 20_000, 1000);
    public static readonly Plan Default = new("default", [100], 100_000, 500_000, 2000);
    public static readonly Plan Full = new("full", [100, 400], 500_000, 1_000_000, 5000);

    /// <summary>The encoders of Figures 3 and 4 and of Table 1; the longest to train first, so that no core waits at the end.</summary>
    public static IReadOnlyList<Candidate> Candidates { get; } =
    [
        new("lista", 7), new("lcod", 50), new("lista", 3), new("lcod", 20), new("lista", 1), new("lcod", 10), new("lcod", 5), new("tanh2", 0), new("tanh", 0), new("shrink", 0),
    ];
}
