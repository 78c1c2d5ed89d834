using FastSparseCoding.Cli.Output;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>What there is to tell of the certificates of exact codes.</summary>
internal sealed class Certificates
{
    private long _uncertified;
    private double _largestGap;
    private long _iterations;

    public void Add(SolveReport report)
    {
        _uncertified += report.Unconverged;
        _iterations += report.Iterations.Sum(k => (long)k);
        _largestGap = report.RelativeGap.Append(_largestGap).Max();
    }

    public string? Warning(long rows, double tolerance) => _uncertified == 0 ? null
        : FormattableString.Invariant(
            $"{_uncertified:N0} of {rows:N0} codes are not certified at the relative gap {tolerance}; the largest is {_largestGap:G2}.");

    public void Tell(Result result, string penalty, long rows)
        => result.Add("penalty", penalty).Add("certified_rows", rows - _uncertified).Add("largest_relative_gap", _largestGap)
            .Add("mean_iterations", (double)_iterations / Math.Max(1, rows));
}
