using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>Reads the rows of a SciPy csr_matrix in an .npz from the first to the last, in memory for the rows asked for.</summary>
internal sealed class CsrNpzReader : IDisposable
{
    private readonly NpzArchive _archive;
    private readonly List<IDisposable> _owned = [];
    private readonly NpzValues<int> _indices;
    private readonly NpzValues<float> _values;
    private readonly NpzValues<long> _rowStarts;
    private long _start;        // where the next row starts

    private CsrNpzReader(NpzArchive archive)
    {
        _archive = archive;
        try
        {
            (Rows, Columns) = Npz.RequireCodes(archive, long.MaxValue - 1);
            _indices = Own(archive.OpenValues<int>("indices", h => Npz.RequireInteger(archive.Where("indices"), h)));
            _values = Own(archive.OpenValues<float>("data", h => h.RequireFloat(archive.Where("data"))));
            _rowStarts = Own(archive.OpenValues<long>("indptr", h => Npz.RequireInteger(archive.Where("indptr"), h)));
            _start = ReadStarts(1)[0];
            if (_start != 0)
                Throw.InvalidFile(archive.Path, $"holds row starts that begin at {_start}; they must begin at 0.");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of rows N.</summary>
    public long Rows { get; }

    /// <summary>Number of columns m.</summary>
    public int Columns { get; }

    /// <summary>Rows read so far.</summary>
    public long Done { get; private set; }

    /// <summary>Reads an opened file, which it disposes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or holds another kind of matrix.</exception>
    public static CsrNpzReader Open(InputFile file) => new(NpzArchive.Open(file));

    /// <summary>Reads the next rows, of which there must be as many.</summary>
    public SparseCodes Read(int count)
    {
        long[] ends = ReadStarts(count);
        var starts = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            long before = i == 0 ? _start : ends[i - 1];
            if (ends[i] < before || ends[i] > _values.Count || ends[i] - before > Columns)
                Refuse(string.Create(
                    CultureInfo.InvariantCulture, $"row {Done + i} goes from {before} to {ends[i]} of {_values.Count} values"));
            starts[i + 1] = (int)(ends[i] - _start);
        }
        if (Done + count == Rows && (count == 0 ? _start : ends[^1]) is var last && last != _values.Count)
            Refuse(string.Create(CultureInfo.InvariantCulture, $"the last row ends at {last} of {_values.Count} values"));
        var columns = new int[starts[^1]];
        var values = new float[starts[^1]];
        _indices.Read(columns);
        _values.Read(values);
        Done += count;
        _start += starts[^1];
        return Npz.Assemble(_archive.Path, Columns, starts, columns, values);
    }

    public void Dispose()
    {
        foreach (IDisposable array in _owned)
            array.Dispose();
        _archive.Dispose();
    }

    private long[] ReadStarts(int count)
    {
        var starts = new long[count];
        _rowStarts.Read(starts);
        return starts;
    }

    private void Refuse(string what) => Throw.InvalidFile(_archive.Path, $"holds arrays that are no sparse matrix: {what}.");

    private T Own<T>(T array)
        where T : IDisposable
    {
        _owned.Add(array);
        return array;
    }
}
