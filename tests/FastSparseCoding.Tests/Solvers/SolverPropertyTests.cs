using CsCheck;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>What holds of every solver, dictionary, penalty and λ; CsCheck tells the seed of what does not.</summary>
public sealed class SolverPropertyTests
{
    private const int Rows = 5;

    private static readonly Gen<Case> Cases =
        from solver in Gen.OneOf(Problems.Names.Select(name => name.Data).ToArray())
        from dictionary in Gen.OneOf("random", "correlated", "twins", "unit")
        from atoms in Gen.Int[1, 40]
        from size in Gen.Int[1, 30]
        from seed in Gen.Int[0, 9999]
        from scale in Gen.Int[-20, 20]
        from fraction in Gen.Double[-4, 0.3]
        from weights in Gen.Bool
        from ridge in Gen.OneOf(0, 0, 1e-3f, 0.3f, 10f)
        from nonNegative in Gen.Bool
        select new Case(solver, dictionary, atoms, size, seed, scale, Math.Exp(fraction), weights, ridge, nonNegative);

    /// <summary>And what the active set leaves uncertified is what the rounding of its codes to float32 alone may keep above the
    /// tolerance.</summary>
    [Fact]
    public void Certificates_are_true_and_no_code_is_worse_than_zero()
        => Cases.Sample(problem =>
        {
            LassoSolver solver = problem.Solver();
            Matrix x = problem.Signals(), z = new(Rows, problem.Atoms);
            SolveReport report = solver.Solve(x, z, cancellation: TestContext.Current.CancellationToken);
            var audit = new ReportAudit(solver, x, z, report);
            audit.CheckReport();
            audit.CheckEnergies();
            if (problem.Name != "active set")
                return;
            double smallest = Enumerable.Range(0, problem.Atoms).Min(solver.Penalty.Threshold);
            foreach (int i in Enumerable.Range(0, Rows).Except(report.CertifiedRows))
                Assert.InRange(Problems.GapOfRounding(LassoTwin.Widen(z.Row(i)), smallest), 0.5 * solver.Options.Tolerance,
                    double.PositiveInfinity);
        }, iter: 150, threads: 1);

    [Fact]
    public void No_code_is_worse_than_its_start()
        => Cases.Sample(problem =>
        {
            LassoSolver solver = problem.Solver(new SolverOptions { MaxIterations = 3 });
            Matrix x = problem.Signals(), start = RandomData.Normal(Rows, problem.Atoms, problem.Seed + 2);
            foreach (ref float value in start.Values)
                value = solver.Penalty.NonNegative && value < 0 || value < 0.5f ? 0 : MathF.ScaleB(value, problem.Scale);
            ReportAudit.Of(solver, x, start).CheckEnergies();
        }, iter: 100, threads: 1);

    /// <summary>Both energies are above E* by E times the tolerance at most, and both zD are so near that of the optimum: ½‖(z − z*)D‖² ≤ E
    /// − E*.</summary>
    [Fact]
    public void Permuted_atoms_have_the_same_energy_and_the_same_approximation()
        => Cases.Sample(problem =>
        {
            LassoSolver solver = problem.Solver();
            int[] order = [.. Enumerable.Range(0, problem.Atoms)];
            new Random(problem.Seed).Shuffle(order);
            LassoSolver permuted = Problems.Solver(problem.Name, Permute(solver.Dictionary, order), Permute(solver.Penalty, order));
            Matrix x = problem.Signals(), z = new(Rows, problem.Atoms), other = new(Rows, problem.Atoms);
            SolveReport one = solver.Solve(x, z, cancellation: TestContext.Current.CancellationToken),
                two = permuted.Solve(x, other, cancellation: TestContext.Current.CancellationToken);
            var twin = new PenaltyTwin(solver.Dictionary, solver.Penalty);
            foreach (int i in one.CertifiedRows.Intersect(two.CertifiedRows))
            {
                double[] a = LassoTwin.Widen(z.Row(i)), b = new double[a.Length];
                for (int k = 0; k < b.Length; k++)
                    b[order[k]] = other[i, k];
                double energy = Math.Max(twin.Energy(x.Row(i), a), twin.Energy(x.Row(i), b)),
                    excess = (solver.Options.Tolerance + ReportAudit.Rounding) * energy;
                Assert.Equal(twin.Energy(x.Row(i), a), twin.Energy(x.Row(i), b), excess);
                Assert.InRange(twin.SquaredDistance(a, b), 0, 8 * excess);
            }
        }, iter: 100, threads: 1);

    private static AtomDictionary Permute(AtomDictionary dictionary, int[] order)
    {
        var atoms = new Matrix(order.Length, dictionary.SignalSize);
        for (int k = 0; k < order.Length; k++)
            dictionary.Atoms.Row(order[k]).CopyTo(atoms.Row(k));
        return new AtomDictionary(atoms);
    }

    private static Penalty Permute(Penalty penalty, int[] order)
    {
        float[] weights = penalty.Weights.ToArray();
        return new Penalty(penalty.Lambda, weights.Length == 0 ? [] : [.. order.Select(k => weights[k])], penalty.Ridge,
            penalty.NonNegative);
    }

    /// <summary>A problem in numbers that CsCheck can print and shrink.</summary>
    private sealed record Case(
        string Name, string Kind, int Atoms, int Size, int Seed, int Scale, double Fraction, bool Weighted, float Ridge, bool NonNegative)
    {
        /// <summary>Normal signals times a power of two; of the first, all but one value is zero.</summary>
        public Matrix Signals()
        {
            Matrix x = RandomData.Normal(Rows, Size, Seed + 1);
            x.Row(0)[1..].Clear();
            foreach (ref float value in x.Values)
                value = MathF.ScaleB(value, Scale);
            return x;
        }

        public LassoSolver Solver(SolverOptions? options = null)
        {
            AtomDictionary dictionary = Dictionary();
            var random = new Random(Seed);
            var unit = new Penalty(1, Weighted
                ? [.. Enumerable.Range(0, Atoms).Select(_ => MathF.ScaleB(1 + random.NextSingle(), random.Next(-3, 4)))] : [], Ridge,
                NonNegative);
            var twin = new PenaltyTwin(dictionary, unit);
            Matrix x = Signals();
            double least = Enumerable.Range(0, Rows).Select(i => twin.LambdaMax(x.Row(i))).Where(value => value > 0).DefaultIfEmpty(1)
                .Min();
            return Problems.Solver(Name, dictionary, unit.WithLambda((float)(Fraction * least)), options);
        }

        private AtomDictionary Dictionary()
        {
            if (Kind == "correlated")
                return Problems.Correlated(Atoms, Size, Seed);
            Matrix values = RandomData.Normal(Atoms, Size, Seed);
            for (int k = 0; k < Atoms; k++)
            {
                if (Kind == "twins" && k % 3 == 2)
                    values.Row(k - 1).CopyTo(values.Row(k));
                if (Kind != "unit")
                    continue;
                values.Row(k).Clear();
                values[k, k % Size] = k % 2 == 0 ? 1 : -1;
            }
            return AtomDictionary.Normalize(values);
        }
    }
}
