using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>An array of 1 and 0 (true and false) that tells which values of the signals beside it are known.</summary>
internal static class MaskFile
{
    /// <summary>What a mask may be, for helps.</summary>
    public const string Formats = ".npy, FILE.npz[:NAME], FILE.safetensors[:NAME] or .csv";

    /// <summary>Reads a mask [N×n] of 0 and 1 and refuses one that does not fit its signals, in the words of both files.</summary>
    public static Matrix Read(string path, Matrix x, string signals)
    {
        using RowsReader mask = RowsReader.Open(path);
        CheckShape(mask, x.Rows, x.Columns, signals);
        return Read(mask, x, 0, signals);
    }

    /// <summary>Opens a mask whose rows are read beside those of its signals; one of another shape is refused.</summary>
    public static RowsReader Open(string path, RowsReader signals)
    {
        RowsReader mask = RowsReader.Open(path);
        CheckShape(mask, signals.Rows, signals.Columns, signals.Path);
        return mask;
    }

    /// <summary>The rows of an opened mask beside those of its signals, x, from row <paramref name="first"/> on.</summary>
    public static Matrix Read(RowsReader reader, Matrix x, long first, string signals)
    {
        var mask = new Matrix(x.Rows, x.Columns);
        reader.Read(first, mask);
        CheckRows(reader.Path, mask, x, first, signals);
        return mask;
    }

    /// <summary>Refuses a mask of another shape than its signals.</summary>
    private static void CheckShape(RowsReader mask, long rows, long columns, string signals)
    {
        if ((mask.Rows, mask.Columns) != (rows, columns))
            throw new UserError($"{mask.Path}: is [{mask.Rows}×{mask.Columns}]; expected [{rows}×{columns}], the shape of {signals}.");
    }

    private static void CheckRows(string path, Matrix mask, Matrix x, long first, string signals)
    {
        for (int i = 0; i < mask.Rows; i++)
        {
            CheckRow(path, mask.Row(i), x.Row(i), first + i, signals);
            if (!mask.Row(i).Contains(1f))
                throw new UserError($"{path}: has no known value at row {first + i}; every row must have at least one.");
        }
    }

    private static void CheckRow(string path, ReadOnlySpan<float> mask, ReadOnlySpan<float> x, long row, string signals)
    {
        for (int j = 0; j < mask.Length; j++)
        {
            if (mask[j] is not (0 or 1))
                throw new UserError(FormattableString.Invariant(
                    $"{path}: holds {mask[j]} at row {row}, column {j}; expected 1 where a value is known and 0 where it is not."));
            if (mask[j] == 1 && !float.IsFinite(x[j]))
                throw new UserError(FormattableString.Invariant(
                    $"{signals}: holds {x[j]} at row {row}, column {j}, which {path} calls known; every known value must be finite."));
        }
    }
}
