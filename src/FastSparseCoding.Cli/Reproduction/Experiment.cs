using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Cli.Reproduction;

/// <summary>What a size of dictionary gave.</summary>
/// <param name="Dictionary">The learned dictionary.</param>
/// <param name="CodeEnergy">Mean ‖Z*‖² of the test signals.</param>
/// <param name="NonZeros">Mean number of non-zeros of Z*.</param>
/// <param name="Certified">Part of the exact codes that their duality gap certifies.</param>
/// <param name="ExactMicroseconds">Time of an exact code on one thread.</param>
/// <param name="Curves">The exact methods.</param>
/// <param name="Methods">The trained encoders.</param>
internal sealed record ExperimentResult(
    AtomDictionary Dictionary, double CodeEnergy, double NonZeros, double Certified, double ExactMicroseconds, ExactCurves Curves, IReadOnlyList<(Candidate Candidate, MethodResult Measured)> Methods);

/// <summary>The paper's comparison for one size of dictionary: learn it, code the test signals exactly, train every encoder, measure.</summary>
internal sealed class Experiment(RunFolder folder, Plan plan, int atoms, ISignalSource source, Matrix heldOut, Matrix test, PatchPreprocessing preprocessing, CommandContext context)
{
    private int Threads => context.Threads == 0 ? Environment.ProcessorCount : context.Threads;

    public ExperimentResult Run(ProgressBoard board)
    {
        AtomDictionary dictionary = folder.Stage($"dictionary-{atoms}.safetensors", (path, checkpoint) => Learn(path, checkpoint, board), ModelFile.LoadDictionary);
        var exact = new ActiveSetSolver(dictionary, Plan.Lambda);
        var codes = new Matrix(test.Rows, atoms);
        SolveReport report = exact.Solve(test, codes, false, context.Threads, context.Cancellation);
        ExactCurves curves = ExactCurves.Measure(dictionary, Plan.Lambda, test, codes, context);

        TrainableEncoder[] encoders = TrainAll(dictionary, exact, board);
        ProgressBoard.Piece piece = board.Start($"measuring, {atoms} atoms");
        var methods = new (Candidate, MethodResult)[encoders.Length];
        for (int i = 0; i < encoders.Length; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            methods[i] = (Plan.Candidates[i], MethodResult.Measure(encoders[i], dictionary, test, codes, curves, context));
            piece.Report(i + 1, encoders.Length, "");
        }
        Array.Sort(methods, (a, b) => Order(a.Item1).CompareTo(Order(b.Item1)));
        double nonZeros = (double)(codes.Values.Length - codes.Values.Count(0f)) / codes.Rows, energy = CodeEvaluator.CodeError(new Matrix(codes.Rows, atoms), codes);
        double certified = 1 - (double)report.Unconverged / codes.Rows;
        return new ExperimentResult(dictionary, energy, nonZeros, certified, Timing.MicrosecondsPerSignal(exact, test), curves, methods);
    }

    private void Learn(string path, string checkpoint, ProgressBoard board)
    {
        var options = new DictionaryLearningOptions { AtomCount = atoms, Lambda = Plan.Lambda, Samples = plan.LearningSamples, Seed = context.Seed, Threads = context.Threads };
        ProgressBoard.Piece piece = board.Start($"dictionary of {atoms} atoms");
        var progress = new Relay<LearningProgress>(p =>
            piece.Report(p.Samples, p.TotalSamples, p.SamplesPerSecond, p.Remaining, FormattableString.Invariant($"objective {p.Objective:F3}")));
        LearnerState? state = File.Exists(checkpoint) ? CheckpointFile.LoadLearner(checkpoint) : null;
        AtomDictionary learned = DictionaryLearner.Learn(source, options, progress, state, s => CheckpointFile.Save(checkpoint, s), context.Cancellation);
        ModelFile.Save(path, learned, Plan.Lambda, preprocessing);
    }

    // Several trainings side by side use the cores better than one training on all of them; the bits are the same.
    private TrainableEncoder[] TrainAll(AtomDictionary dictionary, ActiveSetSolver exact, ProgressBoard board)
    {
        var encoders = new TrainableEncoder[Plan.Candidates.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = context.Cancellation };
        try
        {
            Parallel.ForEach(Partitioner.Create(Enumerable.Range(0, encoders.Length), EnumerablePartitionerOptions.NoBuffering), options, i =>
            {
                Candidate candidate = Plan.Candidates[i];
                encoders[i] = folder.Stage(candidate.FileName(atoms), (path, checkpoint) => Train(candidate, dictionary, exact, path, checkpoint, board), path => ModelFile.LoadEncoder(path, dictionary));
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? e.InnerExceptions[0]);
        }
        return encoders;
    }

    private void Train(Candidate candidate, AtomDictionary dictionary, ActiveSetSolver exact, string path, string checkpoint, ProgressBoard board)
    {
        TrainableEncoder encoder = EncoderFactory.Create(candidate.Kind, dictionary, Plan.Lambda, candidate.Depth);
        var options = new TrainingOptions { Samples = plan.TrainingSamples, Seed = context.Seed, Threads = Math.Max(1, Threads / Plan.Candidates.Count) };
        ProgressBoard.Piece piece = board.Start($"{candidate.Name}, {atoms} atoms");
        var progress = new Relay<TrainingProgress>(p => piece.Report(
            p.Samples, p.TotalSamples, p.SamplesPerSecond, p.Remaining, FormattableString.Invariant($"held-out error {p.RelativeHeldOutError:P2} of ‖Z*‖²")));
        TrainingCheckpoint? resume = File.Exists(checkpoint) ? CheckpointFile.LoadTraining(checkpoint) : null;
        EncoderTrainer.Train(encoder, source, exact, heldOut, options, progress, resume, c => CheckpointFile.Save(checkpoint, c), context.Cancellation);
        ModelFile.Save(path, encoder, preprocessing);
    }

    /// <summary>LISTA by depth, then LCoD by updates, then the other baselines.</summary>
    private static int Order(Candidate candidate) => candidate.Kind switch
    {
        "shrink" => 0,
        "lista" => candidate.Depth,
        "lcod" => 1000 + candidate.Depth,
        "tanh" => 1_000_000,
        _ => 1_000_001,
    };
}
