using System.IO.Compression;

namespace FastSparseCoding.Storage;

/// <summary>Writes .npy members into a zip, stored, with fixed dates, so that the same arrays always make the same bytes. ZIP64 where sizes
/// ask for it.</summary>
internal sealed class NpzOutput(Stream target) : IDisposable
{
    // What Python's zipfile writes too: the first date a zip can hold.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _zip = new(target, ZipArchiveMode.Create, leaveOpen: true);

    public void Add(string name, ElementType type, ReadOnlySpan<long> shape, Action<Stream> writeValues)
    {
        ZipArchiveEntry entry = _zip.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
        entry.LastWriteTime = Epoch;
        using Stream stream = entry.Open();
        stream.Write(NpyHeader.Format(type, shape));
        writeValues(stream);
    }

    public void Add<T>(string name, ReadOnlyMemory<T> values)
        where T : unmanaged
        => Add(name, ElementType.Of<T>(), [values.Length], stream => stream.WriteValues(values.Span));

    /// <summary>The two small members that make a SciPy csr_matrix of the other three.</summary>
    public void AddCsrFormat(long rows, int columns)
    {
        Add("format", new ElementType('S', 3), [], stream => stream.Write("csr"u8));
        Add<long>("shape", new[] { rows, columns });
    }

    public void Dispose() => _zip.Dispose();
}
