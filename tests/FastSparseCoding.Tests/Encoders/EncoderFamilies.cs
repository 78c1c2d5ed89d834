using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Tests.Encoders;

/// <summary>One encoder of every kind there is: the learned ones, the exact solvers, the pursuits.</summary>
internal static class EncoderFamilies
{
    /// <summary>Name and constructor of each.</summary>
    public static IEnumerable<(string Name, Func<ISparseEncoder> Create)> Of(AtomDictionary dictionary, float lambda)
    {
        foreach (string kind in EncoderFactory.Kinds)
            yield return (kind, () => EncoderFactory.Create(kind, dictionary, lambda, kind is "shrink" or "tanh" or "tanh2" ? 0 : 3));
        yield return ("ISTA", () => new IstaSolver(dictionary, lambda));
        yield return ("FISTA", () => new FistaSolver(dictionary, lambda));
        yield return ("CoD", () => new GreedyCoordinateDescentSolver(dictionary, lambda));
        yield return ("cyclic CD", () => new CyclicCoordinateDescentSolver(dictionary, lambda));
        yield return ("active set", () => new ActiveSetSolver(dictionary, lambda));
        yield return ("relative", () => new RelativeLassoEncoder(new ActiveSetSolver(dictionary, lambda)));
        yield return ("OMP", () => new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 4 }));
    }
}
