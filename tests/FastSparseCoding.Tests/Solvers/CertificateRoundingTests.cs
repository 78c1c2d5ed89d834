using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>What rounding could take from a gap, in float32 on the way to the atoms that are looked at and in double at the end, is not
/// taken.</summary>
public sealed class CertificateRoundingTests
{
    /// <summary>Of twins that differ in their last digits the one outside the support may exceed its threshold by less than float32
    /// sees.</summary>
    [Fact]
    public void An_atom_that_float32_finds_below_its_threshold_counts_where_double_finds_it_above()
    {
        const int Pairs = 20, Size = 30, Rows = 300;
        Matrix values = RandomData.Normal(2 * Pairs, Size, seed: 1);
        for (int k = 0; k < Pairs; k++)
            for (int i = 0; i < Size; i++)
                values[Pairs + k, i] = values[k, i] * (1 + (i * 7 + k) % 5 * 2 * (float)Tolerance.UnitRoundoff);
        AtomDictionary dictionary = AtomDictionary.Normalize(values);
        Matrix x = RandomData.Normal(Rows, Size, seed: 2);
        var penalty = new Penalty(0.3f);
        Matrix z = new ActiveSetSolver(dictionary, penalty, new SolverOptions { Tolerance = 1e-7 })
            .Encode(x, threads: 1, TestContext.Current.CancellationToken);

        ReadOnlySpan<RowResult> results = new Certificate(dictionary, penalty, Rows).Certify(x, z);

        var twin = new PenaltyTwin(dictionary, penalty);
        for (int i = 0; i < Rows; i++)
        {
            double[] code = LassoTwin.Widen(z.Row(i));
            double gap = twin.RelativeGap(x.Row(i), code);
            Assert.True(gap <= results[i].RelativeGap + twin.RoundingOfRelativeGap(x.Row(i), code),
                $"row {i}: gap {gap:G6} reported as {results[i].RelativeGap:G6}");
        }
    }

    /// <summary>
    /// Two atoms that share nothing: z₁ = x₁ − λ without rounding, and z₂ with λ = 1 so that d₂ᵀr = 1 − ε. The gap is εz₂ and something of
    /// the order of ε²; energy and dual are 2²⁴ and more, whose last digit in double is 2⁻²⁸.
    /// </summary>
    [Fact]
    public void A_gap_below_the_last_digit_of_the_energy_is_not_lost()
    {
        var dictionary = new AtomDictionary(new Matrix(2, 2, [1, 0, 0, 1]));
        var penalty = new Penalty(1);
        var certificate = new Certificate(dictionary, penalty, 1);
        var twin = new PenaltyTwin(dictionary, penalty);
        for (int step = 1; step <= 1000; step++)
        {
            float second = MathF.ScaleB(step, -20);
            Matrix x = new(1, 2, [1 << 24, 1 + second - MathF.ScaleB(1, -20)]), z = new(1, 2, [(1 << 24) - 1, second]);

            double gap = twin.Gap(x.Row(0), LassoTwin.Widen(z.Row(0)));

            Assert.InRange(gap, step * Math.ScaleB(1, -41), 2 * step * Math.ScaleB(1, -40));
            Assert.InRange(certificate.Certify(x, z)[0].Gap, gap, double.PositiveInfinity);
        }
    }
}
