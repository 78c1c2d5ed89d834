using CsCheck;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>What is written reads back bit for bit, whatever its shape, names, kind and penalty.</summary>
public sealed class StoragePropertyTests : IDisposable
{
    private static readonly Gen<(int Rows, int Columns, int Seed)> Shapes = Gen.Select(Gen.Int[0, 70], Gen.Int[0, 70], Gen.Int[0, 9999]);

    private static readonly Gen<string> Names = Gen.String[Gen.Char["abcXYZ019_-. λ"], 1, 12];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_matrix_is_the_same_read_whole_and_read_row_by_row()
        => Shapes.Sample(shape =>
        {
            Matrix x = AnyBits(shape);
            string path = _folder.File("x.npy");
            Npy.Write(path, x);
            Matrix read = Npy.ReadMatrix(path), streamed = new(x.Rows, x.Columns);
            using (NpyReader reader = NpyReader.Open(path))
            {
                var random = new Random(shape.Seed);
                for (int row = 0, count; row < x.Rows; row += count)
                {
                    count = Math.Min(random.Next(1, 20), x.Rows - row);
                    reader.Read(row, streamed.RowRange(row, count));
                }
            }
            Assert.Equal((x.Rows, x.Columns), (read.Rows, read.Columns));
            Assert.Equal(Bits(x), Bits(read));
            Assert.Equal(Bits(x), Bits(streamed));
        }, iter: 60, threads: 1);

    [Fact]
    public void Any_arrays_under_any_names_read_back_from_an_archive()
        => Gen.Select(Names.Array[0, 5], Shapes.Array[5]).Sample((names, shapes) =>
        {
            KeyValuePair<string, Matrix>[] arrays =
                [.. names.Distinct(StringComparer.Ordinal).Zip(shapes, (name, shape) => KeyValuePair.Create(name, AnyBits(shape)))];
            string path = _folder.File("x.npz");
            Npz.Write(path, arrays);

            Assert.Equal(arrays.Select(a => a.Key), Npz.Names(path));
            foreach ((string name, Matrix x) in arrays)
            {
                Matrix read = Npz.ReadMatrix(path, name);
                Assert.Equal((x.Rows, x.Columns), (read.Rows, read.Columns));
                Assert.Equal(Bits(x), Bits(read));
            }
        }, iter: 40, threads: 1);

    [Fact]
    public void Any_codes_read_back_from_an_archive()
        => Gen.Select(Shapes, Gen.Double[0, 1]).Sample((shape, density) =>
        {
            var random = new Random(shape.Seed);
            Matrix z = RandomData.Normal(shape.Rows, shape.Columns, shape.Seed);
            foreach (ref float value in z.Values)
                value = random.NextDouble() < density ? value : 0;
            var codes = SparseCodes.FromDense(z);
            Npz.WriteCodes(_folder.File("z.npz"), codes);
            SparseCodes read = Npz.ReadCodes(_folder.File("z.npz"));

            Assert.Equal((codes.Rows, codes.Columns), (read.Rows, read.Columns));
            Assert.Equal(codes.RowStarts, read.RowStarts);
            Assert.Equal(Bits(codes.ToDense()), Bits(read.ToDense()));
        }, iter: 60, threads: 1);

    [Fact]
    public void Any_tensors_read_back_from_safetensors()
        => Gen.Select(Names.Array[0, 6], Gen.Int[0, 5].Array[0, 4], Gen.Int[0, 9999]).Sample((names, sides, seed) =>
        {
            string path = _folder.File("x.safetensors");
            long[] shape = Array.ConvertAll(sides, side => (long)side);
            int count = (int)shape.Aggregate(1L, (a, b) => a * b);
            string[] distinct = [.. names.Distinct(StringComparer.Ordinal)];
            var writer = new SafeTensorsWriter();
            for (int i = 0; i < distinct.Length; i++)
                writer.Add<float>(distinct[i], shape, AnyBits((1, count, seed + i)).Values);
            AtomicFile.Write(path, writer.WriteTo);

            using SafeTensorsReader reader = SafeTensorsReader.Open(path);
            Assert.Equal(distinct.Order(StringComparer.Ordinal), reader.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
            for (int i = 0; i < distinct.Length; i++)
                Assert.Equal(Bits(AnyBits((1, count, seed + i))),
                    Array.ConvertAll(reader.Read<float>(distinct[i], shape), BitConverter.SingleToInt32Bits));
        }, iter: 60, threads: 1);

    [Fact]
    public void Any_model_keeps_its_kind_penalty_preprocessing_and_bits()
        => (from kind in Gen.OneOf(EncoderFactory.Kinds.ToArray())
            from side in Gen.Int[1, 6]
            from atoms in Gen.Int[1, 20]
            from depth in Gen.Int[0, 4]
            from seed in Gen.Int[0, 9999]
            from lambda in Gen.Single[1e-3f, 10]
            from ridge in Gen.OneOf(Gen.Const(0f), Gen.Single[0, 5])
            from weighted in Gen.Bool
            from nonNegative in Gen.Bool
            from deviation in Gen.Single[1e-3f, 1]
            select (kind, side, atoms, depth, seed, lambda, ridge, weighted, nonNegative, deviation)).Sample(model =>
        {
            (string kind, int size) = (model.kind, model.side * model.side);
            AtomDictionary dictionary = RandomData.Dictionary(model.atoms, size, model.seed);
            float[] weights = model.weighted ? [.. Enumerable.Range(1, model.atoms).Select(k => 1f / k)] : [];
            var penalty = new Penalty(
                model.lambda, weights, model.ridge, model.nonNegative && !kind.StartsWith("tanh", StringComparison.Ordinal));
            TrainableEncoder encoder = EncoderFactory.Create(kind, dictionary, penalty, kind.StartsWith('l') ? model.depth : 0);
            var patches = new PatchPreprocessing { PatchSize = model.side, MinimumDeviation = model.deviation };
            Matrix x = RandomData.Normal(7, size, model.seed + 1);

            ModelFile.Save(_folder.File("m.safetensors"), encoder, patches);
            TrainableEncoder read = ModelFile.LoadEncoder(_folder.File("m.safetensors"), dictionary);

            Assert.Equal((kind, penalty, patches), (read.Kind, read.Penalty, PatchPreprocessing.Read(_folder.File("m.safetensors"))));
            Assert.Equal(Bits(encoder.Encode(x, 1, TestContext.Current.CancellationToken)),
                Bits(read.Encode(x, 1, TestContext.Current.CancellationToken)));
        }, iter: 60, threads: 1);

    /// <summary>Every pattern of bits, NaN and infinity among them.</summary>
    private static Matrix AnyBits((int Rows, int Columns, int Seed) shape)
    {
        var random = new Random(shape.Seed);
        var x = new Matrix(shape.Rows, shape.Columns);
        foreach (ref float value in x.Values)
            value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        return x;
    }

    private static int[] Bits(Matrix x) => Array.ConvertAll(x.Values.ToArray(), BitConverter.SingleToInt32Bits);
}
