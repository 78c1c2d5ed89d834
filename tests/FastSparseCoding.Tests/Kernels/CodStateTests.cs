using FastSparseCoding.Kernels;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

public sealed class CodStateTests
{
    // Every number of vectors in a strip, of one strip and of several, with whole and broken last vectors, at every width.
    public static TheoryData<int> Lengths => [.. Enumerable.Range(1, 150), 255, 256, 257, 400];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void The_state_is_b_plus_the_weighted_rows_of_S(int length)
    {
        (float[] b, Matrix s, int[] atoms, float[] z, double[] expected, double[] bound) = Case(length);
        var state = new float[length];

        CodState.Compute(b, new AlignedRows(s), atoms, z, state);

        for (int k = 0; k < length; k++)
            Assert.InRange(state[k], expected[k] - bound[k], expected[k] + bound[k]);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Violations_are_what_exceeds_the_bounds_of_the_same_state(int length)
    {
        const int Step = 3;
        (float[] b, Matrix s, int[] atoms, float[] z, _, _) = Case(length);
        var state = new float[length];
        CodState.Compute(b, new AlignedRows(s), atoms, z, state);
        float[] bounds = [.. Enumerable.Range(0, length).Select(k => atoms.Contains(k) ? float.PositiveInfinity : 0.5f + 0.01f * k)];
        var spread = new float[atoms.Length == 0 ? 0 : (atoms.Length - 1) * Step + 1];
        for (int i = 0; i < z.Length; i++)
            spread[i * Step] = z[i];
        var excess = new float[length + Violations.Slack];
        var indices = new int[length + Violations.Slack];

        int count = CodState.ListViolations(b, new AlignedRows(s), atoms, spread, Step, bounds, excess, indices);

        int[] expected = [.. Enumerable.Range(0, length).Where(k => Math.Abs(state[k]) > bounds[k])];
        Assert.Equal(expected, indices[..count]);
        Assert.Equal(expected.Select(k => state[k] > 0 ? state[k] - bounds[k] : state[k] + bounds[k]), excess[..count]);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_layer_for_one_signal_has_the_bits_of_a_batch(int length)
    {
        const int Signals = 3;
        Matrix z = RandomData.Normal(Signals, length, seed: length), w = RandomData.Normal(length, length, seed: 1000 + length), b = RandomData.Normal(Signals, length, seed: 2000 + length);
        Shrinkage.SoftThreshold(z.Values, 1, z.Values);
        float[] theta = [.. Enumerable.Range(0, length).Select(k => 0.3f + 0.01f * (k % 7))];
        var batch = new Matrix(Signals, length);
        SparseProduct.MultiplyAddShrink(z, PackedMatrix.Of(w), b, theta, batch);
        var rows = new AlignedRows(w);

        for (int i = 0; i < Signals; i++)
            SparseRows.MultiplyAddShrink(z.Row(i), rows, b.Row(i), theta, z.Row(i));

        Assert.Equal(batch.Values.ToArray(), z.Values.ToArray());
    }

    private static (float[] B, Matrix S, int[] Atoms, float[] Z, double[] Expected, double[] Bound) Case(int length)
    {
        float[] b = RandomData.Normal(1, length, seed: length).Values.ToArray();
        Matrix s = RandomData.Normal(length, length, seed: 1000 + length);
        int[] atoms = [.. Enumerable.Range(0, length)];
        new Random(length).Shuffle(atoms);
        atoms = atoms[..(length / 3)];
        float[] z = RandomData.Normal(1, Math.Max(1, atoms.Length), seed: 2000 + length).Values[..atoms.Length].ToArray();
        var expected = new double[length];
        var bound = new double[length];
        for (int k = 0; k < length; k++)
        {
            (double sum, double magnitude) = (b[k], Math.Abs(b[k]));
            for (int i = 0; i < atoms.Length; i++)
            {
                sum += (double)z[i] * s[atoms[i], k];
                magnitude += Math.Abs((double)z[i] * s[atoms[i], k]);
            }
            // Two roundings a term where there is no fused multiply-add, each of the running sum.
            (expected[k], bound[k]) = (sum, 2 * (atoms.Length + 1) * Tolerance.UnitRoundoff * magnitude);
        }
        return (b, s, atoms, z, expected, bound);
    }
}
