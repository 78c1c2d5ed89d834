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

        float[] state = State(b, s, atoms, z);

        for (int k = 0; k < length; k++)
            Assert.InRange(state[k], expected[k] - bound[k], expected[k] + bound[k]);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Violations_are_what_exceeds_the_bounds_of_the_same_state(int length)
    {
        (float[] b, Matrix s, int[] atoms, float[] z, _, _) = Case(length);
        float[] state = State(b, s, atoms, z),
            bounds = [.. Enumerable.Range(0, length).Select(k => atoms.Contains(k) ? float.PositiveInfinity : 0.5f + 0.01f * k)];
        foreach (float floor in (float[])[0, float.NegativeInfinity])
        {
            var excess = new float[length + Violations.Slack];
            var indices = new int[length + Violations.Slack];

            int count = CodState.ListViolations(b, new AlignedRows(s), atoms, z, bounds, 0, floor, excess, indices);

            int[] expected = [.. Enumerable.Range(0, length).Where(k => (floor == 0 ? Math.Abs(state[k]) : state[k]) > bounds[k])];
            Assert.Equal(expected, indices[..count]);
            Assert.Equal(expected.Select(k => state[k] > 0 ? state[k] - bounds[k] : state[k] + bounds[k]), excess[..count]);
        }
    }

    [Fact]
    public void Wrong_shapes_are_refused_and_nothing_is_allocated()
    {
        (float[] b, Matrix s, int[] atoms, float[] z, _, _) = Case(20);
        var rows = new AlignedRows(s);
        var excess = new float[20 + Violations.Slack];
        var indices = new int[20 + Violations.Slack];
        string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Equal("'z' has 5 values; it must have 6. (Parameter 'z')",
            Refused(() => CodState.ListViolations(b, rows, atoms, new float[5], b, 0, 0, excess, indices)));
        Assert.Equal("'s' is [20×20]; it must be [19×19]. (Parameter 's')",
            Refused(() => CodState.ListViolations(new float[19], rows, atoms, z, b, 0, 0, excess, indices)));
        Assert.Equal("'bounds' has 19 values; it must have 20. (Parameter 'bounds')",
            Refused(() => CodState.ListViolations(b, rows, atoms, z, new float[19], 0, 0, excess, indices)));
        Assert.StartsWith("'excess.Length' is 35; it must be 36 or more.",
            Refused(() => CodState.ListViolations(b, rows, atoms, z, b, 0, 0, new float[35], indices)), StringComparison.Ordinal);
        Assert.StartsWith("'indices.Length' is 35; it must be 36 or more.",
            Refused(() => CodState.ListViolations(b, rows, atoms, z, b, 0, 0, excess, new int[35])), StringComparison.Ordinal);
        Allocation.CheckNone(() => CodState.ListViolations(b, rows, atoms, z, b, 0, 0, excess, indices));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_layer_for_one_signal_has_the_bits_of_a_batch(int length)
    {
        CheckLayer(length, floor: 0);
        CheckLayer(length, float.NegativeInfinity);
    }

    private static void CheckLayer(int length, float floor)
    {
        const int Signals = 3;
        Matrix z = RandomData.Normal(Signals, length, seed: length), w = RandomData.Normal(length, length, seed: 1000 + length),
            b = RandomData.Normal(Signals, length, seed: 2000 + length);
        Shrinkage.SoftThreshold(z.Values, 1, z.Values);
        float[] theta = [.. Enumerable.Range(0, length).Select(k => 0.3f + 0.01f * (k % 7))];
        var batch = new Matrix(Signals, length);
        SparseProduct.MultiplyAddShrink(z, PackedMatrix.Of(w), b, theta, batch, floor);
        var rows = new AlignedRows(w);

        for (int i = 0; i < Signals; i++)
            SparseRows.MultiplyAddShrink(z.Row(i), rows, b.Row(i), theta, z.Row(i), floor);

        Assert.Equal(batch.Values.ToArray(), z.Values.ToArray());
        if (length >= 10)
            Assert.Equal(floor == 0, z.Values.ToArray().Any(value => value < 0));
    }

    /// <summary>B, as what exceeds bounds of zero.</summary>
    private static float[] State(float[] b, Matrix s, int[] atoms, float[] z)
    {
        var excess = new float[b.Length + Violations.Slack];
        var indices = new int[b.Length + Violations.Slack];
        int count = CodState.ListViolations(b, new AlignedRows(s), atoms, z, new float[b.Length], 0, 0, excess, indices);
        Assert.Equal(Enumerable.Range(0, b.Length), indices[..count]);      // no state of random numbers is zero
        return excess[..count];
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
