using System.Numerics.Tensors;
using System.Reflection;
using FastSparseCoding.Encoders;
using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Encoders;

/// <summary>Every way to call an encoder gives the codes of a batch.</summary>
public sealed class EncodeOverloadTests
{
    private const int SignalSize = 11, CodeSize = 13;

    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(CodeSize, SignalSize, seed: 1);

    /// <summary>Every kind of encoder and every solver, by name.</summary>
    public static TheoryData<string> Names { get; } = [.. Encoders().Select(e => e.Name)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public void One_signal_in_spans_and_arrays_has_the_code_of_its_row(string name)
    {
        ISparseEncoder encoder = Encoder(name);
        Matrix x = RandomData.Normal(3, SignalSize, seed: 2), expected = encoder.Encode(x, 1, Cancellation);
        float[] z = [.. Enumerable.Repeat(7f, CodeSize)];
        Span<float> part = new float[CodeSize + 2].AsSpan(1, CodeSize);

        encoder.Encode(x.Row(1).ToArray(), z);
        encoder.Encode(x.Row(1), part);

        Assert.Equal(expected.Row(1).ToArray(), z);
        Assert.Equal(expected.Row(1).ToArray(), part.ToArray());
        Assert.Equal(expected.Row(1).ToArray(), encoder.Encode(x.Row(1)));
        Assert.Equal(expected.Row(1).ToArray(), encoder.Encode(x.Row(1).ToArray()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_signal_allocates_nothing_after_the_first(string name)
    {
        ISparseEncoder encoder = Encoder(name);
        float[] x = RandomData.Normal(1, SignalSize, seed: 3).Values.ToArray(), z = new float[CodeSize];
        double[] wide = Array.ConvertAll(x, v => (double)v), code = new double[CodeSize];

        Allocation.CheckNone(() => encoder.Encode(x, z));
        Allocation.CheckNone(() => encoder.Encode(wide, code));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Doubles_sequences_and_tensors_have_the_codes_of_the_batch(string name)
    {
        ISparseEncoder encoder = Encoder(name);
        Matrix x = RandomData.Normal(5, SignalSize, seed: 4), expected = encoder.Encode(x, 1, Cancellation);
        var wide = new double[5, SignalSize];
        for (int i = 0; i < x.Rows; i++)
            for (int j = 0; j < x.Columns; j++)
                wide[i, j] = x[i, j];
        double[] code = new double[CodeSize];
        encoder.Encode(Array.ConvertAll(x.Row(4).ToArray(), v => (double)v), code);
        Tensor<float> tensor = Tensor.Create(x.Values.ToArray(), [5, SignalSize]);

        double[,] codes = encoder.Encode(wide, 2, Cancellation);
        Tensor<float> z = encoder.Encode(tensor, 2, Cancellation);
        var into = Tensor.CreateFromShape<float>([5, CodeSize]);
        encoder.Encode(tensor, into, 2, Cancellation);

        Assert.Equal([5, CodeSize], [codes.GetLength(0), codes.GetLength(1)]);
        Assert.Equal(expected.Values.ToArray(), codes.Cast<double>().Select(v => (float)v));
        Assert.Equal(expected.Row(4).ToArray(), Array.ConvertAll(code, v => (float)v));
        Assert.Equal([5, CodeSize], z.Lengths.ToArray());
        Assert.Equal(expected.Values.ToArray(), z);
        Assert.Equal(expected.Values.ToArray(), into);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => expected.Row(i).ToArray()),
            encoder.Encode(Enumerable.Range(0, 5).Select(i => x.Row(i).ToArray()), 2, Cancellation));
    }

    [Fact]
    public void Tensors_may_have_strides()
    {
        ISparseEncoder encoder = Encoder("lista");
        Matrix all = RandomData.Normal(SignalSize, 6, seed: 5), z = encoder.Encode(all.Transpose(), 1, Cancellation);
        var x = new ReadOnlyTensorSpan<float>(all.Values.ToArray(), [6, SignalSize], [1, 6]);       // stands transposed
        var codes = new float[CodeSize * 6];
        var into = new TensorSpan<float>(codes, [6, CodeSize], [1, 6]);

        encoder.Encode(x, into, 1, Cancellation);

        Assert.Equal(z.Transpose().Values.ToArray(), codes);
    }

    [Fact]
    public void A_sequence_is_read_as_far_as_its_codes_are()
    {
        ISparseEncoder encoder = Encoder("lista");
        int read = 0;
        float[] signal = RandomData.Normal(1, SignalSize, seed: 6).Values.ToArray();
        IEnumerable<float[]> Endless()
        {
            for (; ; read++)
                yield return signal;
        }

        float[][] codes = [.. encoder.Encode(Endless(), 1, Cancellation).Take(300)];

        Assert.Equal(2 * RowBlocks.MostRows, read + 1);
        Assert.All(codes, z => Assert.Equal(encoder.Encode(signal), z));
    }

    [Fact]
    public async Task Blocks_of_a_stream_are_encoded_as_they_come()
    {
        ISparseEncoder encoder = Encoder("lista");
        Matrix[] blocks = [RandomData.Normal(3, SignalSize, 7), RandomData.Normal(0, SignalSize, 8), RandomData.Normal(9, SignalSize, 9)];
        async IAsyncEnumerable<Matrix> Blocks()
        {
            foreach (Matrix block in blocks)
            {
                await Task.Yield();
                yield return block;
            }
        }

        int i = 0;
        await foreach (Matrix z in encoder.EncodeAsync(Blocks(), 1, Cancellation))
            Assert.Equal(encoder.Encode(blocks[i++], 1, Cancellation).Values.ToArray(), z.Values.ToArray());

        Assert.Equal(3, i);
    }

    /// <summary>An instance method of that name would hide the overloads: two matrices would become views, and one thread do all.</summary>
    [Fact]
    public void No_encoder_hides_an_overload()
    {
        Type[] types = [.. typeof(ISparseEncoder).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(ISparseEncoder)))];

        Assert.InRange(types.Length, 15, 100);
        Assert.Empty(types.SelectMany(t => t.GetMethods(BindingFlags.Instance | BindingFlags.Public)).Where(m => m.Name == "Encode"));
    }

    [Fact]
    public void Two_matrices_are_encoded_on_several_threads()
    {
        using var meeting = new Meeting();

        meeting.Encode(new Matrix(1000, 1), new Matrix(1000, 1), threads: 2, Cancellation);

        Assert.True(meeting.HasMet);
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        ISparseEncoder encoder = Encoder("lista");
        var x = new float[SignalSize];
        Assert.Equal("'x' has 3 values; it must have 11. (Parameter 'x')", Message(() => encoder.Encode(new float[3], new float[13])));
        Assert.Equal("'z' has 12 values; it must have 13. (Parameter 'z')", Message(() => encoder.Encode(x, new float[12])));
        Assert.Equal("'x' has 3 values; it must have 11. (Parameter 'x')", Message(() => encoder.Encode(new float[3])));
        Assert.Equal("'x' has 3 values; it must have 11. (Parameter 'x')", Message(() => encoder.Encode(new double[3], new double[13])));
        Assert.Equal("'z' has 12 values; it must have 13. (Parameter 'z')", Message(() => encoder.Encode(new double[11], new double[12])));
        Assert.Equal("'x' has 3 columns; it must have 11. (Parameter 'x')",
            Message(() => encoder.Encode(new double[2, 3], cancellation: Cancellation)));
        Assert.Equal("'x[1]' has 3 values; it must have 11. (Parameter 'x[1]')",
            Message(() => encoder.Encode([x, new float[3]], cancellation: Cancellation).Count()));
        Assert.Equal("'x[1]' has 0 values; it must have 11. (Parameter 'x[1]')",
            Message(() => encoder.Encode([x, null!], cancellation: Cancellation).Count()));
        Assert.Equal("'x' has 3 dimensions; it must have 2, signals and their values. (Parameter 'x')",
            Message(() => encoder.Encode(Tensor.CreateFromShape<float>([1, 2, 11]), cancellation: Cancellation)));
        Assert.Equal("'z' is [2×11]; it must be [2×13]. (Parameter 'z')",
            Message(() => encoder.Encode(
                Tensor.CreateFromShape<float>([2, 11]), Tensor.CreateFromShape<float>([2, 11]), cancellation: Cancellation)));
    }

    [Fact]
    public void A_sequence_counts_its_rows_from_the_first()
    {
        float[][] x = [.. Enumerable.Range(0, 300).Select(i => RandomData.Normal(1, SignalSize, i).Values.ToArray())];
        x[299][2] = float.NaN;

        Assert.Equal("'x' holds NaN at row 299, column 2; every value must be finite. (Parameter 'x')",
            Message(() => Encoder("lista").Encode(x, 1, Cancellation).Count()));
    }

    private static string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;

    private static ISparseEncoder Encoder(string name) => Encoders().Single(e => e.Name == name).Create();

    private static IEnumerable<(string Name, Func<ISparseEncoder> Create)> Encoders() => EncoderFamilies.Of(Dictionary, 0.3f);

    /// <summary>Waits until another thread encodes too.</summary>
    private sealed class Meeting : ISparseEncoder, IDisposable
    {
        private readonly Barrier _barrier = new(2);

        public bool HasMet { get; private set; }

        public int SignalSize => 1;

        public int CodeSize => 1;

        public void EncodeRows(ReadOnlyMatrixView x, MatrixView z, CancellationToken cancellation = default)
        {
            if (!HasMet && _barrier.SignalAndWait(TimeSpan.FromSeconds(60), cancellation))
                HasMet = true;
        }

        public void Dispose() => _barrier.Dispose();
    }
}
