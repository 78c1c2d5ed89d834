using System.Globalization;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>What there is to tell of the errors of codes by orthogonal matching pursuit.</summary>
/// <param name="error">The error that ends a code, or null.</param>
internal sealed class PursuitFacts(float? error) : ICodeFacts
{
    private const string Error = "error", NoError = "none", Reached = "error_reached_rows", Sum = "sum_of_errors",
        Largest = "largest_error";

    private long _reached;
    private double _sumOfNorms;
    private double _largestNorm;

    public IEnumerable<KeyValuePair<string, double>> Numbers
        => [new(Reached, _reached), new(Sum, _sumOfNorms), new(Largest, _largestNorm)];

    /// <summary>Those of a job of pursuit; null of another.</summary>
    public static PursuitFacts? Of(string path, Job job)
        => job[Error] is not { } error ? null : error == NoError ? new PursuitFacts(null)
            : float.TryParse(error, CultureInfo.InvariantCulture, out float bound) ? new PursuitFacts(bound)
            : throw PartInfo.Malformed(path);

    public void Add(OmpReport report)
    {
        _reached += report.CountOf(OmpStatus.ErrorReached);
        _sumOfNorms += report.ResidualNorms.Sum();
        _largestNorm = report.ResidualNorms.Append(_largestNorm).Max();
    }

    public void Add(Func<string, double> numbers)
    {
        _reached += (long)numbers(Reached);
        _sumOfNorms += numbers(Sum);
        _largestNorm = Math.Max(_largestNorm, numbers(Largest));
    }

    public string? Warning(long rows) => error is not { } bound || _reached == rows ? null
        : FormattableString.Invariant(
            $"{rows - _reached:N0} of {rows:N0} codes did not reach the error {bound}; the largest is {_largestNorm:G3}.");

    public void Tell(Result result, long rows)
    {
        if (error is not null)
            result.Add("error_reached_rows", _reached);
        result.Add("mean_error", _sumOfNorms / Math.Max(1, rows)).Add("largest_error", _largestNorm);
    }

    public void Describe(Job job) => job.Add(Error, error is { } bound ? PartInfo.Kept(bound) : NoError);
}
