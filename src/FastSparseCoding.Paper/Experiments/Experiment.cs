using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Paper;

/// <summary>What a size of dictionary gave.</summary>
/// <param name="Dictionary">The learned dictionary.</param>
/// <param name="Test">Signals that no training saw, without those whose exact code is not certified.</param>
/// <param name="Codes">Their exact codes.</param>
/// <param name="CodeEnergy">Mean ‖Z*‖² of the test signals.</param>
/// <param name="NonZeros">Mean number of non-zeros of Z*.</param>
/// <param name="Certified">Part of the test signals that are not left out: whose exact code is certified by its duality gap.</param>
/// <param name="ExactMicroseconds">Time of an exact code on one thread.</param>
/// <param name="Curves">The exact methods.</param>
/// <param name="Methods">The trained encoders, in the order of <see cref="Plan.Candidates"/>.</param>
internal sealed record ExperimentResult(
    AtomDictionary Dictionary, Matrix Test, Matrix Codes, double CodeEnergy, double NonZeros, double Certified, double ExactMicroseconds,
    ExactCurves Curves, IReadOnlyList<SeededResult> Methods)
{
    /// <summary>Signals of a sample.</summary>
    private const int SampleSignals = 1000;

    public int Atoms => Dictionary.AtomCount;

    /// <summary>The first of the test signals with their exact codes, for measures that take long.</summary>
    public (Matrix X, Matrix Codes) Sample { get; } = (Head(Test), Head(Codes));

    public int SeedCount => Methods[0].Seeds.Count;

    public IEnumerable<SeededResult> Lista => Methods.Where(m => m.Candidate.IsLista);

    public IEnumerable<SeededResult> Variants => Methods.Where(m => m.Candidate.IsVariant);

    public IEnumerable<SeededResult> Lcod => Methods.Where(m => m.Candidate.IsLcod);

    public SeededResult Method(string kind, int depth = 0) => Methods.First(m => m.Candidate == new Candidate(kind, depth));

    private static Matrix Head(Matrix x)
    {
        int rows = Math.Min(SampleSignals, x.Rows);
        return new Matrix(rows, x.Columns, x.RowRange(0, rows).Values.ToArray());
    }
}

/// <summary>The paper's comparison for one size of dictionary: learn it, code the test signals exactly, train every encoder with every
/// seed, measure.</summary>
internal sealed class Experiment(RunFolder folder, Plan plan, int atoms, TrainingData data, RunContext context)
{
    /// <summary>What learning a dictionary is called.</summary>
    public static string LearningTitle(int atoms) => $"dictionary of {atoms} atoms";

    /// <summary>What measuring the encoders is called.</summary>
    public static string MeasuringTitle(int atoms) => $"measuring, {atoms} atoms";

    public ExperimentResult Run(IProgressBoard board)
    {
        AtomDictionary dictionary =
            folder.Stage($"dictionary-{atoms}.safetensors", (path, checkpoint) => Learn(path, checkpoint, board),
                path => ModelFile.LoadDictionary(path));
        var exact = new ActiveSetSolver(dictionary, Plan.Lambda);
        CertifiedCodes certified = CertifiedCodes.Of(exact, data.Test, context.Threads, context.Cancellation);
        if (certified.Codes.Rows == 0)
            Throw.Arithmetic(
                $"none of the {data.Test.Rows} test signals has a certified code of {atoms} atoms; there is nothing to measure against.");
        folder.Uncertified.Set($"test signals of {atoms} atoms", certified.Uncertified, data.Test.Rows);
        (Matrix test, Matrix codes) = (certified.Signals, certified.Codes);
        ExactCurves curves = ExactCurves.Measure(dictionary, Plan.Lambda, test, codes, context);

        TrainableEncoder[][] encoders =
            [.. Enumerable.Range(1, plan.Seeds)
            .Select(seed => new SeedTrainings(folder, plan.TrainingSamples(atoms), seed, exact, data, context).Run(board))];
        IProgressPiece piece = board.Start(MeasuringTitle(atoms));
        var methods = new SeededResult[Plan.Candidates.Count];
        for (int i = 0; i < methods.Length; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            MethodResult[] seeds = [.. encoders.Select(e => MethodResult.Measure(e[i], dictionary, test, codes, curves, context))];
            methods[i] = new SeededResult(Plan.Candidates[i], seeds, Timing.MicrosecondsPerSignal(seeds[0].Encoder, test, context));
            piece.Report(i + 1, methods.Length, "");
        }
        double nonZeros = (double)(codes.Values.Length - codes.Values.Count(0f)) / codes.Rows,
            energy = CodeEvaluator.CodeError(new Matrix(codes.Rows, atoms), codes);
        return new ExperimentResult(
            dictionary, test, codes, energy, nonZeros, (double)codes.Rows / data.Test.Rows,
            Timing.MicrosecondsPerSignal(exact, test, context), curves, methods);
    }

    private void Learn(string path, string checkpoint, IProgressBoard board)
    {
        var options = new DictionaryLearningOptions
        {
            AtomCount = atoms,
            Lambda = Plan.Lambda,
            Samples = plan.LearningSamples,
            Seed = context.Seed,
            Threads = context.Threads
        };
        new Stages(folder, board, context).Learn(
            data.Source(seed: 1), options, data.Preprocessing, LearningTitle(atoms), $"signals to learn {atoms} atoms from",
            path, checkpoint);
    }
}
