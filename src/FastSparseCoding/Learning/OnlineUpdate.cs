using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>
/// Mairal et al. 2010, Algorithms 1 and 2: A ← βA + zᵀz, B ← βB + zᵀx with β = (1 − 1/t)^ρ, then every atom in turn to the minimiser of the
/// surrogate, d_k ← d_k + (b_k − a_kD)/A_kk, and back to unit norm; by way of max(0, d_k), as in their section 5, where atoms must not be
/// negative. ρ grows with the uses of the atoms, so that early on, and where there are many atoms, no more is forgotten than was learned.
/// </summary>
internal sealed class OnlineUpdate(DictionaryLearningOptions options, int size) : AtomUpdate(options, size)
{
    /// <summary>Uses of an average atom, for each of its values, that are always remembered: fewer do not fix it.</summary>
    private const double UsesOfValue = 1.5;

    /// <summary>Most values of the statistics that are sent, 16 MiB: those of large dictionaries never are.</summary>
    private const long MostTravelling = 1 << 22;

    /// <summary>Signals of so many values or more are so large a message themselves that no statistics of them are sent as well.</summary>
    private const int LargeSignals = 4096;

    /// <summary>Multiply-adds of these scattered sums that take as long as a value on a slow way, a gigabyte in a second.</summary>
    private const double WorthTravelling = 4;

    private readonly SharedWork _work = new(options.Ranks);
    private readonly double _forgetting = options.Forgetting;
    private readonly int _threads = options.Threads;
    private readonly AtomSweep _sweep = new(options.AtomCount, size, options.Threads);
    private Matrix? _before, _moved;        // D before the update, and what moved, where values are filled

    public override void Apply(Matrix d, Matrix x, Matrix? mask, CodeLists codes, long t)
    {
        double rho = Math.Min(_forgetting, 1 + t * (double)codes.Count / d.Rows / (UsesOfValue * d.Columns));
        float beta = (float)Math.Pow(1 - 1.0 / t, rho);
        if (IsWorthSharing(codes, x.Rows))
            _work.ShareRows(
                "statistics", (first, count) => AddBatch(beta, codes, x, first, count), CancellationToken.None, A, B);
        else
            AddBatch(beta, codes, x, 0, d.Rows);
        CountFilled(mask, rho, t);
        bool fills = Filled.AsSpan().ContainsAnyExcept(0f);
        if (fills)
            d.Values.CopyTo((_before ??= new Matrix(d.Rows, d.Columns)).Values);
        _sweep.Run(A, B, d, Project);
        if (fills)
            Refill(d, _before!);
    }

    /// <summary>Some rows of the statistics.</summary>
    private void AddBatch(float beta, CodeLists codes, Matrix x, int row, int rows)
        => RowBlocks.Run(rows, RowsAtATime, _threads, CancellationToken.None, (first, count) =>
        {
            for (int k = row + first; k < row + first + count; k++)
            {
                FadedSum.AddCodes(beta, codes, k, A.Row(k));                                    // A ← βA + zᵀz
                FadedSum.Add(beta, codes.FactorsOf(k), x, codes.SignalsOf(k), B.Row(k));        // B ← βB + zᵀx
            }
        });

    /// <summary>Whether ranks add up a part of the rows each: where what they spare is more than what then has to travel. Any answer gives
    /// the same bits.</summary>
    private bool IsWorthSharing(CodeLists codes, int signals)
    {
        long travels = A.Values.Length + (long)B.Values.Length;
        double multiplyAdds = codes.Count * ((double)codes.Count / signals + B.Columns);
        return _work.IsShared && travels <= MostTravelling && B.Columns < LargeSignals
            && multiplyAdds * (1 - 1.0 / _work.Ranks.Size) > WorthTravelling * travels;
    }

    /// <summary>φ ← φ + w(φ_batch − φ), w the share of a batch in what statistics that fade so hold.</summary>
    private void CountFilled(Matrix? mask, double rho, long t)
    {
        float weight = (float)Math.Min(1, (rho + 1) / t);
        TensorPrimitives.Multiply<float>(Filled, 1 - weight, Filled);
        for (int i = 0; i < mask?.Rows; i++)
            for (int j = 0; j < Filled.Length; j++)
                Filled[j] += (1 - mask[i, j]) * weight / mask.Rows;
    }

    /// <summary>
    /// What was filled with the atoms as they were is filled with the atoms as they are, B ← B + A(D − D_before) times the share that is
    /// filled: values that stayed would hold the atoms back. Exact where what is known does not depend on the code, and where the atoms
    /// have come to rest.
    /// </summary>
    private void Refill(Matrix d, Matrix before)
    {
        TensorPrimitives.Subtract(d.Values, before.Values, before.Values);
        Matrix moved = _moved ??= new Matrix(d.Rows, d.Columns);
        Gemm.Multiply(A, before, moved);                                                        // A(D − D_before)
        for (int k = 0; k < d.Rows; k++)
            TensorPrimitives.MultiplyAdd(moved.Row(k), Filled, B.Row(k), B.Row(k));
    }
}
