using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>
/// What a report says of a code is true of the code as returned: a certified row's gap, in double precision, is within the tolerance, no
/// gap is reported smaller than it is, and no row is refused that is far within. At a tiny weight the rounding of a code to float32 is
/// larger than λ.
/// </summary>
public sealed class CertificateTests
{
    /// <summary>Enough for atoms as independent as these, and the end of rows that float32 cannot certify.</summary>
    private static readonly SolverOptions Options = new() { MaxIterations = 1000 };

    /// <summary>Every solver, and weights as small as float32 codes bear and smaller.</summary>
    public static TheoryData<string, float> NamesAndWeights { get; } = new(
        from name in Problems.Names from lambda in (float[])[1e-4f, 1e-5f] select (name.Data, lambda));

    [Theory]
    [MemberData(nameof(NamesAndWeights))]
    public void Few_atoms_and_large_residuals(string name, float lambda)
    {
        var solver = Solver(name, RandomData.Dictionary(5, 64, seed: 1), lambda);

        ReportAudit audit = ReportAudit.Of(solver, RandomData.Normal(2000, 64, seed: 2));

        audit.CheckReport();
        Assert.InRange(audit.Certified, 1, 2000);
    }

    [Theory]
    [MemberData(nameof(NamesAndWeights))]
    public void Few_atoms_and_large_residuals_from_a_start(string name, float lambda)
    {
        AtomDictionary dictionary = RandomData.Dictionary(5, 64, seed: 1);
        Matrix x = RandomData.Normal(500, 64, seed: 2),
            neighbours = new ActiveSetSolver(dictionary, 2 * lambda).Encode(x, cancellation: TestContext.Current.CancellationToken);
        foreach (Matrix start in (Matrix[])[RandomData.Normal(500, 5, seed: 3), neighbours, new Matrix(500, 5)])
            ReportAudit.Of(Solver(name, dictionary, lambda), x, start).CheckReport();
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void One_atom_and_a_weight_below_the_rounding_of_its_coefficient(string name)
    {
        var solver = Solver(name, RandomData.Dictionary(1, 64, seed: 1), 1e-8f);

        ReportAudit audit = ReportAudit.Of(solver, RandomData.Normal(2000, 64, seed: 2));

        audit.CheckReport();
        Assert.InRange(audit.Certified, 1, 2000);
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Multiples_of_one_atom(string name)
    {
        AtomDictionary dictionary = RandomData.Dictionary(20, 16, seed: 1);
        foreach (double weight in (double[])[1e-5, 1e-6])
            foreach (float scale in (float[])[0.01f, 1, 3, 128])
            {
                var x = new Matrix(200, 16);
                for (int i = 0; i < x.Rows; i++)
                    for (int j = 0; j < 16; j++)
                        x[i, j] = scale * (1 + i / 20) * dictionary.Atoms.Row(i % 20)[j];
                ReportAudit.Of(Solver(name, dictionary, (float)(weight * scale)), x).CheckReport();
            }
    }

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public void Up_to_ten_atoms(string name)
    {
        Matrix x = RandomData.Normal(64, 32, seed: 2);
        int certified = 0;
        for (int atoms = 1; atoms <= 10; atoms++)
        {
            AtomDictionary dictionary = RandomData.Dictionary(atoms, 32, seed: atoms);
            foreach (float lambda in (float[])[1e-3f, 1e-5f, 1e-6f, 1e-7f])
            {
                ReportAudit audit = ReportAudit.Of(Solver(name, dictionary, lambda), x);
                audit.CheckReport();
                certified += audit.Certified;
            }
        }
        Assert.InRange(certified, 640, 2560);
    }

    private static LassoSolver Solver(string name, AtomDictionary dictionary, float lambda)
        => Problems.Solver(name, dictionary, lambda, name == "active set" ? null : Options);
}
