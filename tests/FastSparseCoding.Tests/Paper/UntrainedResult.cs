using FastSparseCoding.Encoders;
using FastSparseCoding.Paper;
using FastSparseCoding.Solvers;
using Xunit;

namespace FastSparseCoding.Tests.Paper;

/// <summary>A result of encoders that were never trained, so that it takes no time.</summary>
internal static class UntrainedResult
{
    public static RunContext Context => new(Seed: 1, Threads: 1, TestContext.Current.CancellationToken);

    /// <summary>Measures every candidate.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="x">Signals to test on.</param>
    /// <param name="seeds">Number of seeds.</param>
    /// <param name="apart">How much larger all parameters are from seed to seed, so that seeds differ.</param>
    public static ExperimentResult Of(AtomDictionary dictionary, Matrix x, int seeds, float apart = 0)
    {
        Matrix codes = new ActiveSetSolver(dictionary, Plan.Lambda).Encode(x, cancellation: TestContext.Current.CancellationToken);
        ExactCurves curves = ExactCurves.Measure(dictionary, Plan.Lambda, x, codes, Context);
        MethodResult Measure(Candidate c, int seed)
        {
            TrainableEncoder encoder = EncoderFactory.Create(c.Kind, dictionary, Plan.Lambda, c.Depth);
            foreach (ref float value in encoder.Parameters.Values)
                value *= 1 + apart * seed;
            encoder.Refresh();
            return MethodResult.Measure(encoder, dictionary, x, codes, curves, Context);
        }
        SeededResult[] methods =
            [.. Plan.Candidates.Select(c => new SeededResult(c, [.. Enumerable.Range(0, seeds).Select(seed => Measure(c, seed))], 1))];
        return new ExperimentResult(dictionary, x, codes, 1, 1, 1, 1, curves, methods);
    }
}
