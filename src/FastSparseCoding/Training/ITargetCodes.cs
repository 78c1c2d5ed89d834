using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>The codes to predict.</summary>
internal interface ITargetCodes
{
    /// <summary>
    /// The codes of the signals number first, first + 1, … of the source, which are the rows of x; without those that are not certified.
    /// Valid until the next call.
    /// </summary>
    CertifiedCodes Of(long first, Matrix x, int threads, SharedWork work, CancellationToken cancellation);
}

/// <summary>Codes worked out by an exact solver as they are needed.</summary>
internal sealed class SolvedCodes(ISparseEncoder solver) : ITargetCodes
{
    private Matrix? _z;

    public CertifiedCodes Of(long first, Matrix x, int threads, SharedWork work, CancellationToken cancellation)
        => CertifiedCodes.Of(solver, x, ReusedMatrix.Of(ref _z, x.Rows, solver.CodeSize), threads, work, cancellation);
}

/// <summary>Codes that a source gives, taken as they are.</summary>
internal sealed class SourceCodes(ISignalSource codes) : ITargetCodes
{
    private Matrix? _z;

    public CertifiedCodes Of(long first, Matrix x, int threads, SharedWork work, CancellationToken cancellation)
    {
        Matrix z = ReusedMatrix.Of(ref _z, x.Rows, codes.SignalSize);
        codes.Read(first, z, threads, cancellation);
        return CertifiedCodes.All(x, z);
    }
}

/// <summary>Codes worked out beforehand, of which it is known whether they are certified.</summary>
internal sealed class CodedTargets(CodedSignals signals) : ITargetCodes
{
    private Matrix? _z;

    public CertifiedCodes Of(long first, Matrix x, int threads, SharedWork work, CancellationToken cancellation)
    {
        Matrix z = ReusedMatrix.Of(ref _z, x.Rows, signals.Codes.SignalSize);
        signals.Codes.Read(first, z, threads, cancellation);
        return CertifiedCodes.Where(x, z, i => signals.IsCertified(first + i));
    }
}

/// <summary>Room for one matrix after the other, most of them of the same shape.</summary>
internal static class ReusedMatrix
{
    /// <summary>The matrix that is there, if it has the shape, or a new one in its place. Its values are any.</summary>
    public static Matrix Of(ref Matrix? room, int rows, int columns)
        => room is not null && room.Rows == rows && room.Columns == columns ? room : room = new Matrix(rows, columns);
}
