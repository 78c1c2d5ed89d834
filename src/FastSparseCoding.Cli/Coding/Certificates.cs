using System.Globalization;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>What there is to tell of the certificates of exact codes.</summary>
/// <param name="penalty">What the codes pay, in words.</param>
/// <param name="tolerance">Relative gap at which a code counts as exact.</param>
internal sealed class Certificates(string penalty, double tolerance) : ICodeFacts
{
    private const string Penalty = "penalty", Tolerance = "tolerance", UncertifiedRows = "uncertified_rows", Iterations = "iterations",
        LargestGap = "largest_relative_gap";

    private long _uncertified;
    private double _largestGap;
    private long _iterations;

    public IEnumerable<KeyValuePair<string, double>> Numbers
        => [new(UncertifiedRows, _uncertified), new(Iterations, _iterations), new(LargestGap, _largestGap)];

    /// <summary>Those of a job of exact codes; null of another.</summary>
    public static Certificates? Of(string path, Job job)
        => job[Tolerance] is not { } tolerance ? null
            : double.TryParse(tolerance, CultureInfo.InvariantCulture, out double gap) ? new Certificates(job[Penalty] ?? "", gap)
            : throw PartInfo.Malformed(path);

    public void Add(SolveReport report)
    {
        _uncertified += report.Unconverged;
        _iterations += report.Iterations.Sum(k => (long)k);
        _largestGap = report.RelativeGap.Append(_largestGap).Max();
    }

    public void Add(Func<string, double> numbers)
    {
        _uncertified += (long)numbers(UncertifiedRows);
        _iterations += (long)numbers(Iterations);
        _largestGap = new[] { numbers(LargestGap), _largestGap }.Max();
    }

    public string? Warning(long rows) => _uncertified == 0 ? null
        : FormattableString.Invariant(
            $"{_uncertified:N0} of {rows:N0} codes are not certified at the relative gap {tolerance}; the largest is {_largestGap:G2}.");

    public void Tell(Result result, long rows)
        => result.Add("penalty", penalty).Add("certified_rows", rows - _uncertified).Add("largest_relative_gap", _largestGap)
            .Add("mean_iterations", (double)_iterations / Math.Max(1, rows));

    public void Describe(Job job) => job.Add(Penalty, penalty).Add(Tolerance, PartInfo.Kept(tolerance));
}
