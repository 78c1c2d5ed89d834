namespace FastSparseCoding.Training;

/// <summary>How well a classifier does on samples.</summary>
/// <param name="Loss">Mean −ln p of the labels.</param>
/// <param name="ErrorRate">Part of the samples whose likeliest class is not their label.</param>
internal readonly record struct ClassifierMeasure(double Loss, double ErrorRate)
{
    /// <summary>Measures on some of the rows, which are signals if there is an encoder and codes if there is none.</summary>
    public static ClassifierMeasure Of(
        LinearClassifier classifier, ISparseEncoder? encoder, Samples samples, byte[] labels, int first, int rows, int threads, CancellationToken cancellation)
    {
        Throw.IfColumnsNot(samples.Columns, encoder?.SignalSize ?? classifier.CodeSize, encoder is null ? "codes" : "x");
        if (encoder is not null)
            Throw.IfLengthNot(encoder.CodeSize, classifier.CodeSize, "encoder.CodeSize");
        const int BlockRows = SparseEncoderExtensions.BlockRows;
        var blocks = new (double Loss, int Errors)[RowBlocks.Count(rows, BlockRows)];
        RowBlocks.Run(rows, BlockRows, threads, cancellation, (start, count) =>
        {
            var x = new Matrix(count, samples.Columns);
            for (int i = 0; i < count; i++)
                samples.Read(first + start + i, x.Row(i));
            Matrix z = x;
            if (encoder is not null)
                encoder.Encode(x, z = new Matrix(count, encoder.CodeSize));
            blocks[start / BlockRows] = OfBlock(classifier, z, labels.AsSpan(first + start, count));
        });
        return new ClassifierMeasure(blocks.Sum(b => b.Loss) / rows, (double)blocks.Sum(b => b.Errors) / rows);
    }

    private static (double Loss, int Errors) OfBlock(LinearClassifier classifier, Matrix z, ReadOnlySpan<byte> labels)
    {
        byte[] predicted = classifier.Predict(z);
        int errors = 0;
        for (int i = 0; i < predicted.Length; i++)
            errors += predicted[i] == labels[i] ? 0 : 1;
        var logits = new Matrix(z.Rows, classifier.ClassCount);
        classifier.Forward(z, logits);
        return (LinearClassifier.Loss(logits, labels, logits), errors);
    }
}
