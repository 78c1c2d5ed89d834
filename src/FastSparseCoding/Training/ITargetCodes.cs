using FastSparseCoding.Solvers;

namespace FastSparseCoding.Training;

/// <summary>The codes to predict.</summary>
internal interface ITargetCodes
{
    /// <summary>
    /// The codes of the signals number first, first + 1, … of the source, which are the rows of x; without those that are not certified.
    /// Valid until the next call.
    /// </summary>
    CertifiedCodes Of(long first, Matrix x, int threads, SharedSolving solving, CancellationToken cancellation);
}

/// <summary>Codes worked out by an exact solver as they are needed.</summary>
internal sealed class SolvedCodes(ISparseEncoder solver) : ITargetCodes
{
    private Matrix? _z;

    public CertifiedCodes Of(long first, Matrix x, int threads, SharedSolving solving, CancellationToken cancellation)
        => CertifiedCodes.Of(solver, x, ReusedMatrix.Of(ref _z, x.Rows, solver.CodeSize), threads, solving, cancellation);
}

/// <summary>Codes that a source gives, taken as they are.</summary>
internal sealed class SourceCodes(ISignalSource codes) : ITargetCodes
{
    private Matrix? _z;

    public CertifiedCodes Of(long first, Matrix x, int threads, SharedSolving solving, CancellationToken cancellation)
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

    public CertifiedCodes Of(long first, Matrix x, int threads, SharedSolving solving, CancellationToken cancellation)
    {
        Matrix z = ReusedMatrix.Of(ref _z, x.Rows, signals.Codes.SignalSize);
        signals.Codes.Read(first, z, threads, cancellation);
        return CertifiedCodes.Where(x, z, i => signals.IsCertified(first + i));
    }
}
