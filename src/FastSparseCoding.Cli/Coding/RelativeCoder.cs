using FastSparseCoding.Cli.Output;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Exact codes of a fraction of each signal's own λmax, each with its certificate.</summary>
internal sealed class RelativeCoder(RelativeLassoEncoder encoder) : ICoder
{
    private readonly Certificates _certificates = new();

    public string Method => encoder.Solver.Name;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        var z = new Matrix(x.Rows, encoder.CodeSize);
        _certificates.Add(encoder.Solve(x, z, threads: context.Threads, cancellation: context.Cancellation));
        return z;
    }

    public string? Warning(long rows) => _certificates.Warning(rows, encoder.Tolerance);

    public void Tell(Result result, long rows) => _certificates.Tell(result, encoder.ToString(), rows);
}
