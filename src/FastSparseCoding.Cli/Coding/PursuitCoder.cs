using FastSparseCoding.Cli.Output;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Codes of a few atoms or of a bounded error, by orthogonal matching pursuit.</summary>
internal sealed class PursuitCoder(OmpEncoder encoder) : ICoder
{
    private long _reached;
    private double _sumOfNorms;
    private double _largestNorm;

    public string Method => encoder.Options.NonNegative ? "OMP, z ≥ 0" : "OMP";

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        var z = new Matrix(x.Rows, encoder.CodeSize);
        OmpReport report = mask is null
            ? encoder.Solve(x, z, threads: context.Threads, cancellation: context.Cancellation)
            : encoder.Solve(x, mask, z, threads: context.Threads, cancellation: context.Cancellation);
        _reached += report.CountOf(OmpStatus.ErrorReached);
        _sumOfNorms += report.ResidualNorms.Sum();
        _largestNorm = report.ResidualNorms.Append(_largestNorm).Max();
        return z;
    }

    public string? Warning(long rows) => encoder.Options.Error is not { } error || _reached == rows ? null
        : FormattableString.Invariant(
            $"{rows - _reached:N0} of {rows:N0} codes did not reach the error {error}; the largest is {_largestNorm:G3}.");

    public void Tell(Result result, long rows)
    {
        if (encoder.Options.Error is not null)
            result.Add("error_reached_rows", _reached);
        result.Add("mean_error", _sumOfNorms / Math.Max(1, rows)).Add("largest_error", _largestNorm);
    }
}
