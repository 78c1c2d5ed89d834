using BenchmarkDotNet.Attributes;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Benchmarks;

/// <summary>The product of an encoder's layer: a block of codes by packed weights, at the paper's two code sizes and three block
/// heights.</summary>
[MemoryDiagnoser]
public class GemmBenchmarks
{
    private Matrix _a = null!;
    private PackedMatrix _weights = null!;
    private Matrix _c = null!;

    /// <summary>Size of the square weight matrix.</summary>
    [Params(100, 400)]
    public int Size { get; set; }

    /// <summary>Rows of the block: one patch, a training batch, a long batch.</summary>
    [Params(1, 64, 4096)]
    public int Rows { get; set; }

    /// <summary>Fills the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _a = Random(Rows, Size, 1);
        _weights = new PackedMatrix(Size, Size);
        _weights.Pack(Random(Size, Size, 2));
        _c = new Matrix(Rows, Size);
    }

    /// <summary>C = A·W with W packed once.</summary>
    [Benchmark]
    public void Packed() => Gemm.Multiply(_a, _weights, _c);

    private static Matrix Random(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        foreach (ref float value in matrix.Values)
            value = random.NextSingle() - 0.5f;
        return matrix;
    }
}
