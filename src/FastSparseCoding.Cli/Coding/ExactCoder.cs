using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Exact codes, each with its certificate, from zero or from a prediction, or at a fraction of each signal's λmax.</summary>
internal sealed class ExactCoder(LassoSolver solver, TrainableEncoder? start, RelativeLassoEncoder? relative) : ICoder
{
    private long _uncertified;
    private double _largestGap;
    private long _iterations;

    public string Method => solver.Name;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        Matrix z = start?.Encode(x, context.Threads, context.Cancellation) ?? new Matrix(x.Rows, solver.CodeSize);
        SolveReport report = Solve(x, mask, z, context);
        _uncertified += report.Unconverged;
        _iterations += report.Iterations.Sum(k => (long)k);
        _largestGap = report.RelativeGap.Append(_largestGap).Max();
        return z;
    }

    private SolveReport Solve(Matrix x, Matrix? mask, Matrix z, CommandContext context)
    {
        if (mask is not null)
            return ((ActiveSetSolver)solver).Solve(x, mask, z, context.Threads, context.Cancellation);
        return relative?.Solve(x, z, null, context.Threads, context.Cancellation) ?? solver.Solve(x, z, warmStart: start is not null, context.Threads, context.Cancellation);
    }

    public string? Warning(long rows) => _uncertified == 0 ? null
        : FormattableString.Invariant($"{_uncertified:N0} of {rows:N0} codes are not certified at the relative gap {relative?.Tolerance ?? solver.Options.Tolerance}; the largest is {_largestGap:G2}.");

    public void Tell(Result result, long rows)
        => result.Add("penalty", relative?.ToString() ?? solver.Penalty.ToString()).Add("certified_rows", rows - _uncertified).Add("largest_relative_gap", _largestGap).Add("mean_iterations", (double)_iterations / Math.Max(1, rows));
}
