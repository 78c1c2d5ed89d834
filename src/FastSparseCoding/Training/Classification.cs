using System.Globalization;
using FastSparseCoding.Encoders;

namespace FastSparseCoding.Training;

/// <summary>Labels are to be predicted from codes, −ln p of the label: by a classifier alone, or by it and the encoder below it
/// together.</summary>
internal sealed class Classification : IObjective
{
    /// <summary>Most rows of a pass of codes that are given.</summary>
    private const int MostPassRows = 512;

    private readonly LinearClassifier _classifier;
    private readonly TrainableEncoder? _encoder;
    private readonly EncoderPass? _pass;
    private readonly Samples _samples;
    private readonly byte[] _labels;
    private readonly int _trainingRows;     // those after them are held out
    private readonly RowOrder _order;
    private readonly string _data;
    private readonly Matrix _logits;        // y, then dy [N×C]
    private readonly Matrix _dz;            // [N×m]
    private Matrix _x = new(0, 0);          // signals, or codes when there is no encoder
    private byte[] _batchLabels = [];
    private int _first, _count;             // of the samples, the rows of the pass

    public Classification(LinearClassifier classifier, TrainableEncoder? encoder, Samples samples, byte[] labels, ClassifierOptions options)
    {
        _classifier = classifier;
        _encoder = encoder;
        _samples = samples;
        _labels = labels;
        _trainingRows = options.TrainingRows(samples.Rows);
        _order = new RowOrder(_trainingRows, options.Seed);
        _data = string.Create(CultureInfo.InvariantCulture, $"{samples.Rows} rows");
        PassRows = Math.Min(Math.Min(options.BatchSize, _trainingRows), encoder?.PassRows ?? MostPassRows);
        _pass = encoder?.CreatePass(PassRows);
        _logits = new Matrix(PassRows, classifier.ClassCount);
        _dz = new Matrix(encoder is null ? 0 : PassRows, classifier.CodeSize);
        float Penalty(ParameterWindow window) => window == classifier.Weights ? options.WeightPenalty : 0;
        var head = new TrainedSlab(classifier.Parameters, OptimizerKind.Adam, _ => options.LearningRate, Penalty, (_, _) => { });
        Trained = encoder is null
            ? [head]
            : [head, new TrainedSlab(encoder.Parameters, OptimizerKind.Adam, _ => options.EncoderLearningRate,
                _ => 0, encoder.RefreshRows)];
    }

    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"classifier [{_classifier.ClassCount}×{_classifier.CodeSize}], {_encoder?.Kind ?? "codes"} [{_samples.Columns}], depth "
            + $"{_encoder?.Depth ?? 0}, {_data}");

    public IReadOnlyList<TrainedSlab> Trained { get; }

    public long MultiplyAdds => (_encoder?.MultiplyAdds ?? 0) + (long)_classifier.CodeSize * _classifier.ClassCount;

    public int PassRows { get; }

    public int PieceRows => RowBlocks.TrainingRows;

    public void Load(long first, int count, int threads, CancellationToken cancellation)
    {
        if (_x.Rows < count)
            (_x, _batchLabels) = (new Matrix(count, _samples.Columns), new byte[count]);
        RowBlocks.Run(count, MostPassRows, threads, cancellation, (start, rows) =>
        {
            for (int i = start; i < start + rows; i++)
            {
                int row = _order[first + i];
                _samples.Read(row, _x.Row(i));
                _batchLabels[i] = _labels[row];
            }
        });
    }

    public (int First, int Count) Usable(int row, int count) => (row, count);

    public void Begin(int first, int count)
    {
        (_first, _count) = (first, count);
        _pass?.Begin(count);
    }

    public void Run(int first, Span<double> losses)
    {
        int count = losses.Length;
        MatrixView x = _x.RowRange(_first + first, count), dy = _logits.RowRange(first, count);
        _classifier.Forward(_pass is null ? x : _pass.ForwardRows(x, first), dy);               // z = f(x); y = zWᵀ + b
        for (int i = 0; i < count; i++)
            // dy = softmax(y) − 1_label
            losses[i] = LinearClassifier.Loss(dy.RowRange(i, 1), _batchLabels.AsSpan(_first + first + i, 1), dy.RowRange(i, 1));
        if (_pass is null)
            return;
        MatrixView dz = _dz.RowRange(first, count);
        _classifier.BackwardCodes(dy, dz);                                                      // dz = dy W
        _pass.BackwardRows(dz, first, dx: default);                                             // on through the encoder
    }

    public void AddGradient(Part part)
    {
        MatrixView x = _x.RowRange(_first, _count);
        // dW, db
        _classifier.AddGradient(_pass is null ? x : _pass.Codes, _logits.RowRange(0, _count), Trained[0].Gradient, part);
        _pass?.AddGradient(x, Trained[1].Gradient, part);
    }

    public Score Measure(int threads, CancellationToken cancellation)
    {
        ClassifierMeasure measured =
            ClassifierMeasure.Of(_classifier, _encoder, _samples, _labels, _trainingRows, _samples.Rows - _trainingRows, threads,
            cancellation);
        return new Score(measured.ErrorRate, measured.Loss);
    }
}
