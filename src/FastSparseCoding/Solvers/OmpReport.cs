namespace FastSparseCoding.Solvers;

/// <summary>Why orthogonal matching pursuit added no further atom to a row.</summary>
public enum OmpStatus : byte
{
    /// <summary>‖x − zD‖ ≤ ε, worked out in double from the float32 code as returned.</summary>
    ErrorReached,

    /// <summary>The row has the most atoms allowed.</summary>
    AtomLimit,

    /// <summary>No atom is left, or the next one depends linearly on those chosen, up to rounding.</summary>
    Dependent,

    /// <summary>No atom that may enter correlates with what is left of the signal beyond what float32 codes tell apart.</summary>
    NoCorrelation,
}

/// <summary>What orthogonal matching pursuit did, row by row. Safe to read from several threads at once; whoever changes it must be
/// alone.</summary>
public sealed class OmpReport
{
    private readonly OmpStatus[] _status;
    private readonly int[] _atoms;
    private readonly double[] _residualNorms;

    internal OmpReport(int rows)
    {
        _status = new OmpStatus[rows];
        _atoms = new int[rows];
        _residualNorms = new double[rows];
    }

    /// <summary>Why each row ended.</summary>
    public IReadOnlyList<OmpStatus> Status => _status;

    /// <summary>Number of atoms in each row's code.</summary>
    public IReadOnlyList<int> Atoms => _atoms;

    /// <summary>‖x − zD‖ of each row, over known values, worked out in double from the float32 code as returned.</summary>
    public IReadOnlyList<double> ResidualNorms => _residualNorms;

    /// <summary>Number of rows that ended in a way.</summary>
    /// <param name="status">The way.</param>
    /// <returns>How many.</returns>
    public int CountOf(OmpStatus status) => _status.AsSpan().Count(status);

    internal void Set(int row, OmpRow result)
        => (_status[row], _atoms[row], _residualNorms[row]) = (result.Status, result.Atoms, result.ResidualNorm);
}

/// <summary>How a row ended.</summary>
internal readonly record struct OmpRow(OmpStatus Status, int Atoms, double ResidualNorm);
