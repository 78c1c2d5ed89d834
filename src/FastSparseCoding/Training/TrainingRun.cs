using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>One training from start, or checkpoint, to end.</summary>
internal sealed class TrainingRun
{
    /// <summary>Signals of a batch that one worker takes. Fixed, and the gradients summed in order, so that threads never change the bits.</summary>
    private const int PassRows = 64;

    private readonly TrainableEncoder _encoder;
    private readonly TrainingOptions _options;
    private readonly CertifiedCodes _heldOut;
    private readonly double _heldOutEnergy;     // mean ‖Z*‖²
    private readonly TargetStream _targets;
    private readonly Optimizer _optimizer;
    private readonly Worker[] _workers;
    private readonly ParameterSlab _gradient;
    private readonly List<TrainingProgress> _history = [];
    private readonly float[] _best;
    private readonly string _settings;
    private readonly float _initialRate;
    private double _bestError = double.PositiveInfinity;
    private long _bestAt;
    private long _samples;
    private int _skipped;
    private long _uncertified;

    public TrainingRun(TrainableEncoder encoder, ISignalSource source, ITargetCodes target, CertifiedCodes heldOut, TrainingOptions options)
    {
        if (heldOut.Codes.Rows == 0)
            Throw.NoneCertified(heldOut.Uncertified, "held-out signals", "there is nothing to measure the error on");
        _encoder = encoder;
        _options = options;
        _initialRate = options.InitialRate(encoder.CodeSize);
        _heldOut = heldOut;
        _heldOutEnergy = CodeEvaluator.CodeError(new Matrix(heldOut.Codes.Rows, encoder.CodeSize), heldOut.Codes);
        _targets = new TargetStream(source, target, Math.Max(1, 4096 / options.BatchSize) * options.BatchSize, options.Threads);
        _optimizer = Optimizer.Create(options.Optimizer, encoder.Parameters.Values.Length);
        _workers = new Worker[RowBlocks.Count(options.BatchSize, PassRows)];
        for (int w = 0; w < _workers.Length; w++)
            _workers[w] = new Worker(encoder, Math.Min(PassRows, options.BatchSize));
        _gradient = encoder.Parameters.EmptyCopy();
        _best = encoder.Parameters.Values.ToArray();
        _settings = string.Create(
            CultureInfo.InvariantCulture,
            $"{encoder.Kind} [{encoder.CodeSize}×{encoder.SignalSize}], depth {encoder.Depth}, {encoder.Penalty.Settings}, dictionary {encoder.Dictionary?.Hash ?? "none"}, {options.Settings(encoder.CodeSize)}");
    }

    /// <summary>Number of steps from start to end.</summary>
    private long Steps => (_options.Samples + _options.BatchSize - 1) / _options.BatchSize;

    public TrainingReport Execute(IProgress<TrainingProgress>? progress, TrainingCheckpoint? resume, Action<TrainingCheckpoint>? onCheckpoint, CancellationToken cancellation)
    {
        if (resume is not null)
            Restore(resume);
        long start = Stopwatch.GetTimestamp(), samplesAtStart = _samples;
        double loss = 0;
        long lossSamples = 0;
        // Whatever ends the training, the codes that are being computed ahead are given up.
        using var ahead = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            while (_samples < _options.Samples)
            {
                CertifiedCodes chunk = _targets.Take(_samples, _options.Samples, ahead.Token);
                for (int row = 0; row < chunk.BatchRows; row += _options.BatchSize)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int seen = Math.Min(_options.BatchSize, chunk.BatchRows - row);
                    bool evaluate = CrossesEvaluation(_samples, seen);
                    (int first, int count) = chunk.Window(row, seen);
                    loss += Step(chunk.Signals, chunk.Codes, first, count);
                    lossSamples += count;
                    _samples += seen;
                    _uncertified += seen - count;
                    if (!evaluate)
                        continue;
                    double rate = (_samples - samplesAtStart) / Stopwatch.GetElapsedTime(start).TotalSeconds;
                    TrainingProgress report = Evaluate(loss / lossSamples, rate, cancellation);
                    progress?.Report(report);
                    onCheckpoint?.Invoke(Checkpoint());
                    (loss, lossSamples) = (0, 0);
                }
            }
        }
        finally
        {
            ahead.Cancel();
            _targets.Finish();
            _best.CopyTo(_encoder.Parameters.Values);
            _encoder.Refresh();
        }
        if (_uncertified == _options.Samples)
            Throw.NoneCertified(_uncertified, "signals to train on", "nothing was learned");
        if (double.IsInfinity(_bestError) || _skipped == Steps)
            Throw.Arithmetic(string.Create(CultureInfo.InvariantCulture, $"{_skipped} of {Steps} steps had no finite gradient{(_uncertified > 0 ? " or no certified code" : "")} and were left out, and nothing was learned; lower the learning rate ({_initialRate}) or scale the signals."));
        return new TrainingReport(_history, _bestError, _bestError / _heldOutEnergy, _bestAt, _skipped, _uncertified, _heldOut.Uncertified, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>One step of the optimiser on rows of the signals and codes; returns the sum of ‖Z − Z*‖² over them.</summary>
    private double Step(Matrix x, Matrix z, int row, int count)
    {
        if (count == 0)
        {
            _skipped++;
            return 0;
        }
        int blocks = RowBlocks.Count(count, PassRows);
        RowBlocks.Run(count, PassRows, _options.Threads, CancellationToken.None, (start, rows) =>
            _workers[start / PassRows].Run(x.RowRange(row + start, rows), z.RowRange(row + start, rows)));
        Span<float> gradient = _gradient.Values;
        _workers[0].Gradient.Values.CopyTo(gradient);
        double loss = _workers[0].Loss;
        for (int w = 1; w < blocks; w++)
        {
            TensorPrimitives.Add(gradient, _workers[w].Gradient.Values, gradient);
            loss += _workers[w].Loss;
        }
        TensorPrimitives.Multiply(gradient, 1f / count, gradient);
        if (!double.IsFinite(loss) || !float.IsFinite(TensorPrimitives.SumOfSquares<float>(gradient)))
        {
            _skipped++;
            return 0;
        }
        long step = _samples / _options.BatchSize;
        float rate = _options.Rate(step, Steps, _initialRate);
        foreach (ParameterWindow window in _encoder.Parameters.Windows)
            _optimizer.Step(_encoder.Parameters.View(window).Values, _gradient.View(window).Values, window.Offset, rate * _options.RateFactor(window), step + 1);
        _encoder.Constrain();
        _encoder.Refresh();
        return loss;
    }

    /// <summary>Whether one of the evenly spaced evaluations falls into the next step.</summary>
    private bool CrossesEvaluation(long samples, int count)
    {
        long before = samples * _options.Evaluations / _options.Samples, after = (samples + count) * _options.Evaluations / _options.Samples;
        return after > before;
    }

    private TrainingProgress Evaluate(double trainingError, double rate, CancellationToken cancellation)
    {
        Matrix z = _encoder.Encode(_heldOut.Signals, _options.Threads, cancellation);
        double error = CodeEvaluator.CodeError(z, _heldOut.Codes);
        if (error < _bestError)
        {
            (_bestError, _bestAt) = (error, _samples);
            _encoder.Parameters.Values.CopyTo(_best);
        }
        var report = new TrainingProgress(_samples, _options.Samples, trainingError, error, error / _heldOutEnergy, rate, TimeSpan.FromSeconds((_options.Samples - _samples) / rate));
        _history.Add(report);
        return report;
    }

    private TrainingCheckpoint Checkpoint()
        => new(_settings, _samples, _skipped, _uncertified, _bestError, _bestAt, _encoder.Parameters.Values.ToArray(), _best, _optimizer.Moments);

    private void Restore(TrainingCheckpoint checkpoint)
    {
        if (checkpoint.Settings != _settings)
            Throw.Argument("resume", $"'resume' is of a training {SettingsText.Difference(checkpoint.Settings, _settings)}.");
        checkpoint.Validated();
        Throw.IfOutside(checkpoint.Samples, 0, _options.Samples, "resume.Samples");
        if (checkpoint.Samples % _options.BatchSize != 0 && checkpoint.Samples != _options.Samples)
            Throw.OutOfRange("resume.Samples", checkpoint.Samples, $"a multiple of the batch, {_options.BatchSize}");
        Throw.IfOutside(checkpoint.SkippedBatches, 0, (checkpoint.Samples + _options.BatchSize - 1) / _options.BatchSize, "resume.SkippedBatches");
        Throw.IfLengthNot(checkpoint.Parameters.Length, _best.Length, "resume.Parameters");
        Throw.IfLengthNot(checkpoint.BestParameters.Length, _best.Length, "resume.BestParameters");
        Throw.IfLengthNot(checkpoint.Moments.Length, _optimizer.Moments.Length, "resume.Moments");
        foreach (float[] moment in checkpoint.Moments)
            Throw.IfLengthNot(moment.Length, _best.Length, "resume.Moments");
        (_samples, _skipped, _uncertified) = (checkpoint.Samples, checkpoint.SkippedBatches, checkpoint.UncertifiedTargets);
        (_bestError, _bestAt) = (checkpoint.BestError, checkpoint.BestAtSamples);
        checkpoint.Parameters.CopyTo(_encoder.Parameters.Values);
        checkpoint.BestParameters.CopyTo(_best, 0);
        for (int i = 0; i < _optimizer.Moments.Length; i++)
            checkpoint.Moments[i].CopyTo(_optimizer.Moments[i], 0);
        _encoder.Refresh();
    }

    /// <summary>Forward, loss and backward of a part of a batch.</summary>
    private sealed class Worker(TrainableEncoder encoder, int rows)
    {
        private readonly EncoderPass _pass = encoder.CreatePass(rows);
        private readonly Matrix _dz = new(rows, encoder.CodeSize);

        public ParameterSlab Gradient { get; } = encoder.Parameters.EmptyCopy();

        /// <summary>Sum of ‖Z − Z*‖².</summary>
        public double Loss { get; private set; }

        public void Run(ReadOnlyMatrixView x, ReadOnlyMatrixView target)
        {
            MatrixView dz = _dz.RowRange(0, x.Rows);
            TensorPrimitives.Subtract(_pass.Forward(x).Values, target.Values, dz.Values);   // dZ = Z − Z*
            Loss = Reduction.Dot(dz.Values, dz.Values);
            Gradient.Values.Clear();
            _pass.Backward(x, dz, Gradient);
        }
    }
}
