using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace FastSparseCoding;

/// <summary>Every exception of the library: what the argument was and what it must be.</summary>
internal static class Throw
{
    public static void IfBelow<T>(T value, T minimum, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T>
    {
        if (!(value >= minimum))
            OutOfRange(name, value, $"{minimum} or more");
    }

    public static void IfAbove<T>(T value, T maximum, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T>
    {
        if (!(value <= maximum))
            OutOfRange(name, value, $"{maximum} or less");
    }

    /// <summary>Refuses zero, negative values, NaN and infinity.</summary>
    public static void IfNotPositive<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T>
    {
        if (!(value > T.Zero) || !T.IsFinite(value))
            OutOfRange(name, value, "a finite number above 0");
    }

    public static void IfOutside<T>(T value, T minimum, T maximum, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T>
    {
        if (!(value >= minimum && value <= maximum))
            OutOfRange(name, value, $"from {minimum} to {maximum}");
    }

    public static void IfNotIndex(int index, int count, [CallerArgumentExpression(nameof(index))] string name = "")
    {
        if ((uint)index >= (uint)count)
            IndexIs(name, index, count);
    }

    // What kernels check in every call is short enough to become part of them; the messages are put together elsewhere.
    public static void IfLengthNot(long length, long expected, string name)
    {
        if (length != expected)
            LengthIs(name, length, expected);
    }

    /// <summary>Refuses a matrix whose column count is not the expected one.</summary>
    public static void IfColumnsNot(int columns, int expected, string name)
    {
        if (columns != expected)
            ColumnsAre(name, columns, expected);
    }

    public static void IfShapeNot(int rows, int columns, int expectedRows, int expectedColumns, string name)
    {
        if (rows != expectedRows || columns != expectedColumns)
            ShapeIs(name, rows, columns, expectedRows, expectedColumns);
    }

    /// <summary>Refuses NaN and infinity, naming the first row and column that holds one.</summary>
    public static void IfNotFinite(ReadOnlyMatrixView x, string name, long firstRow = 0)
    {
        // One pass over the sum of squares decides; the search for the place runs only on failure.
        if (float.IsFinite(TensorPrimitives.SumOfMagnitudes(x.Values)))
            return;
        for (int i = 0; i < x.Rows; i++)
        {
            int j = FirstNotFinite(x.Row(i));
            if (j >= 0)
                Argument(
                    name, $"'{name}' holds {x.Row(i)[j].ToString(CultureInfo.InvariantCulture)} at row {firstRow + i}, column {j}; every "
                    + "value must be finite.");
        }
    }

    /// <summary>Refuses signals whose codes hold NaN or infinity, naming the first row and column that holds one.</summary>
    public static void IfCodesNotFinite(ReadOnlyMatrixView z, long firstRow, string signals)
    {
        if (!float.IsFinite(TensorPrimitives.SumOfMagnitudes(z.Values)))
            CodesAreNotFinite(z, firstRow, signals);
    }

    public static void CodesAreNotFinite(ReadOnlyMatrixView z, long firstRow, string signals)
    {
        for (int i = 0; i < z.Rows; i++)
        {
            int k = FirstNotFinite(z.Row(i));
            if (k >= 0)
                Argument(signals, string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{signals}' has a code that holds {z.Row(i)[k]} at row {firstRow + i}, column {k}; its values must be so small that "
                    + $"every code is finite."));
        }
    }

    public static void IfTensorShapeNot(ReadOnlySpan<nint> lengths, int rows, int columns, string name)
    {
        if (lengths is not [var r, var c] || r != rows || c != columns)
            Argument(name, $"'{name}' is [{string.Join('×', lengths.ToArray())}]; it must be [{rows}×{columns}].");
    }

    /// <summary>Refuses NaN, infinity and what is out of a range, naming the first place that holds one.</summary>
    public static void IfOutside(ReadOnlySpan<float> values, float minimum, float maximum, string name)
    {
        for (int i = 0; i < values.Length; i++)
            if (!(values[i] >= minimum && values[i] <= maximum))
                Argument(name, string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' holds {values[i]} at place {i}; it must be "
                    + $"{(minimum == float.MinValue ? "finite" : $"from {minimum} to {maximum}")}."));
    }

    [DoesNotReturn]
    public static void OutOfRange<T>(string name, T value, string mustBe)
        => throw new ArgumentOutOfRangeException(
            name, string.Create(CultureInfo.InvariantCulture, $"'{name}' is {value}; it must be {mustBe}."));

    [DoesNotReturn]
    public static void Argument(string name, string message) => throw new ArgumentException(message, name);

    [DoesNotReturn]
    public static T Argument<T>(string name, string message) => throw new ArgumentException(message, name);

    [DoesNotReturn]
    public static void Arithmetic(string message) => throw new ArithmeticException(message);

    /// <summary>Nothing is left of codes when those that are not certified are left out.</summary>
    [DoesNotReturn]
    public static void NoneCertified(long count, string signals, string consequence)
        => Arithmetic(string.Create(
            CultureInfo.InvariantCulture,
            $"none of the {count} {signals} has a certified code, and {consequence}; take a larger sparsity weight or tolerance."));

    /// <summary>A file that is not what it should be; the message names the file, what is wrong and what is expected.</summary>
    [DoesNotReturn]
    public static void InvalidFile(string path, string message) => throw new InvalidDataException($"{path}: {message}");

    [DoesNotReturn]
    public static T InvalidFile<T>(string path, string message) => throw new InvalidDataException($"{path}: {message}");

    [DoesNotReturn]
    public static T NoSuchFile<T>(string path) => throw new FileNotFoundException($"{path}: there is no such file.", path);

    [DoesNotReturn]
    public static void OtherSettings(string path, string difference)
        => throw new InvalidDataException(
            $"{path}: holds a reproduction with other settings ({difference}); --overwrite deletes it, --out names another folder.");

    [DoesNotReturn]
    public static void NotAReproduction(string path, string file)
        => throw new InvalidDataException(
            $"{path}: holds {file} but no settings of a reproduction; --overwrite deletes it, --out names another folder.");

    /// <summary>JSON of another form than expected.</summary>
    [DoesNotReturn]
    public static T Json<T>(string expected, Exception? cause) => throw new System.Text.Json.JsonException($"{expected}.", cause);

    /// <summary>A path that is neither a file nor a folder.</summary>
    [DoesNotReturn]
    public static void NoSuchFileOrFolder(string path)
        => throw new FileNotFoundException($"{path}: there is no such file or folder.", path);

    /// <summary>An input that cannot be opened or read; the message names the path as the caller gave it.</summary>
    [DoesNotReturn]
    public static T Unreadable<T>(string path, string problem, Exception? cause = null)
        => throw new IOException($"{path}: cannot be read: {problem}", cause);

    /// <summary>An output that cannot be written; the message names the path as the caller gave it, not the temporary file beside
    /// it.</summary>
    [DoesNotReturn]
    public static T Unwritable<T>(string path, string problem, Exception? cause = null)
        => throw new IOException($"{path}: cannot be written: {problem}", cause);

    [DoesNotReturn]
    public static void FolderNotCreated(string path, string problem, Exception? cause = null)
        => throw new IOException($"{path}: the folder cannot be created: {problem}", cause);

    /// <summary>What one process of several made of it, told by another, and marked as known to all.</summary>
    [DoesNotReturn]
    public static void Rank(int rank, string message, string mark)
        => throw new IOException(string.Create(CultureInfo.InvariantCulture, $"rank {rank} {message}")) { Data = { [mark] = true } };

    /// <summary>Another process was cancelled, as all know.</summary>
    [DoesNotReturn]
    public static void Cancelled(string mark) => throw new OperationCanceledException { Data = { [mark] = true } };

    [DoesNotReturn]
    public static void InvalidOperation(string message) => throw new InvalidOperationException(message);

    [DoesNotReturn]
    public static T NotSupported<T>(string message) => throw new NotSupportedException(message);

    [DoesNotReturn]
    private static void IndexIs(string name, int index, int count) => OutOfRange(name, index, $"from 0 to {count - 1}");

    [DoesNotReturn]
    private static void LengthIs(string name, long length, long expected)
        => Argument(name, $"'{name}' has {length} values; it must have {expected}.");

    [DoesNotReturn]
    private static void ColumnsAre(string name, int columns, int expected)
        => Argument(name, $"'{name}' has {columns} columns; it must have {expected}.");

    [DoesNotReturn]
    private static void ShapeIs(string name, int rows, int columns, int expectedRows, int expectedColumns)
        => Argument(name, $"'{name}' is [{rows}×{columns}]; it must be [{expectedRows}×{expectedColumns}].");

    private static int FirstNotFinite(ReadOnlySpan<float> row)
    {
        for (int j = 0; j < row.Length; j++)
            if (!float.IsFinite(row[j]))
                return j;
        return -1;
    }
}
