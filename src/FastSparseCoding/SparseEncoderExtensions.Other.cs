using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastSparseCoding;

/// <summary>What other code holds: doubles, sequences, tensors. Values are copied, and doubles rounded to float32.</summary>
public static partial class SparseEncoderExtensions
{
    /// <summary>Encodes one signal of doubles, rounded to float32, on the calling thread. After the first call nothing is
    /// allocated.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signal [n], finite and within float32.</param>
    /// <param name="z">Receives the code [m]; what it held is overwritten.</param>
    /// <exception cref="ArgumentException">A length is wrong, the signal holds NaN or infinity, or its code would.</exception>
    public static void Encode(this ISparseEncoder encoder, ReadOnlySpan<double> x, Span<double> z)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        Throw.IfLengthNot(x.Length, encoder.SignalSize, nameof(x));
        Throw.IfLengthNot(z.Length, encoder.CodeSize, nameof(z));
        float[] rented = ArrayPool<float>.Shared.Rent(checked(x.Length + z.Length));
        Span<float> signal = rented.AsSpan(0, x.Length), code = rented.AsSpan(x.Length, z.Length);
        TensorPrimitives.ConvertTruncating(x, signal);
        encoder.Encode(signal, code);
        TensorPrimitives.ConvertTruncating<float, double>(code, z);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Encodes a batch of doubles, rounded to float32, on all cores.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite and within float32.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <returns>Codes [N×m].</returns>
    /// <exception cref="ArgumentException">The shape is wrong, a signal holds NaN or infinity, or its code would.</exception>
    /// <example><code>
    /// double[,] codes = encoder.Encode(new double[100, encoder.SignalSize]);
    /// </code></example>
    public static double[,] Encode(this ISparseEncoder encoder, double[,] x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        var signals = new Matrix(x.GetLength(0), x.GetLength(1));
        TensorPrimitives.ConvertTruncating(Flat(x), signals.Values);
        Matrix codes = encoder.Encode(signals, threads, cancellation);
        var z = new double[codes.Rows, codes.Columns];
        TensorPrimitives.ConvertTruncating<float, double>(codes.Values, Flat(z));
        return z;
    }

    /// <summary>Encodes a sequence of signals lazily, in blocks: as many signals as all threads take at a time are read ahead.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [n], finite; of any number.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <returns>A code [m] for every signal, in their order.</returns>
    /// <exception cref="ArgumentException">A signal's length is wrong, it holds NaN or infinity, or its code would; when it is its
    /// turn.</exception>
    /// <example><code>
    /// IEnumerable&lt;float[]&gt; signals = File.ReadLines("signals.csv")
    ///     .Select(line =&gt; Array.ConvertAll(line.Split(','), float.Parse));
    /// foreach (float[] code in encoder.Encode(signals))
    ///     Console.WriteLine(code.Count(value =&gt; value != 0));
    /// </code></example>
    public static IEnumerable<float[]> Encode(
        this ISparseEncoder encoder, IEnumerable<float[]> x, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(x);
        int rows = checked(RowBlocks.MostRows * RowBlocks.Threads(threads));
        return x.Chunk(rows).Select((chunk, i) => EncodeChunk(encoder, chunk, (long)rows * i, threads, cancellation))
            .SelectMany(z => Enumerable.Range(0, z.Rows).Select(i => z.Row(i).ToArray()));
    }

    /// <summary>Encodes a tensor of two dimensions into a new one, on all cores.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite, dense or with strides; they are copied once.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <returns>Codes [N×m], dense.</returns>
    /// <exception cref="ArgumentException">The shape is wrong, a signal holds NaN or infinity, or its code would.</exception>
    /// <example><code>
    /// Tensor&lt;float&gt; signals = Tensor.Create(x.Values.ToArray(), [x.Rows, x.Columns]);
    /// Tensor&lt;float&gt; codes = encoder.Encode(signals);
    /// </code></example>
    public static Tensor<float> Encode(
        this ISparseEncoder encoder, in ReadOnlyTensorSpan<float> x, int threads = 0, CancellationToken cancellation = default)
    {
        Matrix z = encoder.Encode(Rows(x), threads, cancellation);
        return Tensor.Create(z.Buffer, [z.Rows, z.Columns]);
    }

    /// <summary>Encodes a tensor of two dimensions into the caller's, on all cores.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Signals [N×n], finite, dense or with strides; they are copied once.</param>
    /// <param name="z">Receives the codes [N×m], dense or with strides.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops between blocks of rows, and within them where the encoder can.</param>
    /// <exception cref="ArgumentException">A shape is wrong, a signal holds NaN or infinity, or its code would.</exception>
    public static void Encode(
        this ISparseEncoder encoder, in ReadOnlyTensorSpan<float> x, in TensorSpan<float> z, int threads = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        Matrix signals = Rows(x);
        Throw.IfTensorShapeNot(z.Lengths, signals.Rows, encoder.CodeSize, nameof(z));
        Matrix codes = encoder.Encode(signals, threads, cancellation);
        new ReadOnlyTensorSpan<float>(codes.Buffer, [codes.Rows, codes.Columns]).CopyTo(z);
    }

    private static Matrix EncodeChunk(ISparseEncoder encoder, float[][] chunk, long first, int threads, CancellationToken cancellation)
    {
        Matrix x = new(chunk.Length, encoder.SignalSize), z = new(chunk.Length, encoder.CodeSize);
        for (int i = 0; i < chunk.Length; i++)
        {
            Throw.IfLengthNot(chunk[i]?.Length ?? 0, x.Columns, $"x[{first + i}]");
            chunk[i].CopyTo(x.Row(i));
        }
        Encode(encoder, x, z, first, threads, cancellation);
        return z;
    }

    private static Matrix Rows(in ReadOnlyTensorSpan<float> x)
    {
        if (x.Rank != 2)
            Throw.Argument(nameof(x), $"'x' has {x.Rank} dimensions; it must have 2, signals and their values.");
        var rows = new Matrix(checked((int)x.Lengths[0]), checked((int)x.Lengths[1]));
        x.FlattenTo(rows.Values);
        return rows;
    }

    private static Span<double> Flat(double[,] values)
        => MemoryMarshal.CreateSpan(ref Unsafe.As<byte, double>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);
}
