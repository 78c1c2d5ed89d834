using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Solvers;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Problems on which the solver or its certificate was once wrong: smooth atoms, and photographs at small weights.</summary>
public sealed class CaseTests
{
    public static TheoryData<string, float> Sets { get; } = new(
        from family in (string[])["exponentials", "gaussians", "hilbert", "vandermonde"]
        from lambda in (float[])[1e-2f, 1e-3f, 1e-4f]
        select (family, lambda));

    /// <summary>The energies are of other solvers in double precision, their codes rounded to float32.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void Smooth_atoms_reach_the_lowest_energy_known(string family, float lambda)
    {
        (AtomDictionary dictionary, Matrix x, double[] lowest) = SharedData.Case(family, lambda);
        var solver = new ActiveSetSolver(dictionary, lambda);
        var z = new Matrix(x.Rows, dictionary.AtomCount);

        SolveReport report = solver.Solve(x, z, cancellation: TestContext.Current.CancellationToken);

        new ReportAudit(solver, x, z, report).CheckEnergies();
        double[] energies = LassoObjective.Energies(x, dictionary, z, lambda);
        Assert.Equal(64, lowest.Length);
        int[] above = [.. Enumerable.Range(0, 64).Where(i => !(energies[i] <= lowest[i] * (1 + 1e-6)))];
        Assert.True(above.Length == 0,
            $"{above.Length} rows are above, by up to {above.Select(i => energies[i] / lowest[i] - 1).DefaultIfEmpty().Max():G4} of E");
    }

    [Theory]
    [InlineData(100)]
    [InlineData(400)]
    public void Certificates_of_photographs_hold_at_a_small_weight(int atoms)
    {
        var solver = new ActiveSetSolver(SharedData.Dictionary(atoms), 0.1f);

        ReportAudit audit = ReportAudit.Of(solver, SharedData.ValidationPatches(10_000, seed: 1));

        audit.CheckReport();
        audit.CheckEnergies();
        Assert.InRange(audit.Certified, 9000, 10_000);
    }

    [Fact]
    public void Certificates_of_FISTA_hold()
    {
        var solver = new FistaSolver(SharedData.Dictionary(400), 0.5f);

        ReportAudit audit = ReportAudit.Of(solver, SharedData.ValidationPatches(3000, seed: 2));

        audit.CheckReport();
        Assert.InRange(audit.Certified, 2000, 3000);
    }
}
