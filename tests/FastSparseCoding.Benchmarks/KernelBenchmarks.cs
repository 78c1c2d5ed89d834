using BenchmarkDotNet.Attributes;
using FastSparseCoding.Kernels;
using FastSparseCoding.Solvers;

namespace FastSparseCoding.Benchmarks;

/// <summary>The kernels of sparse work: greedy updates, products of sparse codes, small systems in lanes.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private const int Rows = 256, Updates = 20, Support = 32;

    private readonly LaneSystems _systems = new(Support);
    private LaneSupport[] _supports = null!;
    private AlignedRows _alignedS = null!;
    private Matrix _b = null!;
    private Matrix _running = null!;
    private Matrix _s = null!;
    private Matrix _codes = null!;
    private Matrix _product = null!;
    private PackedMatrix _weights = null!;
    private float[] _theta = null!;
    private int[] _atoms = null!;

    /// <summary>Atoms m.</summary>
    [Params(100, 400)]
    public int Atoms { get; set; }

    /// <summary>Fills the operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        AtomDictionary dictionary = AtomDictionary.Normalize(Random(Atoms, 100, 1));
        _alignedS = dictionary.IdentityMinusGram;
        var correlations = new AtomCorrelations(dictionary, _alignedS, dictionary.PackedTransposed, 1);
        float[] thresholds = new Penalty(0.5f).Thresholds(Atoms);
        _supports = [.. Enumerable.Range(0, LaneSystems.Lanes).Select(l => new LaneSupport(_systems, l, correlations, thresholds))];
        _b = Random(Rows, Atoms, 2);
        _running = new Matrix(Rows, Atoms);
        _s = Random(Atoms, Atoms, 3);
        _codes = Random(Rows, Atoms, 4);
        foreach (ref float value in _codes.Values)
            value = Math.Abs(value) < 0.475f ? 0 : value;                   // one in twenty is not zero
        _product = new Matrix(Rows, Atoms);
        _weights = PackedMatrix.Of(_s);
        _theta = new float[Atoms];
        Array.Fill(_theta, 0.1f);
        _atoms = [.. Enumerable.Range(0, Support).Select(i => i * Atoms / Support)];
    }

    /// <summary>20 greedy updates of 256 rows, with the copy of B they start from.</summary>
    [Benchmark]
    public void GreedyUpdates()
    {
        _b.Values.CopyTo(_running.Values);
        GreedyRows.Update(_running, _alignedS, _theta, Updates, default);
    }

    /// <summary>256 codes, one in twenty coefficients not zero, by a square matrix.</summary>
    [Benchmark]
    public void SparseCodesTimesWeights() => SparseProduct.Multiply(_codes, _weights, _product);

    /// <summary>As many systems of 32 unknowns as a vector has lanes: gathered, factored and solved.</summary>
    [Benchmark]
    public uint SystemsInLanes()
    {
        for (int lane = 0; lane < LaneSystems.Lanes; lane++)
        {
            _supports[lane].Restart(1);
            foreach (int atom in _atoms)
                _supports[lane].TryEnter(atom, 1);
            _supports[lane].SetSystem(_b.Row(lane), 1, Support);
        }
        uint singular = _systems.Factor(Support, 1e-4f);
        _systems.Solve(Support);
        return singular;
    }

    private static Matrix Random(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        foreach (ref float value in matrix.Values)
            value = random.NextSingle() - 0.5f;
        return matrix;
    }
}
