namespace FastSparseCoding.Training;

/// <summary>How well a classifier does on samples.</summary>
/// <param name="Loss">Mean −ln p of the labels.</param>
/// <param name="ErrorRate">Part of the samples whose likeliest class is not their label.</param>
internal readonly record struct ClassifierMeasure(double Loss, double ErrorRate)
{
    /// <summary>Measures on some of the rows, which are signals if there is an encoder and codes if there is none.</summary>
    public static ClassifierMeasure Of(
        LinearClassifier classifier, ISparseEncoder? encoder, Samples samples, byte[] labels, int first, int rows, int threads,
        CancellationToken cancellation)
    {
        Throw.IfColumnsNot(samples.Columns, encoder?.SignalSize ?? classifier.CodeSize, encoder is null ? "codes" : "x");
        if (encoder is not null)
            Throw.IfLengthNot(encoder.CodeSize, classifier.CodeSize, "encoder.CodeSize");
        const int BlockRows = RowBlocks.MostRows;
        var rooms = new WorkspacePool<Room>(() => new Room(samples.Columns, encoder?.CodeSize ?? 0, classifier.ClassCount));
        var blocks = new (double Loss, int Errors)[RowBlocks.Count(rows, BlockRows)];
        RowBlocks.Run(rows, BlockRows, threads, cancellation, (start, count) =>
        {
            Room room = rooms.Rent();
            MatrixView x = room.X.RowRange(0, count), z = x;
            for (int i = 0; i < count; i++)
                samples.Read(first + start + i, x.Row(i));
            if (encoder is not null)
                encoder.EncodeRows(x, z = room.Z.RowRange(0, count), cancellation);
            classifier.Forward(z, room.Logits.RowRange(0, count));
            blocks[start / BlockRows] = OfBlock(room.Logits.RowRange(0, count), labels.AsSpan(first + start, count));
            rooms.Return(room);
        });
        return new ClassifierMeasure(blocks.Sum(b => b.Loss) / rows, (double)blocks.Sum(b => b.Errors) / rows);
    }

    private static (double Loss, int Errors) OfBlock(MatrixView logits, ReadOnlySpan<byte> labels)
    {
        int errors = 0;
        for (int i = 0; i < labels.Length; i++)
            errors += LinearClassifier.Largest(logits.Row(i)) == labels[i] ? 0 : 1;
        return (LinearClassifier.Loss(logits, labels, logits), errors);
    }

    /// <summary>Memory for a block of samples.</summary>
    private sealed class Room(int columns, int codeSize, int classes)
    {
        public Matrix X { get; } = new(RowBlocks.MostRows, columns);

        public Matrix Z { get; } = new(codeSize > 0 ? RowBlocks.MostRows : 0, codeSize);

        public Matrix Logits { get; } = new(RowBlocks.MostRows, classes);
    }
}
