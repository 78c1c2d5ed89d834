using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>An .npy of bool, uint8 or floating-point values that tells which values of the signals beside it are known.</summary>
internal static class MaskFile
{
    /// <summary>Reads a mask [N×n] of 0 and 1 and refuses one that does not fit its signals, in the words of both files.</summary>
    public static Matrix Read(string path, Matrix x, string signals)
    {
        using NpyReader reader = NpyReader.OpenMask(path);
        CheckShape(path, reader.Rows, reader.Columns, x.Rows, x.Columns, signals);
        var mask = new Matrix(x.Rows, x.Columns);
        reader.Read(0, mask);
        CheckRows(path, mask, x, 0, signals);
        return mask;
    }

    /// <summary>The same for files larger than memory, block by block.</summary>
    /// <param name="path">The mask.</param>
    /// <param name="signals">The signals, whose blocks are given in order.</param>
    /// <param name="blocks">Blocks of rows of the signals.</param>
    /// <param name="first">Number of the first of their rows.</param>
    /// <returns>The signals with their mask.</returns>
    public static IEnumerable<(Matrix X, Matrix Mask)> Beside(string path, string signals, IEnumerable<Matrix> blocks, long first = 0)
    {
        using NpyReader reader = NpyReader.OpenMask(path);
        foreach (Matrix x in blocks)
        {
            var mask = new Matrix(x.Rows, x.Columns);
            reader.Read(first, mask);
            CheckRows(path, mask, x, first, signals);
            yield return (x, mask);
            first += x.Rows;
        }
    }

    /// <summary>Refuses a mask of another shape than its signals.</summary>
    public static void CheckShape(string path, long rows, long columns, long expectedRows, long expectedColumns, string signals)
    {
        if ((rows, columns) != (expectedRows, expectedColumns))
            throw new UserError($"{path}: is [{rows}×{columns}]; expected [{expectedRows}×{expectedColumns}], the shape of {signals}.");
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
