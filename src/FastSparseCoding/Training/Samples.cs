namespace FastSparseCoding.Training;

/// <summary>What a classifier is trained on: rows of signals or codes, dense or compressed, read one at a time.</summary>
internal abstract class Samples
{
    public abstract int Rows { get; }

    public abstract int Columns { get; }

    /// <summary>Copies row <paramref name="i"/>.</summary>
    public abstract void Read(int i, Span<float> row);

    public static Samples Of(Matrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return new Dense(x);
    }

    public static Samples Of(SparseCodes z)
    {
        ArgumentNullException.ThrowIfNull(z);
        return new Compressed(z);
    }

    private sealed class Dense(Matrix x) : Samples
    {
        public override int Rows => x.Rows;

        public override int Columns => x.Columns;

        public override void Read(int i, Span<float> row) => x.Row(i).CopyTo(row);
    }

    private sealed class Compressed(SparseCodes z) : Samples
    {
        public override int Rows => z.Rows;

        public override int Columns => z.Columns;

        public override void Read(int i, Span<float> row) => z.CopyRow(i, row);
    }
}
