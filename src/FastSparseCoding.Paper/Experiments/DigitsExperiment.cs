using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

namespace FastSparseCoding.Paper;

/// <summary>
/// The paper's use of codes for recognition: a linear classifier on raw pixels, on optimal codes, on those of CoD, LCoD and LISTA after
/// little work, and on those of encoders trained through the classifier. Every outcome is a file of the folder, so that an interrupted run
/// goes on.
/// </summary>
internal sealed class DigitsExperiment
{
    private readonly RunFolder _folder;
    private readonly DigitsPlan _plan;
    private readonly DigitsData _data;
    private readonly RunContext _context;
    private readonly IProgressBoard _board;
    private readonly AtomDictionary _dictionary;
    private readonly SparseCodes _optimal;              // of the digits to train on
    private readonly Matrix _optimalTest;
    private readonly double _certified;
    private readonly Matrix _heldOut, _heldOutCodes;    // the last of the digits to train on
    private readonly LinearClassifier[] _ofOptimal;     // one for every seed

    private DigitsExperiment(RunFolder folder, DigitsPlan plan, DigitsData data, RunContext context, IProgressBoard board)
    {
        (_folder, _plan, _data, _context, _board) = (folder, plan, data, context, board);
        _dictionary = folder.Stage("digits-dictionary.safetensors", Learn, path => ModelFile.LoadDictionary(path));
        var exact = new ActiveSetSolver(_dictionary, DigitsPlan.Lambda);
        (_data, _optimal) = Encode(exact);
        data = _data;
        int rest = data.Train.Rows - data.HeldOut;
        _heldOut = new Matrix(data.HeldOut, data.Train.Columns, data.Train.RowRange(rest, data.HeldOut).Values.ToArray());
        _heldOutCodes = _optimal.SelectRows([.. Enumerable.Range(rest, data.HeldOut)]).ToDense();
        _optimalTest = new Matrix(data.Test.Rows, plan.Atoms);
        int uncertified = exact.Solve(data.Test, _optimalTest, false, context.Threads, context.Cancellation).Unconverged;
        folder.Uncertified.Set("test digits", uncertified, data.Test.Rows);
        _certified = 1 - (double)uncertified / data.Test.Rows;
        _ofOptimal = [.. Seeds.Select(
            seed => Classifier($"digits-exact-{seed}", seed, plan.Atoms,
            c => ClassifierTrainer.Train(c, _optimal, data.TrainLabels, Options(seed), null, context.Cancellation)))];
    }

    private IEnumerable<int> Seeds => Enumerable.Range(1, _plan.Seeds);

    /// <summary>Runs the experiment, or what of it is not yet in the folder.</summary>
    public static DigitsResult Run(
        RunFolder folder, DigitsPlan plan, LabelledImages train, LabelledImages test, RunContext context, IProgressBoard board)
        => new DigitsExperiment(folder, plan, DigitsData.Of(train, test, plan), context, board).Run();

    private DigitsResult Run()
    {
        DigitsMethod raw = Raw(), exact = Exact();
        var jobs = new List<Func<DigitsMethod[]>>();
        foreach (Candidate candidate in DigitsPlan.Candidates)
            jobs.AddRange(Seeds.Select(seed => (Func<DigitsMethod[]>)(() => Predictor(candidate, seed))));
        jobs.AddRange(DigitsPlan.CodUpdates.Select(k => (Func<DigitsMethod[]>)(() => [Cod(k)])));
        var results = new DigitsMethod[jobs.Count][];
        SideBySide.Run(Enumerable.Range(0, jobs.Count), _context, i => results[i] = jobs[i]());
        IEnumerable<DigitsMethod> methods = results.SelectMany(m => m).GroupBy(m => m.Name)
            .Select(seeds => seeds.First() with { Runs = [.. seeds.SelectMany(m => m.Runs)] });
        return new DigitsResult(_plan, _dictionary, _certified, [raw, exact, .. methods.OrderBy(m => Order(m.Kind)).ThenBy(m => m.Depth)]);
    }

    /// <summary>The digits to train on whose code is certified, with their codes.</summary>
    private (DigitsData Data, SparseCodes Codes) Encode(ActiveSetSolver exact)
    {
        const string Codes = "digits-codes.npz";
        Matrix leftOut = _folder.Stage("digits-uncertified.npy", (path, _) =>
        {
            (SparseCodes codes, SolveReport report) = exact.SolveSparse(_data.Train, _context.Threads, _context.Cancellation);
            float[] rows = [.. Enumerable.Range(0, codes.Rows).Except(report.CertifiedRows).Select(i => (float)i)];
            _folder.Uncertified.Set("digits to train on", rows.Length, codes.Rows);
            Npz.WriteCodes(_folder[Codes], codes);
            Npy.Write(path, new Matrix(1, rows.Length, rows));
        }, path => Npy.ReadMatrix(path));
        SparseCodes all = Npz.ReadCodes(_folder[Codes]);
        if (leftOut.Columns == 0)
            return (_data, all);
        int[] kept = [.. Enumerable.Range(0, all.Rows).Except(leftOut.Values.ToArray().Select(i => (int)i))];
        return (_data.Select(kept), all.SelectRows(kept));
    }

    private void Learn(string path, string checkpoint)
    {
        var options = new DictionaryLearningOptions
        {
            AtomCount = _plan.Atoms,
            Lambda = DigitsPlan.Lambda,
            Samples = _plan.LearningSamples,
            Seed = _context.Seed,
            Threads = _context.Threads
        };
        new Stages(_folder, _board, _context).Learn(
            new MatrixSource(_data.Train, options.Seed), options, _data.Preprocessing, $"dictionary of {_plan.Atoms} atoms from digits",
            $"digits to learn {_plan.Atoms} atoms from", path, checkpoint);
    }

    private DigitsMethod Raw()
    {
        int n = _data.Train.Columns;
        IEnumerable<DigitsRun> runs = Seeds.Select(seed =>
        {
            LinearClassifier classifier =
                Classifier($"digits-raw-{seed}", seed, n,
                c => ClassifierTrainer.Train(c, _data.Train, _data.TrainLabels, Options(seed), null, _context.Cancellation));
            return new DigitsRun(classifier.ErrorRate(_data.Test, _data.TestLabels, _context.Threads), double.NaN, double.NaN, double.NaN);
        });
        return new DigitsMethod("raw pixels", "raw", 0, 0, [.. runs]);
    }

    private DigitsMethod Exact()
    {
        double nonZeros = NonZeros(_optimalTest);
        IEnumerable<DigitsRun> runs = _ofOptimal.Select(c => c.ErrorRate(_optimalTest, _data.TestLabels, _context.Threads))
            .Select(e => new DigitsRun(e, e, 0, nonZeros));
        return new DigitsMethod("optimal codes", "exact", 0, double.NaN, [.. runs]);
    }

    /// <summary>CoD after k updates: what LCoD is before it is trained. The same codes for every seed; only the classifier
    /// differs.</summary>
    private DigitsMethod Cod(int updates)
    {
        LcodEncoder cod = LcodEncoder.FromDictionary(_dictionary, DigitsPlan.Lambda, updates);
        var codes = new Lazy<SparseCodes>(() => cod.EncodeSparse(_data.Train, 1, _context.Cancellation));
        return new DigitsMethod(
            $"CoD {updates} updates", "cod", updates, cod.MultiplyAdds,
            [.. Seeds.Select(seed => OnItsCodes($"digits-cod-{updates}-{seed}", seed, cod, codes))]);
    }

    /// <summary>A predictor of the optimal codes with a classifier on its codes, and both trained on together where the plan says
    /// so.</summary>
    private DigitsMethod[] Predictor(Candidate candidate, int seed)
    {
        string name = $"digits-{candidate.Kind}-{candidate.Depth}-{seed}";
        TrainableEncoder encoder =
            _folder.Stage($"{name}.safetensors", (path, checkpoint) => Train(candidate, seed, path, checkpoint),
            path => ModelFile.LoadEncoder(path, _dictionary));
        var own = new Lazy<SparseCodes>(() => encoder.EncodeSparse(_data.Train, 1, _context.Cancellation));
        var predictor = new DigitsMethod(
            candidate.Name, candidate.Kind, candidate.Depth, encoder.MultiplyAdds, [OnItsCodes($"{name}-classifier", seed, encoder, own)]);
        if (!DigitsPlan.EndToEnd.Contains(candidate))
            return [predictor];
        ClassifierModel trained =
            _folder.Stage($"{name}-end-to-end.safetensors",
            (path, _) => TrainEndToEnd(candidate, seed, name, encoder, path), path => ClassifierFile.Load(path));
        Matrix z = trained.Encoder!.Encode(_data.Test, 1, _context.Cancellation);
        var run = new DigitsRun(trained.Classifier.ErrorRate(z, _data.TestLabels, 1), double.NaN, double.NaN, NonZeros(z));
        return [predictor, new DigitsMethod(
            $"{candidate.Name}, end to end", $"end-to-end-{candidate.Kind}", candidate.Depth, encoder.MultiplyAdds, [run])];
    }

    private void Train(Candidate candidate, int seed, string path, string checkpoint)
    {
        TrainableEncoder encoder = EncoderFactory.Create(candidate.Kind, _dictionary, DigitsPlan.Lambda, candidate.Depth);
        var options = new TrainingOptions
        {
            Samples = _plan.EncoderSamples,
            LearningRate = candidate.IsLcod ? null : DigitsPlan.ListaRate,
            Seed = OptionSeed(seed),
            Threads = 1
        };
        int rows = _data.Train.Rows - _data.HeldOut;
        ISignalSource x = new MatrixSource(_data.Train, options.Seed, rows), z = new SparseCodesSource(_optimal, options.Seed, rows);
        new Stages(_folder, _board, _context).Train(
            $"digits: {candidate.Name}, seed {seed}", "error", "‖Z*‖²", checkpoint,
            (progress, resume, keep) => EncoderTrainer.Train(
                encoder, x, z, _heldOut, _heldOutCodes, options, progress, resume, keep, _context.Cancellation));
        ModelFile.Save(path, encoder, _data.Preprocessing);
    }

    private void TrainEndToEnd(Candidate candidate, int seed, string name, TrainableEncoder encoder, string path)
    {
        LinearClassifier classifier = ClassifierFile.Load(_folder[$"{name}-classifier.safetensors"]).Classifier;
        IProgressPiece piece = _board.Start($"digits: {candidate.Name} end to end, seed {seed}");
        var progress = new Relay<ClassifierProgress>(
            p => piece.Report(p.Epoch, p.Epochs, FormattableString.Invariant($"held-out error {p.HeldOutError:P2}")));
        ClassifierTrainer.TrainEndToEnd(
            encoder, classifier, _data.Train, _data.TrainLabels, Options(seed) with { Epochs = _plan.EndToEndEpochs }, progress,
            _context.Cancellation);
        ClassifierFile.Save(path, new ClassifierModel(classifier, encoder), _data.Preprocessing);
    }

    /// <summary>Trains a classifier on an encoder's own codes and measures it, and the classifier of optimal codes, on its codes of the
    /// test digits.</summary>
    private DigitsRun OnItsCodes(string name, int seed, ISparseEncoder encoder, Lazy<SparseCodes> codes)
    {
        LinearClassifier classifier =
            Classifier(name, seed, _plan.Atoms,
            c => ClassifierTrainer.Train(c, codes.Value, _data.TrainLabels, Options(seed), null, _context.Cancellation));
        Matrix z = encoder.Encode(_data.Test, 1, _context.Cancellation);
        double energy = CodeEvaluator.CodeError(new Matrix(z.Rows, z.Columns), _optimalTest);
        return new DigitsRun(
            classifier.ErrorRate(z, _data.TestLabels, 1), _ofOptimal[seed - 1].ErrorRate(z, _data.TestLabels, 1),
            CodeEvaluator.CodeError(z, _optimalTest) / energy, NonZeros(z));
    }

    /// <summary>A stage that trains a classifier.</summary>
    private LinearClassifier Classifier(string name, int seed, int size, Action<LinearClassifier> train) => _folder.Stage(
        $"{name}.safetensors",
        (path, _) =>
        {
            var classifier = new LinearClassifier(size, _data.Classes);
            train(classifier);
            ClassifierFile.Save(path, new ClassifierModel(classifier, null));
        },
        path => ClassifierFile.Load(path).Classifier);

    // Trainings run side by side, one thread each.
    private ClassifierOptions Options(int seed) => new() { Seed = OptionSeed(seed), Threads = 1 };

    /// <summary>The seed of training number 1, 2, …: the run's own for the first.</summary>
    private int OptionSeed(int seed) => unchecked(_context.Seed + seed - 1);

    // Several trainings side by side use the cores better than one training on all of them; the bits are the same.
    private static double NonZeros(Matrix z) => (double)(z.Values.Length - z.Values.Count(0f)) / z.Rows;

    private static int Order(string kind) => Array.IndexOf(["cod", "lcod", "shrink", "lista", "end-to-end-lista", "end-to-end-lcod"], kind);
}
