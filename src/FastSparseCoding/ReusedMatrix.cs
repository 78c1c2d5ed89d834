namespace FastSparseCoding;

/// <summary>Room for one matrix after the other, most of them of the same shape.</summary>
internal static class ReusedMatrix
{
    /// <summary>The matrix that is there, if it has the shape, or a new one in its place. Its values are any.</summary>
    public static Matrix Of(ref Matrix? room, int rows, int columns)
        => room is not null && room.Rows == rows && room.Columns == columns ? room : room = new Matrix(rows, columns);
}
