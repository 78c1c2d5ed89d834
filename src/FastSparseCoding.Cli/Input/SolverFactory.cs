using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Input;

/// <summary>Exact solvers by the names of the command line.</summary>
internal static class SolverFactory
{
    public static readonly string[] Names = ["active-set", "cd", "cod", "fista", "ista"];

    public static LassoSolver Create(string name, AtomDictionary dictionary, float lambda, SolverOptions options) => name switch
    {
        "cd" => new CyclicCoordinateDescentSolver(dictionary, lambda, options),
        "cod" => new GreedyCoordinateDescentSolver(dictionary, lambda, options),
        "fista" => new FistaSolver(dictionary, lambda, options),
        "ista" => new IstaSolver(dictionary, lambda, options),
        _ => new ActiveSetSolver(dictionary, lambda, options),
    };
}
