using System.Globalization;
using System.Text.RegularExpressions;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Paper;

/// <summary>One encoder to train.</summary>
internal sealed record Candidate(string Kind, int Depth)
{
    /// <summary>Name in tables.</summary>
    public string Name => Kind switch
    {
        "lista" => $"LISTA T={Depth}",
        "lista-layers" => $"LISTA T={Depth} layered",
        "lista-coupled" => $"LISTA T={Depth} coupled",
        "slista" => $"SLISTA T={Depth}",
        "lcod" => $"LCoD {Depth} {(Depth == 1 ? "update" : "updates")}",
        "shrink" => "shrinkage (LISTA T=0)",
        "tanh2" => "double tanh",
        _ => Kind,
    };

    /// <summary>Whether it is a point of Figure 3; the shrinkage encoder is LISTA without layers.</summary>
    public bool IsLista => Kind == ShrinkEncoder.OfKind.Name || Kind == ListaEncoder.OfKind.Name;

    /// <summary>Whether it is a variant of LISTA that the paper does not have.</summary>
    public bool IsVariant => Kind == LayeredListaEncoder.OfKind.Name || Kind == CoupledListaEncoder.OfKind.Name || LearnsEnergy;

    /// <summary>Whether it is trained for the energy of its codes, without exact ones: of steps alone more cannot be asked.</summary>
    public bool LearnsEnergy => Kind == StepListaEncoder.OfKind.Name;

    /// <summary>Whether it is a point of Figure 4.</summary>
    public bool IsLcod => EncoderFactory.Find(Kind).IsCoordinateDescent;

    /// <summary>Where the library's rate, chosen for LISTA, is far from the best: error of the shrinkage .36 instead of .44, of the double
    /// tanh .33 instead of .56 (400 atoms).</summary>
    public float? LearningRate => Kind is "shrink" or "tanh2" ? 0.01f : null;

    /// <summary>Time that a patch of its training takes, about, in microseconds of one thread with 100 atoms: what is left of a run is
    /// estimated by it.</summary>
    public double Work => 6 + Depth * (IsLcod ? 0.3 : Kind == CoupledListaEncoder.OfKind.Name || LearnsEnergy ? 6 : 2.5);

    /// <summary>Name of its file for a dictionary of m atoms and a seed counted from 1.</summary>
    public string FileName(int atoms, int seed) => $"{Kind}-{atoms}-{(Depth > 0 ? $"{Depth}-" : "")}s{seed}.safetensors";
}

/// <summary>How large a reproduction is.</summary>
/// <param name="Scale">Its name.</param>
/// <param name="Atoms">Sizes of dictionary.</param>
/// <param name="Seeds">Trainings of every encoder.</param>
/// <param name="LearningSamples">Patches for a dictionary.</param>
/// <param name="SmallSamples">Patches for every training with at most <see cref="MostSmallAtoms"/> atoms.</param>
/// <param name="LargeSamples">The same with more, where a patch costs several times as much.</param>
/// <param name="TestSignals">Patches to test on.</param>
internal sealed partial record Plan(
    string Scale, int[] Atoms, int Seeds, long LearningSamples, long SmallSamples, long LargeSamples, int TestSignals)
{
    public const int MostSmallAtoms = 200;

    /// <summary>The paper's sparsity weight α.</summary>
    public const float Lambda = 0.5f;

    /// <summary>Pictures and their side when none are given.</summary>
    public const int GeneratedImages = 40, GeneratedSize = 256;

    public static readonly Plan Quick =
        new("quick", [100], 1, 20_000, 50_000, 50_000, 1000) { Timing = TimeSpan.FromSeconds(0.02) };
    public static readonly Plan Default = new("default", [100], 1, 100_000, 300_000, 300_000, 2000);
    public static readonly Plan Full = new("full", [100, 400], 3, 500_000, 1_500_000, 1_000_000, 5000);

    /// <summary>See <see cref="RunContext.Timing"/>.</summary>
    public TimeSpan Timing { get; init; } = TimeSpan.FromSeconds(0.1);

    /// <summary>The encoders in the order of the tables: Figure 3, Figure 4, Table 1.</summary>
    public static IReadOnlyList<Candidate> Candidates { get; } =
    [
        new("shrink", 0), .. new[] { 1, 2, 3, 5, 7 }.Select(depth => new Candidate("lista", depth)),
        .. from kind in (string[])["lista-layers", "lista-coupled", "slista"] from depth in (int[])[1, 3, 7]
            select new Candidate(kind, depth),
        .. new[] { 1, 2, 5, 10, 20, 50, 100, 200 }.Select(updates => new Candidate("lcod", updates)), new("tanh", 0), new("tanh2", 0),
    ];

    /// <summary>The longest to train first, so that no core waits at the end: a layer of LISTA costs about as much as forty updates of
    /// LCoD.</summary>
    public static IReadOnlyList<Candidate> LongestFirst { get; } =
        [.. Candidates.OrderByDescending(c => c.IsLcod ? c.Depth : 40 * c.Depth)];

    /// <summary>Patches for every training with a dictionary of m atoms.</summary>
    public long TrainingSamples(int atoms) => atoms <= MostSmallAtoms ? SmallSamples : LargeSamples;

    /// <summary>Settings, and after them the sizes of dictionary and the seeds: all that decides the results of a run.</summary>
    public string AddTo(string settings) => $"{settings}atoms: {string.Join(", ", Atoms)}\nseeds: {Seeds}\n";

    /// <summary>The plan, and the sizes of dictionary and the seeds of a finished run besides: what a page shows is not lost from
    /// it.</summary>
    /// <param name="finished">What <see cref="AddTo"/> gave for that run; null for none.</param>
    /// <param name="settings">All other settings; a run of others adds nothing.</param>
    public Plan With(string? finished, string settings)
    {
        if (finished is null || !finished.StartsWith(settings, StringComparison.Ordinal)
            || Finished().Match(finished, settings.Length) is not { Success: true } run)
            return this;
        int[] atoms = [.. run.Groups["atoms"].Value.Split(", ").Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        return this with
        {
            Atoms = [.. atoms.Union(Atoms)],
            Seeds = Math.Max(Seeds, int.Parse(run.Groups["seeds"].Value, CultureInfo.InvariantCulture)),
        };
    }

    [GeneratedRegex(@"\Gatoms: (?<atoms>[0-9]{1,4}(, [0-9]{1,4})*)\nseeds: (?<seeds>[0-9]{1,3})\n\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Finished();

    /// <summary>All numbers of patches, in words.</summary>
    public string Samples
    {
        get
        {
            string large = SmallSamples == LargeSamples ? ""
                : FormattableString.Invariant($" with up to {MostSmallAtoms} atoms, {LargeSamples:N0} with more");
            return FormattableString.Invariant(
                $"{LearningSamples:N0} for a dictionary, {SmallSamples:N0} for an encoder{large}; {TestSignals:N0} to test on");
        }
    }
}
