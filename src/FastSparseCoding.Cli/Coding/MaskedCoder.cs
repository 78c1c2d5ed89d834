using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Exact codes of signals that are known in part, each with its certificate.</summary>
internal sealed class MaskedCoder(ActiveSetSolver solver) : ICoder
{
    private readonly Certificates _certificates = new(solver.Penalty.ToString(), solver.Options.Tolerance);

    public string Method => solver.Name;

    public ICodeFacts Facts => _certificates;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        var z = new Matrix(x.Rows, solver.CodeSize);
        _certificates.Add(solver.Solve(x, mask!, z, context.Threads, context.Cancellation));
        return z;
    }

    public void Describe(Job job) => Facts.Describe(job.Add("sparsity penalty", solver.Penalty.Settings));
}
