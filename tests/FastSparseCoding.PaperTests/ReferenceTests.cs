using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Solvers;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Every exact solver against optimal codes made by other solvers in double precision.</summary>
public sealed class ReferenceTests
{
    private const float Lambda = 0.5f;

    [Theory]
    [InlineData(100)]
    [InlineData(400)]
    public void The_active_set_reaches_the_optimum_and_certifies_every_row(int atoms)
    {
        var solver = new ActiveSetSolver(SharedData.Dictionary(atoms), Lambda);

        (Matrix z, SolveReport report) = Solve(solver);

        Assert.InRange(MeanExcess(z, atoms), -1e-7, 1e-7);
        Assert.Equal(0, report.Unconverged);
        new ReportAudit(solver, SharedData.X, z, report).CheckReport();
        Assert.InRange(EqualSupports(z, SharedData.Codes(atoms)), 999, 1000);
    }

    [Theory]
    [InlineData("CoD", 100)]
    [InlineData("CoD", 400)]
    [InlineData("cyclic CD", 100)]
    [InlineData("cyclic CD", 400)]
    [InlineData("FISTA", 100)]
    [InlineData("FISTA", 400)]
    [InlineData("ISTA", 100)]
    public void Every_iterative_solver_comes_within_a_millionth(string name, int atoms)
    {
        AtomDictionary dictionary = SharedData.Dictionary(atoms);
        var options = new SolverOptions { Tolerance = 1e-5 };
        LassoSolver solver = name switch
        {
            "CoD" => new GreedyCoordinateDescentSolver(dictionary, Lambda, options),
            "cyclic CD" => new CyclicCoordinateDescentSolver(dictionary, Lambda, options),
            "FISTA" => new FistaSolver(dictionary, Lambda, options with { AdaptiveRestart = true }),
            _ => new IstaSolver(dictionary, Lambda, options),
        };

        (Matrix z, SolveReport report) = Solve(solver);

        Assert.Equal(name, solver.Name);
        Assert.InRange(MeanExcess(z, atoms), -1e-7, 1e-6);
        // Float32 keeps these methods from certifying every row at 1e-5; those that say they converged have.
        new ReportAudit(solver, SharedData.X, z, report).CheckReport();
        Assert.InRange(report.Unconverged, 0, 200);
    }

    private static (Matrix Z, SolveReport Report) Solve(LassoSolver solver)
    {
        var z = new Matrix(1000, solver.CodeSize);
        return (z, solver.Solve(SharedData.X, z, cancellation: TestContext.Current.CancellationToken));
    }

    private static double MeanExcess(Matrix z, int atoms)
        => LassoObjective.Energies(SharedData.X, SharedData.Dictionary(atoms), z, Lambda)
            .Zip(SharedData.Energies(atoms), (e, optimal) => (e - optimal) / optimal).Average();

    private static int EqualSupports(Matrix z, double[] codes)
        => Enumerable.Range(0, z.Rows)
            .Count(i => Enumerable.Range(0, z.Columns).All(j => z.Row(i)[j] != 0 == (codes[i * z.Columns + j] != 0)));
}
