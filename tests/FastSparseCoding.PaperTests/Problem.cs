using System.Collections.Concurrent;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Paper;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>
/// A dictionary, patches to train on with their exact codes, and others to measure on: the paper's setting at reduced size. Encoders are
/// trained once for all tests.
/// </summary>
internal sealed class Problem
{
    /// <summary>The problems' names: photographs with the reference dictionaries, and generated pictures, which need no data.</summary>
    public const string Photographs100 = "photographs, 100 atoms", Photographs400 = "photographs, 400 atoms",
        Generated = "generated pictures, 64 atoms";

    /// <summary>After the name of a problem: the same patches and atoms, with codes that must not be negative.</summary>
    public const string NonNegative = ", z ≥ 0";

    public const float Lambda = 0.5f;

    private const int HeldOutSignals = 500;

    private static readonly ConcurrentDictionary<string, Lazy<Problem>> All = new();

    private readonly ConcurrentDictionary<(string, int), Lazy<TrainableEncoder>> _encoders = new();
    private readonly CodedSignals _signals;
    private readonly Matrix _heldOut;

    private readonly Penalty _penalty;
    private readonly Lazy<ExactCurves> _curves;

    private Problem(AtomDictionary dictionary, Penalty penalty, ISignalSource source, int samples, Matrix x)
    {
        Dictionary = dictionary;
        X = x;
        _penalty = penalty;
        var exact = new ActiveSetSolver(dictionary, penalty);
        Codes = exact.Encode(x, cancellation: TestContext.Current.CancellationToken);
        _curves = new Lazy<ExactCurves>(() => ExactCurves.Measure(dictionary, penalty, x, Codes, Context));
        _signals = CodedSignals.Encode(source, exact, samples, cancellation: TestContext.Current.CancellationToken);
        _heldOut = new Matrix(HeldOutSignals, dictionary.SignalSize);
        source.Read(samples, _heldOut);
    }

    private static RunContext Context => new(Seed: 1, Threads: 0, TestContext.Current.CancellationToken);

    public AtomDictionary Dictionary { get; }

    /// <summary>Signals to measure on [1000×100].</summary>
    public Matrix X { get; }

    /// <summary>Their exact codes [1000×m].</summary>
    public Matrix Codes { get; }

    public static Problem Of(string name)
    {
        if (!name.StartsWith(Generated, StringComparison.Ordinal))
            SharedData.RequireAll();
        var penalty = new Penalty(Lambda, nonNegative: name.EndsWith(NonNegative, StringComparison.Ordinal));
        return All.GetOrAdd(name, _ => new Lazy<Problem>(() => name.Replace(NonNegative, "", StringComparison.Ordinal) switch
        {
            Photographs100 => OfPhotographs(100, penalty, 150_000),
            Photographs400 => OfPhotographs(400, penalty, 100_000),
            _ => OfGeneratedPictures(penalty, 60_000),
        })).Value;
    }

    /// <summary>The encoder of a kind and depth, trained on all samples.</summary>
    public TrainableEncoder Train(string kind, int depth = 0) => _encoders.GetOrAdd((kind, depth), _ => new Lazy<TrainableEncoder>(() =>
    {
        TrainableEncoder encoder = EncoderFactory.Create(kind, Dictionary, _penalty, depth);
        EncoderTrainer.Train(encoder, _signals, _heldOut, new() { Samples = _signals.Count },
            cancellation: TestContext.Current.CancellationToken);
        return encoder;
    })).Value;

    public Matrix Predict(string kind, int depth) => Train(kind, depth).Encode(X, cancellation: TestContext.Current.CancellationToken);

    public double Error(string kind, int depth = 0) => Measure(kind, depth).Quality.CodeError;

    /// <summary>‖Z − Z*‖² over ‖Z*‖².</summary>
    public double RelativeError(string kind, int depth) => Measure(kind, depth).Quality.RelativeCodeError;

    /// <summary>Iterations of FISTA that make an encoder's error.</summary>
    public double FistaIterations(string kind, int depth) => Measure(kind, depth).FistaIterations;

    /// <summary>Updates of CoD that make an encoder's error.</summary>
    public double CodUpdates(string kind, int depth) => Measure(kind, depth).CodUpdates;

    /// <summary>The experiment's own measure of an encoder.</summary>
    private MethodResult Measure(string kind, int depth)
        => MethodResult.Measure(Train(kind, depth), Dictionary, X, Codes, _curves.Value, Context);

    private static Problem OfPhotographs(int atoms, Penalty penalty, int samples)
        => new(SharedData.Dictionary(atoms), penalty, SharedData.TrainingPatches(seed: 1), samples, SharedData.X);

    private static Problem OfGeneratedPictures(Penalty penalty, int samples)
    {
        IReadOnlyList<GrayImage> pictures = DeadLeaves.GenerateMany(12, 128, seed: 1);
        var source = new PatchSource([.. pictures.Take(10)], PatchPreprocessing.Default, seed: 1);
        AtomDictionary dictionary =
            DictionaryLearner.Learn(
            source, new() { AtomCount = 64, Lambda = Lambda, Samples = 20_000 }, cancellation: TestContext.Current.CancellationToken);
        return new Problem(dictionary, penalty, source, samples,
            Patches.Sample([.. pictures.Skip(10)], PatchPreprocessing.Default, 1000, seed: 2));
    }
}
