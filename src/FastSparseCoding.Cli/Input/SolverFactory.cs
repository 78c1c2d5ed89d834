using FastSparseCoding.Solvers;

namespace FastSparseCoding.Cli.Input;

/// <summary>Exact solvers by the names of the command line.</summary>
internal static class SolverFactory
{
    public static readonly string[] Names = ["active-set", "cd", "cod", "fista", "ista"];

    /// <summary>Matrices [m×m] that a solver holds at its peak; of large dictionaries the active set makes none.</summary>
    public static int SquareMatrices(string name) => name switch
    {
        "cd" => 1,
        "cod" => 2,
        "fista" or "ista" => 3,
        _ => 0,
    };

    public static LassoSolver Create(string name, AtomDictionary dictionary, Penalty penalty, SolverOptions options) => name switch
    {
        "cd" => new CyclicCoordinateDescentSolver(dictionary, penalty, options),
        "cod" => new GreedyCoordinateDescentSolver(dictionary, penalty, options),
        "fista" => new FistaSolver(dictionary, penalty, options),
        "ista" => new IstaSolver(dictionary, penalty, options),
        _ => new ActiveSetSolver(dictionary, penalty, options),
    };
}
