using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>
/// How the lanes of a <see cref="Homotopy"/> learn of the atoms outside their supports. From S = I − G a row's B = xDᵀ + zS is a sum of as
/// many rows of S as the support has atoms; from the residuals r = x − zD of many rows it is one product with all atoms. The first reads
/// k·m numbers a row, the second computes n·m products: it is taken where S would be in no cache, where there is none, and where values of
/// signals are unknown, so that every row has a Gram matrix of its own.
/// </summary>
internal sealed class AtomCorrelations
{
    /// <summary>S of more atoms is in no cache.</summary>
    private const int MostAtomsToSum = 2048;

    private readonly AtomDictionary _dictionary;
    private readonly AlignedRows? _s;
    private readonly PackedMatrix _encoderTransposed;   // Dᵀ as b = xDᵀ is scaled
    private readonly float _scale;                      // its scale
    private readonly bool _sums;                        // whether rows of S are summed
    private readonly Matrix _residuals;
    private readonly Matrix _correlations;
    private readonly int[] _rowOf = new int[LaneSystems.Lanes];     // row of every lane in the product
    private readonly float[][] _masks;      // of every lane [n]; empty where all of its row is known
    private readonly float[] _rowOfS;
    private readonly double[] _atom;
    private readonly double[] _products;

    /// <summary>Allocates for the lanes of one homotopy.</summary>
    /// <param name="dictionary">Dictionary D [m×n].</param>
    /// <param name="s">S = I − G [m×m], or null.</param>
    /// <param name="encoderTransposed">Dᵀ [n×m] times the scale.</param>
    /// <param name="scale">What b, θ and S are multiplied by.</param>
    public AtomCorrelations(AtomDictionary dictionary, AlignedRows? s, PackedMatrix encoderTransposed, float scale)
    {
        (_dictionary, _s, _encoderTransposed, _scale) = (dictionary, s, encoderTransposed, scale);
        _sums = s is not null && dictionary.AtomCount <= MostAtomsToSum;
        int lanes = _sums ? 0 : LaneSystems.Lanes;
        _residuals = new Matrix(lanes, dictionary.SignalSize);
        _correlations = new Matrix(lanes, dictionary.AtomCount);
        _masks = [.. Enumerable.Repeat(Array.Empty<float>(), LaneSystems.Lanes)];
        _rowOfS = new float[s is null ? dictionary.AtomCount : 0];
        _atom = new double[PreciseRows.Padded(dictionary.SignalSize)];
        _products = new double[Homotopy.MostAtoms];
    }

    /// <summary>A lane goes over to a row with another mask [n], empty where all of the row is known.</summary>
    public void SetMask(int lane, ReadOnlySpan<float> mask)
    {
        if (_masks[lane].Length != mask.Length)
            _masks[lane] = new float[mask.Length];
        mask.CopyTo(_masks[lane]);
    }

    /// <summary>The row of S of an atom [m] for a lane, valid at that atom and some others, until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<float> RowOfS(int lane, int atom, ReadOnlySpan<int> others)
    {
        if (_s is not null)
            return _s.Row(atom);
        float[] mask = _masks[lane];
        PreciseRows.Widen(_dictionary.Atoms.Row(atom), _atom);
        if (mask.Length > 0)
            PreciseRows.Mask(_atom, mask);
        PreciseRows.Dots(_dictionary.Rows, others, _atom, _products.AsSpan(0, others.Length));
        for (int j = 0; j < others.Length; j++)
            _rowOfS[others[j]] = (float)(-_scale * _products[j]);
        _rowOfS[atom] = mask.Length == 0 ? 0 : (float)(_scale * (1 - PreciseRows.Dot(_atom, _atom)));      // 1 − (‖Md‖² + μ)/(1 + μ)
        return _rowOfS;
    }

    /// <summary>Forms the correlations of all lanes at once, where they are not summed row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Correlate(ReadOnlySpan<HomotopyLane> lanes, ReadOnlyMatrixView x)
    {
        if (_sums)
            return;
        int rows = 0;
        foreach (HomotopyLane lane in lanes)
        {
            if (lane.Row < 0)
                continue;
            _rowOf[lane.Number] = rows;
            Span<float> r = _residuals.Row(rows++);
            // r = x − zD
            SparseRows.Residual(x.Row(lane.Row), _dictionary.Rows, lane.Support.Atoms, lane.Support.Values, r);
            if (_masks[lane.Number].Length > 0)
                TensorPrimitives.Multiply(r, _masks[lane.Number], r);
        }
        // c = rDᵀ
        Gemm.Multiply(_residuals.RowRange(0, rows), _encoderTransposed, _correlations.RowRange(0, rows));
    }

    /// <summary>Lists the atoms outside a lane's support whose correlation exceeds its bound less a margin at the solution, and by how
    /// much, with sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int List(HomotopyLane lane, ReadOnlySpan<float> b, float margin, float floor, Span<float> excess, Span<int> atoms)
    {
        LaneSupport support = lane.Support;
        return !_sums ? Violations.List(_correlations.Row(_rowOf[lane.Number]), support.Bounds, margin, floor, excess, atoms)
            // c = b + zS off the support
            : CodState.ListViolations(b, _s!, support.Atoms, support.Values, support.Bounds, margin, floor, excess, atoms);
    }
}
