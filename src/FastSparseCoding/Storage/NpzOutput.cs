using System.IO.Compression;
using System.Text;

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

    /// <summary>A single number, of no dimension.</summary>
    public void AddNumber(string name, int value) => Add(name, ElementType.Int32, [], stream => stream.WriteValues<int>([value]));

    /// <summary>A single text, of no dimension.</summary>
    public void AddText(string name, string text) => AddTexts(name, [], [text]);

    /// <summary>Texts: NumPy gives each the room of the longest, 4 bytes a character.</summary>
    public void AddTexts(string name, IReadOnlyList<string> texts) => AddTexts(name, [texts.Count], texts);

    /// <summary>The two small members that make a SciPy csr_matrix of the other three.</summary>
    public void AddCsrFormat(long rows, int columns)
    {
        Add("format", new ElementType('S', 3), [], stream => stream.Write("csr"u8));
        Add<long>("shape", new[] { rows, columns });
    }

    public void Dispose() => _zip.Dispose();

    private void AddTexts(string name, ReadOnlySpan<long> shape, IReadOnlyList<string> texts)
    {
        int size = Math.Max(1, texts.Select(t => Encoding.UTF32.GetByteCount(t) / 4).DefaultIfEmpty().Max());
        Add(name, new ElementType('U', size), shape, stream =>
        {
            var bytes = new byte[4 * size];
            foreach (string text in texts)
            {
                bytes.AsSpan(Encoding.UTF32.GetBytes(text, bytes)).Clear();
                stream.Write(bytes);
            }
        });
    }
}
