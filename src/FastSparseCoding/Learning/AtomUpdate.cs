using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>How the atoms move after a batch was encoded.</summary>
internal abstract class AtomUpdate(DictionaryLearningOptions options, int size)
{
    /// <summary>Σ zᵀz, faded [m×m].</summary>
    public Matrix A { get; } = new(options.AtomCount, options.AtomCount);

    /// <summary>Σ zᵀx, faded [m×n].</summary>
    public Matrix B { get; } = new(options.AtomCount, size);

    /// <summary>Share of the signals in A and B whose value at a place is not known but filled [n].</summary>
    public float[] Filled { get; } = new float[size];

    public static AtomUpdate Create(DictionaryLearningOptions options, int size)
        => options.Method == DictionaryMethod.Online ? new Online(options, size) : new Sgd(options, size);

    /// <summary>
    /// Updates D [m×n] after batch number <paramref name="t"/>, counted from 1, of signals x [N×n], where they are not known filled with zD, and codes
    /// z [N×m]; the mask tells of the batch which values are known, or is null where all are.
    /// </summary>
    public abstract void Apply(Matrix d, Matrix x, Matrix? mask, Matrix z, long t);

    /// <summary>Atom k is a new one: what was known of the old is forgotten.</summary>
    public void Forget(int k)
    {
        A.Row(k).Clear();
        B.Row(k).Clear();
        for (int j = 0; j < A.Rows; j++)
            A.Row(j)[k] = 0;
    }

    /// <summary>Back to the atoms that are allowed: d ← max(0, d) where none may be negative, then d/‖d‖; what it was where nothing is left.</summary>
    private void Project(Span<float> atom, ReadOnlySpan<float> before)
    {
        if (options.NonNegativeAtoms)
            TensorPrimitives.Max(atom, 0, atom);
        double norm = Math.Sqrt(Reduction.Dot(atom, atom));
        if (!(norm > 1e-12) || !double.IsFinite(norm))
        {
            before.CopyTo(atom);
            return;
        }
        TensorPrimitives.Multiply(atom, (float)(1 / norm), atom);
    }

    /// <summary>
    /// Mairal et al. 2010, Algorithms 1 and 2: A ← βA + zᵀz, B ← βB + zᵀx with β = (1 − 1/t)^ρ, then every atom in turn to the minimiser of the
    /// surrogate, d_k ← d_k + (b_k − a_kD)/A_kk, and back to unit norm; by way of max(0, d_k), as in their section 5, where atoms must not
    /// be negative.
    /// </summary>
    private sealed class Online(DictionaryLearningOptions options, int size) : AtomUpdate(options, size)
    {
        /// <summary>An atom whose Σz² is below this fraction of the mean is left to the re-seeding.</summary>
        private const float SmallestWeight = 1e-7f;

        private readonly double _forgetting = options.Forgetting;
        private readonly float[] _product = new float[size];
        private readonly float[] _before = new float[size];

        public override void Apply(Matrix d, Matrix x, Matrix? mask, Matrix z, long t)
        {
            float beta = (float)Math.Pow(1 - 1.0 / t, _forgetting);
            TensorPrimitives.Multiply(A.Values, beta, A.Values);
            TensorPrimitives.Multiply(B.Values, beta, B.Values);
            SparseProduct.MultiplyTransposed(z, z, A, accumulate: true);            // A ← βA + zᵀz
            SparseProduct.MultiplyTransposed(z, x, B, accumulate: true);            // B ← βB + zᵀx
            float mean = 0;
            for (int k = 0; k < d.Rows; k++)
                mean += A[k, k] / d.Rows;
            CountFilled(mask, t);
            Matrix? before = Filled.AsSpan().ContainsAnyExcept(0f) ? d.Clone() : null;
            for (int k = 0; k < d.Rows; k++)
                UpdateAtom(d, k, SmallestWeight * mean);
            if (before is not null)
                Refill(d, before);
        }

        /// <summary>φ ← φ + w(φ_batch − φ), w the share of a batch in what statistics that fade so hold.</summary>
        private void CountFilled(Matrix? mask, long t)
        {
            float weight = (float)Math.Min(1, (_forgetting + 1) / t);
            TensorPrimitives.Multiply<float>(Filled, 1 - weight, Filled);
            for (int i = 0; i < mask?.Rows; i++)
                for (int j = 0; j < Filled.Length; j++)
                    Filled[j] += (1 - mask[i, j]) * weight / mask.Rows;
        }

        /// <summary>
        /// What was filled with the atoms as they were is filled with the atoms as they are, B ← B + A(D − D_before) times the share that is filled: values that
        /// stayed would hold the atoms back. Exact where what is known does not depend on the code, and where the atoms have come to rest.
        /// </summary>
        private void Refill(Matrix d, Matrix before)
        {
            TensorPrimitives.Subtract(d.Values, before.Values, before.Values);
            var moved = new Matrix(d.Rows, d.Columns);
            Gemm.Multiply(A, before, moved);                                        // A(D − D_before)
            for (int k = 0; k < d.Rows; k++)
                TensorPrimitives.MultiplyAdd(moved.Row(k), Filled, B.Row(k), B.Row(k));
        }

        private void UpdateAtom(Matrix d, int k, float smallest)
        {
            float weight = A[k, k];
            if (weight <= smallest)
                return;     // hardly used
            Span<float> atom = d.Row(k);
            atom.CopyTo(_before);
            Gemm.Multiply(new ReadOnlyMatrixView(A.Row(k), 1, A.Rows), d, MatrixView.OfRow(_product));  // a_kD
            TensorPrimitives.Subtract(B.Row(k), _product, _product);                // b_k − a_kD
            TensorPrimitives.MultiplyAdd(_product, 1 / weight, atom, atom);         // d_k ← d_k + (b_k − a_kD)/A_kk
            Project(atom, _before);
        }
    }

    /// <summary>The paper's stochastic gradient: D ← D − η zᵀ(zD − x)/N, atoms back to unit norm, η falling as 1/(1 + t/100).</summary>
    private sealed class Sgd(DictionaryLearningOptions options, int size) : AtomUpdate(options, size)
    {
        private readonly double _rate = options.LearningRate;
        private readonly Matrix _step = new(options.AtomCount, size), _before = new(options.AtomCount, size);

        public override void Apply(Matrix d, Matrix x, Matrix? mask, Matrix z, long t)
        {
            float rate = (float)(_rate / (1 + t / 100.0) / x.Rows);
            var residual = new Matrix(x.Rows, x.Columns);
            d.Values.CopyTo(_before.Values);
            SparseRowsProduct(z, d, residual);                                      // zD
            TensorPrimitives.Subtract(x.Values, residual.Values, residual.Values);  // x − zD
            SparseProduct.MultiplyTransposed(z, residual, _step);                   // zᵀ(x − zD)
            TensorPrimitives.MultiplyAdd(_step.Values, rate, d.Values, d.Values);   // D ← D + η zᵀ(x − zD)/N
            for (int k = 0; k < d.Rows; k++)
                Project(d.Row(k), _before.Row(k));
        }

        private static void SparseRowsProduct(Matrix z, Matrix d, Matrix result)
        {
            for (int i = 0; i < z.Rows; i++)
                SparseRows.AddWeightedRows(z.Row(i), d, result.Row(i));
        }
    }
}
