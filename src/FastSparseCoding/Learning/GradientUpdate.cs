using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>The paper's stochastic gradient: D ← D − η zᵀ(zD − x)/N, atoms back to unit norm, η falling as 1/(1 + t/100).</summary>
internal sealed class GradientUpdate(DictionaryLearningOptions options, int size) : AtomUpdate(options, size)
{
    private readonly double _rate = options.LearningRate;
    private readonly int _threads = options.Threads;
    private readonly Matrix _step = new(options.AtomCount, size), _before = new(options.AtomCount, size);
    private Matrix _residual = new(0, size);

    public override void Apply(Matrix d, Matrix x, Matrix? mask, CodeLists codes, long t)
    {
        float rate = (float)(_rate / (1 + t / 100.0) / x.Rows);
        if (_residual.Rows != x.Rows)
            _residual = new Matrix(x.Rows, x.Columns);
        Matrix residual = _residual;
        d.Values.CopyTo(_before.Values);
        RowBlocks.Run(x.Rows, RowsAtATime, _threads, CancellationToken.None, (first, count) =>
        {
            for (int i = first; i < first + count; i++)
            {
                FadedSum.Add(0, codes.ValuesOf(i), d, codes.AtomsOf(i), residual.Row(i));       // zD
                TensorPrimitives.Subtract(x.Row(i), residual.Row(i), residual.Row(i));          // x − zD
            }
        });
        RowBlocks.Run(d.Rows, RowsAtATime, _threads, CancellationToken.None, (first, count) =>
        {
            for (int k = first; k < first + count; k++)
            {
                FadedSum.Add(0, codes.FactorsOf(k), residual, codes.SignalsOf(k), _step.Row(k));        // zᵀ(x − zD)
                TensorPrimitives.MultiplyAdd(_step.Row(k), rate, d.Row(k), d.Row(k));                   // D ← D + η zᵀ(x − zD)/N
                Project(d.Row(k), _before.Row(k));
            }
        });
    }
}
