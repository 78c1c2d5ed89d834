using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Training;

/// <summary>One training of a classifier from start to end, with the encoder below it or without one.</summary>
internal sealed class ClassifierRun
{
    /// <summary>Samples of a batch that one worker takes. Fixed, and the gradients summed in order, so that threads never change the bits.</summary>
    private const int PassRows = 128;

    private readonly LinearClassifier _classifier;
    private readonly TrainableEncoder? _encoder;
    private readonly Samples _samples;
    private readonly byte[] _labels;
    private readonly ClassifierOptions _options;
    private readonly int _trainingRows;     // those after them are held out
    private readonly RowOrder _order;
    private readonly Part[] _parts;         // the classifier's parameters, then the encoder's
    private readonly Worker[] _workers;
    private readonly List<ClassifierProgress> _history = [];
    private ClassifierMeasure _best = new(double.PositiveInfinity, double.PositiveInfinity);
    private int _bestEpoch;
    private int _skipped;

    public ClassifierRun(LinearClassifier classifier, TrainableEncoder? encoder, Samples samples, byte[] labels, ClassifierOptions options)
    {
        _classifier = classifier;
        _encoder = encoder;
        _samples = samples;
        _labels = labels;
        _options = options;
        _trainingRows = samples.Rows - Math.Min(options.HeldOut, samples.Rows / 10);
        _order = new RowOrder(_trainingRows, options.Seed);
        var classifierPart = new Part(classifier.Parameters, options.LearningRate);
        _parts = encoder is null ? [classifierPart] : [classifierPart, new Part(encoder.Parameters, options.EncoderLearningRate)];
        int batch = Math.Min(options.BatchSize, _trainingRows);
        _workers = new Worker[RowBlocks.Count(batch, PassRows)];
        for (int w = 0; w < _workers.Length; w++)
            _workers[w] = new Worker(this, Math.Min(PassRows, batch));
    }

    private int StepsInEpoch => (_trainingRows + _options.BatchSize - 1) / _options.BatchSize;

    private long Steps => (long)StepsInEpoch * _options.Epochs;

    public ClassifierReport Execute(IProgress<ClassifierProgress>? progress, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            Evaluate(0, double.NaN, start, progress, cancellation);
            for (int epoch = 0; epoch < _options.Epochs; epoch++)
                Evaluate(epoch + 1, Epoch(epoch, cancellation), start, progress, cancellation);
        }
        finally
        {
            foreach (Part part in _parts)
                part.Best.CopyTo(part.Parameters.Values);
            _encoder?.Refresh();
        }
        if (double.IsInfinity(_best.Loss) || _skipped == Steps)
            Throw.Arithmetic(string.Create(CultureInfo.InvariantCulture, $"{_skipped} of {Steps} steps had no finite gradient and were left out, and nothing was learned; lower the learning rate ({_options.LearningRate}) or scale the signals."));
        return new ClassifierReport(_history, _best.ErrorRate, _bestEpoch, _skipped, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Goes through all samples once; returns the mean loss on the way.</summary>
    private double Epoch(int epoch, CancellationToken cancellation)
    {
        double loss = 0;
        for (int step = 0; step < StepsInEpoch; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = step * _options.BatchSize, count = Math.Min(_options.BatchSize, _trainingRows - first);
            loss += Step((long)epoch * StepsInEpoch + step, (long)epoch * _trainingRows + first, count);
        }
        return loss / _trainingRows;
    }

    /// <summary>One step of the optimisers on samples of the order; returns the sum of their losses.</summary>
    private double Step(long step, long first, int count)
    {
        RowBlocks.Run(count, PassRows, _options.Threads, CancellationToken.None, (start, rows) => _workers[start / PassRows].Run(first + start, rows));
        ReadOnlySpan<Worker> workers = _workers.AsSpan(0, RowBlocks.Count(count, PassRows));
        double loss = 0;
        foreach (Worker worker in workers)
            loss += worker.Loss;
        bool finite = double.IsFinite(loss);
        for (int p = 0; p < _parts.Length; p++)
            finite &= _parts[p].Collect(workers, p, 1f / count);
        if (!finite)
        {
            _skipped++;
            return 0;
        }
        Span<float> dWeights = _parts[0].Gradient.View("weights").Values, weights = _classifier.Parameters.View("weights").Values;
        TensorPrimitives.MultiplyAdd(weights, _options.WeightPenalty, dWeights, dWeights);     // of ½·penalty·‖W‖²
        foreach (Part part in _parts)
            part.Step(_options.Decay(step, Steps), step + 1);
        _encoder?.Constrain();
        _encoder?.Refresh();
        return loss;
    }

    private void Evaluate(int epoch, double trainingLoss, long start, IProgress<ClassifierProgress>? progress, CancellationToken cancellation)
    {
        ClassifierMeasure measured = ClassifierMeasure.Of(_classifier, _encoder, _samples, _labels, _trainingRows, _samples.Rows - _trainingRows, _options.Threads, cancellation);
        if (double.IsFinite(measured.Loss) && (measured.ErrorRate, measured.Loss).CompareTo((_best.ErrorRate, _best.Loss)) < 0)
        {
            (_best, _bestEpoch) = (measured, epoch);
            foreach (Part part in _parts)
                part.Parameters.Values.CopyTo(part.Best);
        }
        double rate = (double)epoch * _trainingRows / Stopwatch.GetElapsedTime(start).TotalSeconds;
        TimeSpan remaining = epoch == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)(_options.Epochs - epoch) * _trainingRows / rate);
        _history.Add(new ClassifierProgress(epoch, _options.Epochs, trainingLoss, measured.Loss, measured.ErrorRate, rate, remaining));
        progress?.Report(_history[^1]);
    }

    /// <summary>A slab of parameters that is trained, with the state of its optimiser.</summary>
    private sealed class Part(ParameterSlab parameters, float rate)
    {
        private readonly Optimizer _optimizer = Optimizer.Create(OptimizerKind.Adam, parameters.Values.Length);

        public ParameterSlab Parameters { get; } = parameters;

        public ParameterSlab Gradient { get; } = parameters.EmptyCopy();

        public float[] Best { get; } = parameters.Values.ToArray();

        /// <summary>The mean gradient of a batch; false when it is not finite.</summary>
        public bool Collect(ReadOnlySpan<Worker> workers, int part, float scale)
        {
            Span<float> sum = Gradient.Values;
            workers[0].Gradients[part].Values.CopyTo(sum);
            foreach (Worker worker in workers[1..])
                TensorPrimitives.Add(sum, worker.Gradients[part].Values, sum);
            TensorPrimitives.Multiply(sum, scale, sum);
            return float.IsFinite(TensorPrimitives.SumOfSquares<float>(sum));
        }

        public void Step(float decay, long step) => _optimizer.Step(Parameters.Values, Gradient.Values, offset: 0, rate * decay, step);
    }

    /// <summary>Forward, loss and backward of a part of a batch.</summary>
    private sealed class Worker(ClassifierRun run, int rows)
    {
        private readonly EncoderPass? _pass = run._encoder?.CreatePass(rows);
        private readonly Matrix _x = new(rows, run._samples.Columns);               // signals, or codes when there is no encoder
        private readonly Matrix _logits = new(rows, run._classifier.ClassCount);    // y, then dy
        private readonly Matrix _dz = new(run._encoder is null ? 0 : rows, run._classifier.CodeSize);
        private readonly byte[] _labels = new byte[rows];

        public ParameterSlab[] Gradients { get; } = [.. run._parts.Select(p => p.Parameters.EmptyCopy())];

        /// <summary>Sum of −ln p of the labels.</summary>
        public double Loss { get; private set; }

        public void Run(long first, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int row = run._order[first + i];
                run._samples.Read(row, _x.Row(i));
                _labels[i] = run._labels[row];
            }
            foreach (ParameterSlab gradient in Gradients)
                gradient.Values.Clear();
            MatrixView x = _x.RowRange(0, count), dy = _logits.RowRange(0, count), dz = _dz.RowRange(0, _pass is null ? 0 : count);
            ReadOnlyMatrixView z = _pass is null ? x : _pass.Forward(x);                // z = f(x)
            run._classifier.Forward(z, dy);                                             // y = zWᵀ + b
            Loss = LinearClassifier.Loss(dy, _labels.AsSpan(0, count), dy);             // dy = softmax(y) − 1_label
            run._classifier.Backward(z, dy, Gradients[0], dz);                          // dW, db; dz = dy W
            _pass?.Backward(x, dz, Gradients[1]);                                       // on through the encoder
        }
    }
}
