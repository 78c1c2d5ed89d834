using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>An .npy that tells which values of the signals beside it are known.</summary>
internal static class MaskFile
{
    /// <summary>Reads a mask [N×n] of 0 and 1 and refuses one that does not fit its signals, in the words of both files.</summary>
    public static Matrix Read(string path, Matrix x, string signals)
    {
        Matrix mask = Npy.ReadMatrix(path);
        if ((mask.Rows, mask.Columns) != (x.Rows, x.Columns))
            throw new UserError($"{path}: is [{mask.Rows}×{mask.Columns}]; expected [{x.Rows}×{x.Columns}], the shape of {signals}.");
        for (int i = 0; i < mask.Rows; i++)
        {
            CheckRow(path, mask.Row(i), x.Row(i), i, signals);
            if (!mask.Row(i).Contains(1f))
                throw new UserError($"{path}: has no known value at row {i}; every row must have at least one.");
        }
        return mask;
    }

    private static void CheckRow(string path, ReadOnlySpan<float> mask, ReadOnlySpan<float> x, int row, string signals)
    {
        for (int j = 0; j < mask.Length; j++)
        {
            if (mask[j] is not (0 or 1))
                throw new UserError(FormattableString.Invariant($"{path}: holds {mask[j]} at row {row}, column {j}; expected 1 where a value is known and 0 where it is not."));
            if (mask[j] == 1 && !float.IsFinite(x[j]))
                throw new UserError(FormattableString.Invariant($"{signals}: holds {x[j]} at row {row}, column {j}, which {path} calls known; every known value must be finite."));
        }
    }
}
