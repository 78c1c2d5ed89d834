using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Reference;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class PursuitStateTests
{
    private const int Size = 12;

    [Fact]
    public void Correlations_choices_and_codes_are_those_of_the_twin_at_every_number_of_atoms()
    {
        for (int m = 1; m <= 300; m += m < 140 ? 1 : 37)
            foreach (bool nonNegative in (bool[])[false, true])
                Check(m, nonNegative);
    }

    [Fact]
    public void An_atom_taken_out_leaves_what_the_others_alone_would_have_made()
    {
        foreach (int m in (int[])[7, 16, 40, 150])
            for (int slot = 0; slot < 5; slot++)
            {
                AtomDictionary dictionary = RandomData.Dictionary(m, Size, seed: m);
                Matrix x = RandomData.Normal(1, Size, seed: 3), b = new(1, m);
                Gemm.Multiply(x, dictionary.PackedTransposed, b);
                int[] five = [5, 2, 6, 0, 3], four = [.. five.Where((_, t) => t != slot)];
                PursuitState state = Of(five, dictionary, b), expected = Of(four, dictionary, b);
                int size = state.Count;

                int next = state.RemoveAt(slot, nonNegative: false, out double squares);

                Assert.Equal((5, 4), (size, state.Count));
                Assert.Equal(four, state.Atoms.ToArray());
                double norm = OmpTwin.Norm(LassoTwin.Widen(x.Row(0))), bound = 2000 * Tolerance.UnitRoundoff * norm;
                for (int k = 0; k < m; k++)
                    Assert.InRange(Math.Abs(state.Correlation(k) - expected.Correlation(k)), 0, bound);
                Assert.Equal(Enumerable.Range(0, m).MaxBy(k => Math.Abs(state.Correlation(k))), next);
                double[] values = new double[4], others = new double[4];
                state.LeastSquares(values);
                expected.LeastSquares(others);
                for (int s = 0; s < 4; s++)
                    Assert.InRange(Math.Abs(values[s] - others[s]), 0, bound);
                var twin = new OmpTwin(dictionary);
                double[] signal = LassoTwin.Widen(x.Row(0));
                double with = OmpTwin.Norm(twin.Residual(signal, twin.LeastSquares(signal, five))),
                    without = OmpTwin.Norm(twin.Residual(signal, twin.LeastSquares(signal, four)));
                Assert.InRange(Math.Abs(squares - (without * without - with * with)), 0, bound * norm);
                // And it goes on from there as if the atom had never been in.
                Assert.InRange(Math.Abs(state.Project(1) - expected.Project(1)), 0, 2000 * Tolerance.UnitRoundoff);
            }

        static PursuitState Of(int[] atoms, AtomDictionary dictionary, Matrix b)
        {
            var state = new PursuitState(dictionary.AtomCount, 6);
            state.Begin(b.Row(0), nonNegative: false);
            foreach (int k in atoms)
                state.Append(k, dictionary.IdentityMinusGram, k, state.Project(k), nonNegative: false);
            return state;
        }
    }

    [Fact]
    public void Equal_correlations_give_the_lowest_index()
    {
        for (int m = 1; m <= 300; m++)
        {
            var state = new PursuitState(m, 1);
            foreach (int first in (int[])[0, m / 3, m / 2, m - 1])
            {
                var b = new float[m];
                for (int j = first; j < m; j += 1 + (first + j) % 5)
                    b[j] = 2;
                Assert.Equal(first, state.Begin(b, nonNegative: true));
                for (int j = first; j < m; j++)
                    b[j] *= j % 2 == 0 ? 1 : -1;
                Assert.Equal(first, state.Begin(b, nonNegative: false));
            }
        }
    }

    [Fact]
    public void One_side_counts_where_asked_and_a_NaN_is_never_chosen()
    {
        var state = new PursuitState(40, 1);
        float[] b = new float[40];
        (b[3], b[20], b[30]) = (float.NaN, -5, 1);

        Assert.Equal(20, state.Begin(b, nonNegative: false));
        Assert.Equal(30, state.Begin(b, nonNegative: true));
        Assert.Equal(1, state.Correlation(30));
    }

    private static void Check(int m, bool nonNegative)
    {
        AtomDictionary dictionary = RandomData.Dictionary(m, Size, seed: m);
        var twin = new OmpTwin(dictionary);
        Matrix x = RandomData.Normal(1, Size, seed: 2);
        var b = new Matrix(1, m);
        Gemm.Multiply(x, dictionary.PackedTransposed, b);
        double[] signal = LassoTwin.Widen(x.Row(0));
        var state = new PursuitState(m, Math.Min(m, 6));
        var chosen = new List<int>();
        int next = state.Begin(b.Row(0), nonNegative);
        double condition = 1;
        while (true)
        {
            double[] code = twin.LeastSquares(signal, chosen), expected = twin.Correlations(twin.Residual(signal, code));
            var alpha = new float[m];
            for (int k = 0; k < m; k++)
                alpha[k] = state.Correlation(k);
            double operations = (Size + 2 * (chosen.Count + 1)) * (chosen.Count + 1) * condition;
            Tolerance.Check(expected, alpha, operations, OmpTwin.Norm(signal));
            double[] sizes = [.. alpha.Select(value => nonNegative ? Math.Max(value, 0.0) : Math.Abs((double)value))];
            // Where nothing is left the atom just chosen may be the largest, of a rounding that is taken for zero afterwards.
            if (sizes.Max() > operations * Tolerance.UnitRoundoff * OmpTwin.Norm(signal))
                Assert.Equal(Array.IndexOf(sizes, sizes.Max()), next);
            var values = new double[chosen.Count];
            state.LeastSquares(values);
            Assert.Equal(chosen, state.Atoms.ToArray());
            for (int s = 0; s < chosen.Count; s++)
                Assert.InRange(Math.Abs(values[s] - code[chosen[s]]), 0,
                    operations * condition * Tolerance.UnitRoundoff * OmpTwin.Norm(signal));
            if (chosen.Count == Math.Min(m, 6) || (nonNegative && alpha[next] <= 0))
                return;
            double pivot = state.Project(next), distance = Distance(twin, dictionary, chosen, next);
            Assert.InRange(Math.Abs(pivot - distance), 0, operations * Tolerance.UnitRoundoff);
            if (pivot < 1e-2)
                return;
            condition /= pivot;
            chosen.Add(next);
            next = state.Append(next, dictionary.IdentityMinusGram, next, pivot, nonNegative);
            Assert.Equal(0, state.Correlation(chosen[^1]));
            double[] right = [.. chosen.Select(k => (double)k + 1)], solution = [.. right];
            state.Solve(solution);
            for (int i = 0; i < chosen.Count; i++)
                Assert.InRange(Math.Abs(
                    right[i] - chosen.Select((k, j) => (i == j ? 1 : dictionary.Gram.Row(chosen[i])[k]) * solution[j]).Sum()), 0,
                    operations * Tolerance.UnitRoundoff * solution.Sum(Math.Abs));
        }
    }

    private static double Distance(OmpTwin twin, AtomDictionary dictionary, List<int> chosen, int k)
    {
        double[] atom = LassoTwin.Widen(dictionary.Atoms.Row(k));
        return Math.Pow(OmpTwin.Norm(twin.Residual(atom, twin.LeastSquares(atom, chosen))), 2);
    }
}
