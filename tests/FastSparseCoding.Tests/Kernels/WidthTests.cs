using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Kernels;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Kernels;

/// <summary>Tests that change the vector width of the whole process: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(NarrowVectors), DisableParallelization = true)]
public sealed class NarrowVectors;

/// <summary>The kernels at every width of vectors that the machine has, in one process: the same bits. Sizes are of no width's
/// multiples.</summary>
[Collection(nameof(NarrowVectors))]
public sealed class WidthTests
{
    private const int Rows = 37, Inner = 29, Columns = 75;

    private static readonly int[] Widths = [8, 4, 1];

    private static readonly Matrix A = RandomData.Normal(Rows, Inner, seed: 1), B = RandomData.Normal(Inner, Columns, seed: 2),
        Start = RandomData.Normal(Rows, Columns, seed: 3);
    private static readonly float[] Theta = [.. Enumerable.Range(0, Columns).Select(j => 0.05f * (j % 7 + 1))];
    private static readonly Matrix X = RandomData.Normal(9, 21, seed: 4);

    private static readonly (string Name, Func<float[]> Run)[] Work =
    [
        ("products", Products),
        ("sparse products", SparseProducts),
        ("shrinkage", Shrinkages),
        ("violations", ListedViolations),
        ("non-zeros", ListedNonZeros),
        ("ISTA", () => Codes(d => new IstaSolver(d, 0.3f))),
        ("FISTA", () => Codes(d => new FistaSolver(d, new Penalty(0.3f, nonNegative: true)))),
        ("CoD", () => Codes(d => new GreedyCoordinateDescentSolver(d, 0.3f))),
        ("cyclic coordinate descent", () => Codes(d => new CyclicCoordinateDescentSolver(d, 0.3f))),
        ("active set", () => Codes(d => new ActiveSetSolver(d, 0.1f))),
        ("relative weights", () => Codes(d => new RelativeLassoEncoder(new ActiveSetSolver(d, 0.2f)))),
        ("orthogonal matching pursuit", () => Codes(d => new OmpEncoder(d, new OmpOptions { MaxAtoms = 7 }))),
        ("known values", KnownValues),
        ("a dictionary", LearnedDictionary),
        ("a denoiser", TrainedDenoiser),
        ("missing pixels", MissingPixels),
        .. EncoderFactory.Kinds.Select(kind => (kind, (Func<float[]>)(() => ForwardAndBackward(kind)))),
    ];

    public static TheoryData<string> Names { get; } = [.. Work.Select(w => w.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Narrower_vectors_give_the_same_bits(string name)
    {
        Func<float[]> run = Work.Single(w => w.Name == name).Run;
        int widest = Simd.Lanes;

        uint[] wide = Bits(run());

        Assert.True(wide.Distinct().Count() > 20, $"{wide.Length} values");
        foreach (int width in Widths)
            Simd.RunNarrow(width, () =>
            {
                Assert.Equal(Math.Min(width, widest), Simd.Lanes);
                Assert.Equal(wide, Bits(run()));
            });
        Assert.Equal(widest, Simd.Lanes);
    }

    [Fact]
    public void The_width_is_the_machines_again_when_narrow_work_fails()
    {
        int widest = Simd.Lanes;

        Assert.Throws<InvalidOperationException>(
            () => Simd.RunNarrow(1, () => throw new InvalidOperationException(
            Simd.Lanes.ToString(System.Globalization.CultureInfo.InvariantCulture))));

        Assert.Equal(widest, Simd.Lanes);
        Assert.Equal(32 * widest, Machine.VectorBits);
    }

    private static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];

    private static float[] Products()
    {
        Matrix c = new(Rows, Columns), few = new(5, Columns), transposedA = new(Inner, Columns), transposedB = new(Rows, Rows),
            packed = Start.Clone(), added = new(Rows, Columns), shrunk = new(Rows, Columns), positive = new(Rows, Columns);
        PackedMatrix w = PackedMatrix.Of(B);
        Gemm.Multiply(A, B, c);
        Gemm.Multiply(A.RowRange(0, 5), B, few);
        Gemm.MultiplyTransposedA(A, Start, transposedA);
        Gemm.MultiplyTransposedB(Start, Start, transposedB);
        Gemm.Multiply(A, w, packed, accumulate: true);
        Gemm.MultiplyAdd(A, w, Start, added);
        Gemm.MultiplyAddShrink(A, w, Start, Theta, shrunk);
        Gemm.MultiplyAddShrink(A, w, Start, Theta, positive, float.NegativeInfinity);
        return All(c, few, transposedA, transposedB, packed, added, shrunk, positive);
    }

    private static float[] SparseProducts()
    {
        Matrix z = A.Clone(), c = new(Rows, Columns), added = new(Rows, Columns), shrunk = new(Rows, Columns),
            transposed = new(Inner, Columns);
        Shrinkage.SoftThreshold(z.Values, 1.2f, z.Values);
        PackedMatrix w = PackedMatrix.Of(B);
        SparseProduct.Multiply(z, w, c);
        SparseProduct.MultiplyAdd(z, w, Start, added);
        SparseProduct.MultiplyAddShrink(z, w, Start, Theta, shrunk);
        SparseProduct.MultiplyTransposed(z, Start, transposed);
        return All(c, added, shrunk, transposed);
    }

    private static float[] Shrinkages()
    {
        var all = new List<float>();
        for (int length = 0; length <= Columns; length++)
        {
            ReadOnlySpan<float> v = Start.Row(0)[..length], theta = Theta.AsSpan(0, length), dz = Start.Row(1)[..length];
            float[] one = new float[length], hard = new float[length], each = new float[length],
                dc = new float[length], dTheta = [.. Start.Row(2)[..length]];
            Shrinkage.SoftThreshold(v, 0.4f, one, float.NegativeInfinity);
            Shrinkage.HardThreshold(v, 0.4f, hard);
            Shrinkage.SoftThreshold(v, theta, each);
            var row = new ReadOnlyMatrixView(each, 1, length);
            Shrinkage.SoftThresholdBackward(row, new ReadOnlyMatrixView(dz, 1, length), new MatrixView(dc, 1, length));
            Shrinkage.ThresholdBackward(row, new ReadOnlyMatrixView(dc, 1, length), 0, dTheta);
            all.AddRange([.. one, .. hard, .. each, .. dc, .. dTheta]);
        }
        return [.. all];
    }

    private static float[] ListedViolations()
    {
        var excess = new float[Columns + NonZeros.Slack];
        var indices = new int[Columns + NonZeros.Slack];
        int count = Violations.List(Start.Row(0), Theta, 1e-3f, 0, excess, indices);
        return [.. excess[..count], .. indices[..count].Select(i => (float)i), Violations.Largest(Start.Row(1), Theta, 0),
            Violations.Largest(Start.Row(2), Theta, float.NegativeInfinity)];
    }

    private static float[] ListedNonZeros()
    {
        var all = new List<float>();
        var row = Start.Row(0).ToArray();
        Shrinkage.SoftThreshold(row, 0.5f, row);
        var values = new float[Columns + NonZeros.Slack];
        var indices = new int[Columns + NonZeros.Slack];
        for (int length = 0; length <= Columns; length++)
        {
            int count = NonZeros.List(row.AsSpan(0, length), values, indices);
            all.AddRange([NonZeros.Count(row.AsSpan(0, length)), .. values[..count], .. indices[..count].Select(i => (float)i)]);
        }
        return [.. all];
    }

    // The dictionary is made anew: what it keeps packed is of one width.
    private static float[] Codes(Func<AtomDictionary, ISparseEncoder> encoder)
        => encoder(RandomData.Dictionary(53, 21, seed: 5)).Encode(X, 1, TestContext.Current.CancellationToken).Values.ToArray();

    private static float[] KnownValues()
    {
        Matrix mask = new(X.Rows, X.Columns);
        for (int i = 0; i < mask.Values.Length; i++)
            mask.Values[i] = i % 4 == 1 ? 0 : 1;
        AtomDictionary dictionary = RandomData.Dictionary(53, 21, seed: 5);
        Matrix lasso = new ActiveSetSolver(dictionary, 0.1f).EncodeMasked(X, mask, 1, TestContext.Current.CancellationToken);
        return All(lasso, new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 5 })
            .EncodeMasked(X, mask, 1, TestContext.Current.CancellationToken));
    }

    private static float[] TrainedDenoiser()
    {
        Denoiser denoiser = Denoiser.FromDct(5, 25, depth: 2);
        DenoiserTrainer.Train(denoiser, ImageStore.Of([DeadLeaves.Generate(40, 40, seed: 1)]),
            DenoiserTrainingOptions.Default with { Patches = 4_000, CropSize = 13, HeldOut = 2, Evaluations = 1 },
            cancellation: TestContext.Current.CancellationToken);
        return denoiser.Parameters.Values.ToArray();
    }

    private static float[] MissingPixels()
        => Inpainter.Inpaint(
            DeadLeaves.Generate(45, 37, seed: 1), [.. Enumerable.Range(0, 45 * 37).Select(i => i % 3 != 1)],
            new() { Rounds = 4, Samples = 1000 }, cancellation: TestContext.Current.CancellationToken).Pixels.ToArray();

    private static float[] LearnedDictionary()
        => DictionaryLearner.Learn(
            RandomData.Normal(300, 21, seed: 6), new() { AtomCount = 27, Lambda = 0.3f, Samples = 300, Threads = 1 },
            cancellation: TestContext.Current.CancellationToken).Atoms.Values.ToArray();

    private static float[] ForwardAndBackward(string kind)
    {
        EncoderFamily family = EncoderFactory.Find(kind);
        TrainableEncoder encoder = EncoderFactory.Create(kind, RandomData.Dictionary(53, 21, seed: 5), 0.1f, family.MaxDepth > 0 ? 3 : 0);
        EncoderPass pass = encoder.CreatePass(X.Rows);
        ParameterSlab gradient = encoder.Parameters.EmptyCopy();
        float[] z = pass.Forward(X).Values.ToArray();
        pass.Backward(X, RandomData.Normal(X.Rows, 53, seed: 7), gradient);
        return [.. z, .. gradient.Values];
    }

    private static float[] All(params ReadOnlySpan<Matrix> matrices)
    {
        var all = new List<float>();
        foreach (Matrix matrix in matrices)
            all.AddRange(matrix.Values);
        return [.. all];
    }
}
