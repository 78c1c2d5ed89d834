using System.Buffers;

namespace FastSparseCoding.Solvers;

/// <summary>How the solution of a row ended.</summary>
public enum SolveStatus : byte
{
    /// <summary>The duality gap is within the tolerance: the row is certified.</summary>
    Converged,

    /// <summary>The iterations ran out, or float32 allows no better; the row holds the best code found.</summary>
    IterationLimit,
}

/// <summary>What an exact solver did, row by row. Safe to read from several threads at once; whoever changes it must be alone.</summary>
public sealed class SolveReport
{
    private readonly SolveStatus[] _status;
    private readonly int[] _iterations;
    private readonly double[] _relativeGap;
    private readonly double[] _energy;

    internal SolveReport(int rows)
    {
        _status = new SolveStatus[rows];
        _iterations = new int[rows];
        _relativeGap = new double[rows];
        _energy = new double[rows];
    }

    /// <summary>How each row ended.</summary>
    public IReadOnlyList<SolveStatus> Status => _status;

    /// <summary>Iterations each row took, in the solver's own unit (see <see cref="SolverOptions.MaxIterations"/>).</summary>
    public IReadOnlyList<int> Iterations => _iterations;

    /// <summary>Each row's certificate: duality gap over energy, an upper bound of (E − E*)/E. Zero for a zero signal.</summary>
    public IReadOnlyList<double> RelativeGap => _relativeGap;

    /// <summary>E(x, z) of each row, at its λ and of its known values; NaN where double overflows.</summary>
    public IReadOnlyList<double> Energy => _energy;

    /// <summary>Number of rows that are not certified within the tolerance.</summary>
    public int Unconverged => _status.Count(s => s != SolveStatus.Converged);

    /// <summary>The rows that are certified within the tolerance, ascending: those whose codes may be learned from.</summary>
    public IReadOnlyList<int> CertifiedRows => Certified();

    /// <summary><see cref="CertifiedRows"/> as an array.</summary>
    internal int[] Certified()
    {
        var rows = new int[_status.Length];
        int count = 0;
        for (int i = 0; i < rows.Length; i++)
            if (_status[i] == SolveStatus.Converged)
                rows[count++] = i;
        return count == rows.Length ? rows : rows[..count];
    }

    internal void Set(int row, int iterations, double relativeGap, double energy, double tolerance)
    {
        _iterations[row] = iterations;
        _relativeGap[row] = relativeGap;
        _energy[row] = energy;
        _status[row] = relativeGap <= tolerance ? SolveStatus.Converged : SolveStatus.IterationLimit;
    }

    /// <summary>Appends what is known of all rows to a message.</summary>
    internal void Write(IBufferWriter<byte> message)
    {
        message.Put<double>(_relativeGap);
        message.Put<double>(_energy);
        message.Put<int>(_iterations);
        message.Put<SolveStatus>(_status);
    }

    /// <summary>Takes what another report wrote of its rows off a message, as rows first to first + count − 1.</summary>
    internal void Read(ref ReadOnlySpan<byte> message, int first, int count)
    {
        message.Take<double>(count).CopyTo(_relativeGap.AsSpan(first));
        message.Take<double>(count).CopyTo(_energy.AsSpan(first));
        message.Take<int>(count).CopyTo(_iterations.AsSpan(first));
        message.Take<SolveStatus>(count).CopyTo(_status.AsSpan(first));
    }
}
