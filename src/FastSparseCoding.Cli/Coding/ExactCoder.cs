using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Exact codes, each with its certificate, from zero or from a prediction.</summary>
internal sealed class ExactCoder(LassoSolver solver, TrainableEncoder? start) : ICoder
{
    private readonly Certificates _certificates = new(solver.Penalty.ToString(), solver.Options.Tolerance);

    public string Method => solver.Name;

    public ICodeFacts Facts => _certificates;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        Matrix z = start?.Encode(x, context.Threads, context.Cancellation) ?? new Matrix(x.Rows, solver.CodeSize);
        _certificates.Add(solver.Solve(x, z, warmStart: start is not null, context.Threads, context.Cancellation));
        return z;
    }

    public void Describe(Job job)
        => Facts.Describe(
            job.Add("sparsity penalty", solver.Penalty.Settings).Add("start", start is null ? null : EncoderIdentity.Of(start)));
}
