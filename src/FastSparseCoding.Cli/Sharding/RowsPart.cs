using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Rows of a part: dense in the member "rows" [N×m], every bit of them; or sparse in those of a csr_matrix, as which SciPy reads
/// the part too.</summary>
internal static class RowsPart
{
    /// <summary>Facts of every part of rows.</summary>
    public const string Rows = "rows", Columns = "columns", IsSparse = "sparse";

    private const int BlockValues = 1 << 20;

    private const string Dense = "rows", Indices = "indices", RowStarts = "indptr", Values = "data";

    /// <summary>Rows on their way into a part.</summary>
    internal sealed class Writer : IDisposable
    {
        private readonly PartWriter _part;
        private readonly int _columns;
        private readonly bool _sparse;
        private long _rows, _nonZeros;

        public Writer(string path, int columns, bool sparse)
        {
            (_part, _columns, _sparse) = (new PartWriter(path), columns, sparse);
            if (!sparse)
            {
                _part.Columns.Add<float>(Dense, columns);
                return;
            }
            _part.Columns.Add<int>(Indices);
            _part.Columns.Add<long>(RowStarts);
            _part.Columns.Add<float>(Values);
            _part.Columns.Append<long>(RowStarts, [0]);
        }

        public void Append(Matrix rows)
        {
            _rows += rows.Rows;
            if (_sparse)
                Append(SparseCodes.FromDense(rows));
            else
                _part.Columns.Append<float>(Dense, rows.Values);
        }

        public void Complete(PartInfo info)
        {
            info.Facts[Rows] = _rows;
            info.Facts[Columns] = _columns;
            info.Facts[IsSparse] = _sparse ? 1 : 0;
            if (_sparse)
                _part.Complete(info, npz => npz.AddCsrFormat(_rows, _columns));
            else
                _part.Complete(info);
        }

        public void Dispose() => _part.Dispose();

        private void Append(SparseCodes codes)
        {
            _part.Columns.Append<int>(Indices, codes.ColumnIndices);
            _part.Columns.Append<float>(Values, codes.Values);
            _part.Columns.Append<long>(RowStarts, [.. codes.RowStarts.Skip(1).Select(end => _nonZeros + end)]);
            _nonZeros += codes.NonZeros;
        }
    }

    /// <summary>Values in a row of a part.</summary>
    public static int ColumnsOf(PartReader part)
        => part.Info.Count(part.Path, Columns) is <= int.MaxValue and var columns ? (int)columns : throw PartInfo.Malformed(part.Path);

    /// <summary>Whether a part keeps its rows sparse.</summary>
    public static bool AreSparse(PartReader part) => part.Info.Count(part.Path, IsSparse) == 1;

    /// <summary>The rows of a part that keeps them dense, block by block.</summary>
    public static IEnumerable<Matrix> ReadDense(PartReader part, int columns)
    {
        long rows = part.Info.Count(part.Path, Rows);
        using NpzValues<float> values = part.Archive.OpenValues<float>(Dense, header =>
        {
            if (header.Type != ElementType.Float32 || header.FortranOrder || !header.Shape.SequenceEqual([rows, columns]))
                throw new InvalidDataException(
                    $"{part.Archive.Where(Dense)}: is {header.ShapeText} of type '{header.Type}'; expected ({rows}, {columns}) of '<f4'.");
        });
        int most = Math.Max(1, BlockValues / Math.Max(1, columns));
        for (long done = 0; done < rows; done += most)
        {
            int count = (int)Math.Min(most, rows - done);
            float[] block = FileMemory.Allocate<float>(part.Path, "a row", (long)count * columns);
            values.Read(block);
            RequireFinite(part, block);
            yield return new Matrix(count, columns, block);
        }
    }

    /// <summary>The rows of a part that keeps them sparse, block by block.</summary>
    public static IEnumerable<SparseCodes> ReadSparse(PartReader part, int columns)
    {
        using CsrNpzReader reader = CsrNpzReader.Open(InputFile.Open(part.Path));
        if (reader.Rows != part.Info.Count(part.Path, Rows) || reader.Columns != columns)
            throw new InvalidDataException(
                $"{part.Path}: holds codes [{reader.Rows}×{reader.Columns}]; expected [{part.Info.Count(part.Path, Rows)}×{columns}].");
        int most = Math.Max(1, BlockValues / Math.Max(1, columns));
        do
        {
            SparseCodes codes = reader.Read((int)Math.Min(most, reader.Rows - reader.Done));
            RequireFinite(part, codes.Values);
            yield return codes;
        }
        while (reader.Done < reader.Rows);
    }

    private static void RequireFinite(PartReader part, ReadOnlySpan<float> values)
    {
        if (values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) >= 0)
            throw new InvalidDataException($"{part.Path}: holds a value that is not finite; the part is damaged.");
    }
}
