using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;

namespace FastSparseCoding.Cli.Coding;

/// <summary>What there is to tell of the codes that were made so far, by one process or by several.</summary>
internal interface ICodeFacts
{
    /// <summary>What the user must know of the codes, or null.</summary>
    string? Warning(long rows);

    /// <summary>Adds what is to be told.</summary>
    void Tell(Result result, long rows);

    /// <summary>Adds to a job what <see cref="CodeFacts.Of"/> needs to begin the same.</summary>
    void Describe(Job job);

    /// <summary>The numbers, to be kept in a part.</summary>
    IEnumerable<KeyValuePair<string, double>> Numbers { get; }

    /// <summary>Adds the numbers of a part.</summary>
    void Add(Func<string, double> numbers);
}

/// <summary>The facts of codes by the job that they are of.</summary>
internal static class CodeFacts
{
    /// <summary>Of predictions there is nothing to tell: they have no certificate, and no error of their own.</summary>
    public static readonly ICodeFacts None = new NoFacts();

    /// <summary>Begins the facts of a job's codes.</summary>
    /// <exception cref="InvalidDataException">The job's fields are not what <see cref="ICodeFacts.Describe"/> gives.</exception>
    public static ICodeFacts Of(string path, Job job) => (ICodeFacts?)Certificates.Of(path, job) ?? PursuitFacts.Of(path, job) ?? None;

    private sealed class NoFacts : ICodeFacts
    {
        public IEnumerable<KeyValuePair<string, double>> Numbers => [];

        public string? Warning(long rows) => null;

        public void Tell(Result result, long rows)
        {
        }

        public void Describe(Job job)
        {
        }

        public void Add(Func<string, double> numbers)
        {
        }
    }
}
