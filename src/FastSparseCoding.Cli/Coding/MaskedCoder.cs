using FastSparseCoding.Cli.Output;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Exact codes of signals that are known in part, each with its certificate.</summary>
internal sealed class MaskedCoder(ActiveSetSolver solver) : ICoder
{
    private readonly Certificates _certificates = new();

    public string Method => solver.Name;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        var z = new Matrix(x.Rows, solver.CodeSize);
        _certificates.Add(solver.Solve(x, mask!, z, context.Threads, context.Cancellation));
        return z;
    }

    public string? Warning(long rows) => _certificates.Warning(rows, solver.Options.Tolerance);

    public void Tell(Result result, long rows) => _certificates.Tell(result, solver.Penalty.ToString(), rows);
}
