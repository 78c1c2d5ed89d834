using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>
/// Reads codes [N×m] from the first to the last, block by block, whatever their form: dense, as an array of numbers, or as the csr_matrix
/// of an .npz. Memory is that of a block, but for dense codes of another format than .npy, which are held. For one thread.
/// </summary>
public sealed class CodesReader : IDisposable
{
    /// <summary>Most values of codes and signals together that a block has.</summary>
    private const int BlockValues = 1 << 22;

    private readonly RowsReader? _dense;
    private readonly CsrNpzReader? _sparse;

    private CodesReader(string path, RowsReader? dense, CsrNpzReader? sparse)
    {
        (Path, _dense, _sparse) = (path, dense, sparse);
        (Rows, Columns) = dense is null ? (sparse!.Rows, sparse.Columns) : (dense.Rows, dense.Columns);
    }

    /// <summary>The path as the caller gave it, or what messages call a stream.</summary>
    public string Path { get; }

    /// <summary>Number of codes N.</summary>
    public long Rows { get; }

    /// <summary>Values in a code m.</summary>
    public int Columns { get; }

    /// <summary>Codes read so far.</summary>
    public long Done { get; private set; }

    /// <summary>Opens a file, a stream or bytes.</summary>
    /// <param name="file">Codes [N×m]: an .npz as <see cref="CsrNpzWriter"/> and scipy.sparse.save_npz write it; or dense, as an .npy, a
    /// .csv, or FILE or FILE:NAME with one of the arrays of an .npz or .safetensors. The ending of a path says which, the beginning of a
    /// stream.</param>
    /// <returns>The reader, before the first code.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or holds none of them.</exception>
    public static CodesReader Open(FileSource file)
    {
        ArrayFile array = ArrayFile.Open(file);
        return array.Name is null && FileDescription.IsZip(array.File)
            ? new CodesReader(array.Path, null, CsrNpzReader.Open(array.File))
            : new CodesReader(array.Path, RowsReader.Of(array), null);
    }

    /// <summary>Reads the next codes.</summary>
    /// <param name="count">How many, from 0 to those that are left.</param>
    /// <returns>Codes [count×m], dense, finite.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many left.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or a value is not finite.</exception>
    public Matrix Read(int count)
    {
        Throw.IfOutside(count, 0, Rows - Done);
        Matrix z = _sparse?.Read(count).ToDense() ?? new Matrix(count, Columns);
        _dense?.Read(Done, z);
        RequireFinite(z, Done, "", "every value must be finite");
        Done += count;
        return z;
    }

    /// <summary>The signals of the codes that are left: x̂ = zD, block by block.</summary>
    /// <param name="dictionary">The dictionary D [m×n].</param>
    /// <param name="threads">Threads; 0 for one per core. The result does not depend on it.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <returns>Blocks of signals [count×n], the bits of <see cref="AtomDictionary.Reconstruct(Matrix)"/>; to be walked once.</returns>
    /// <exception cref="InvalidDataException">The codes are not of the dictionary's size; or, when its turn comes, a block is damaged, not
    /// finite or too large for float32.</exception>
    public IEnumerable<Matrix> Reconstruct(AtomDictionary dictionary, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        if (Columns != dictionary.AtomCount)
            Throw.InvalidFile(Path, $"holds codes of {Columns} values; the dictionary has {dictionary.AtomCount} atoms.");
        return Blocks(dictionary, threads, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _dense?.Dispose();
        _sparse?.Dispose();
    }

    private IEnumerable<Matrix> Blocks(AtomDictionary dictionary, int threads, CancellationToken cancellation)
    {
        int rows = Math.Clamp(BlockValues / (dictionary.AtomCount + dictionary.SignalSize), 1, 1 << 13);
        while (Done < Rows)
        {
            long first = Done;
            Matrix z = Read((int)Math.Min(rows, Rows - Done)), x = new(z.Rows, dictionary.SignalSize);
            RowBlocks.Run(z.Rows, RowBlocks.Size(z.Rows, RowBlocks.MostRows, threads), threads, cancellation,
                (start, count) => dictionary.Reconstruct(z.RowRange(start, count), x.RowRange(start, count)));  // x̂ = zD
            RequireFinite(x, first, " of its signals", "its codes are too large for float32");
            yield return x;
        }
    }

    private void RequireFinite(Matrix values, long first, string what, string mustBe)
    {
        if (values.Values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and int at)
            Throw.InvalidFile(Path, string.Create(
                CultureInfo.InvariantCulture,
                $"holds {values.Values[at]} at row {first + at / values.Columns}, column {at % values.Columns}{what}; {mustBe}."));
    }
}
