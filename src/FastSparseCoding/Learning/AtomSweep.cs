using System.Numerics.Tensors;
using FastSparseCoding.Kernels;

namespace FastSparseCoding.Learning;

/// <summary>
/// One sweep of block-coordinate descent over the atoms (Mairal et al. 2010, Algorithm 2), every atom in turn with all before it already
/// moved. The products a_kD of a block of atoms are one matrix product with D as it is when the block begins; what atoms of the block moved
/// since is added to the products of those after them.
/// </summary>
internal sealed class AtomSweep(int atoms, int size, int threads)
{
    /// <summary>Atoms in a block: enough for the product to run at the speed of one, few enough for what is added inside to be
    /// little.</summary>
    private const int Block = 48;

    /// <summary>Rows of a block's product that a thread takes at a time: whole register tiles.</summary>
    private const int RowsOfTask = 12;

    /// <summary>Multiply-adds in a block's product from which on it is worth threads.</summary>
    private const long WorthThreads = 4_000_000;

    /// <summary>An atom whose Σz² is below this fraction of the mean is left to the re-seeding.</summary>
    private const float SmallestWeight = 1e-7f;

    private readonly PackedMatrix _packed = new(atoms, size);           // D as the right factor
    private readonly Matrix _products = new(Math.Min(Block, atoms), size);      // a_kD
    private readonly Matrix _moves = new(Math.Min(Block, atoms), size);         // what each atom of the block moved by
    private readonly int[] _numbers = [.. Enumerable.Range(0, Block)];
    private readonly float[] _before = new float[size];

    /// <summary>Moves every atom of D [m×n] to its minimiser for the statistics A [m×m] and B [m×n], and projects it; the projection is
    /// told what it was before.</summary>
    public void Run(Matrix a, Matrix b, Matrix d, Projection project)
    {
        float mean = 0;
        for (int k = 0; k < atoms; k++)
            mean += a[k, k] / atoms;
        _packed.Pack(d);
        for (int first = 0; first < atoms; first += Block)
        {
            int count = Math.Min(Block, atoms - first);
            Multiply(a, first, count);                                                          // a_kD
            for (int j = 0; j < count; j++)
                Move(a, b, d, first, j, SmallestWeight * mean, project);
            _packed.PackRows(d, first, count);
        }
    }

    private void Multiply(Matrix a, int first, int count)
    {
        int rows = (long)count * atoms * size < WorthThreads ? count : RowsOfTask;
        RowBlocks.Run(count, rows, threads, CancellationToken.None,
            (start, height) => Gemm.Multiply(a.RowRange(first + start, height), _packed, _products.RowRange(start, height)));
    }

    /// <summary>Moves atom number j of a block.</summary>
    private void Move(Matrix a, Matrix b, Matrix d, int first, int j, float smallest, Projection project)
    {
        int k = first + j;
        Span<float> atom = d.Row(k), step = _products.Row(j), moved = _moves.Row(j);
        float weight = a[k, k];
        if (weight <= smallest)
        {
            moved.Clear();      // hardly used
            return;
        }
        FadedSum.Add(1, a.Row(k).Slice(first, j), _moves, _numbers.AsSpan(0, j), step);         // a_kD of the atoms as they are
        TensorPrimitives.Subtract(b.Row(k), step, step);                                        // b_k − a_kD
        atom.CopyTo(_before);
        TensorPrimitives.MultiplyAdd(step, 1 / weight, atom, atom);                             // d_k ← d_k + (b_k − a_kD)/A_kk
        project(atom, _before);
        TensorPrimitives.Subtract(atom, _before, moved);
    }

    /// <summary>Brings an atom back to those that are allowed.</summary>
    public delegate void Projection(Span<float> atom, ReadOnlySpan<float> before);
}
