using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Codes of a few atoms or of a bounded error, by orthogonal matching pursuit.</summary>
internal sealed class PursuitCoder(OmpEncoder encoder) : ICoder
{
    private readonly PursuitFacts _facts = new(encoder.Options.Error);

    public string Method => encoder.Options.NonNegative ? "OMP, z ≥ 0" : "OMP";

    public ICodeFacts Facts => _facts;

    public Matrix Encode(Matrix x, Matrix? mask, CommandContext context)
    {
        var z = new Matrix(x.Rows, encoder.CodeSize);
        OmpReport report = mask is null
            ? encoder.Solve(x, z, threads: context.Threads, cancellation: context.Cancellation)
            : encoder.Solve(x, mask, z, threads: context.Threads, cancellation: context.Cancellation);
        _facts.Add(report);
        return z;
    }

    public void Describe(Job job)
        => Facts.Describe(job.Add("most atoms", encoder.Options.MaxAtoms is { } most ? FormattableString.Invariant($"{most}") : "any"));
}
