using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Exact codes of a fraction of each signal's own λmax, each with its certificate.</summary>
internal sealed class RelativeCoder(RelativeLassoEncoder encoder) : ICoder
{
    private readonly Certificates _certificates = new(encoder.ToString(), encoder.Tolerance);

    public string Method => encoder.Solver.Name;

    public ICodeFacts Facts => _certificates;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        var z = new Matrix(x.Rows, encoder.CodeSize);
        _certificates.Add(encoder.Solve(x, z, threads: context.Threads, cancellation: context.Cancellation));
        return z;
    }

    public void Describe(Job job) => Facts.Describe(job.Add("sparsity penalty", encoder.Solver.Penalty.Settings + " of λmax"));
}
