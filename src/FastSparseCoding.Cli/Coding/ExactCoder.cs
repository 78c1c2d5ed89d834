using FastSparseCoding.Cli.Output;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Exact codes, each with its certificate, from zero or from a prediction.</summary>
internal sealed class ExactCoder(LassoSolver solver, TrainableEncoder? start) : ICoder
{
    private readonly Certificates _certificates = new();

    public string Method => solver.Name;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        Matrix z = start?.Encode(x, context.Threads, context.Cancellation) ?? new Matrix(x.Rows, solver.CodeSize);
        _certificates.Add(solver.Solve(x, z, warmStart: start is not null, context.Threads, context.Cancellation));
        return z;
    }

    public string? Warning(long rows) => _certificates.Warning(rows, solver.Options.Tolerance);

    public void Tell(Result result, long rows) => _certificates.Tell(result, solver.Penalty.ToString(), rows);
}
