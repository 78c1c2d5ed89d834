using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace FastSparseCoding.Storage;

/// <summary>An .npz file opened for reading: a zip of .npy members, stored or deflated, each checked against its length and
/// checksum.</summary>
internal sealed class NpzArchive : IDisposable
{
    // Deflate cannot shrink by more; a member that claims to is a lie about its length, met before memory is allocated for it.
    private const int MaxCompressionRatio = 1032;

    /// <summary>What is wrong with an array whose checksum is another.</summary>
    public const string Damaged = "does not match its checksum; the archive is damaged.";

    private readonly InputFile _file;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _members = new(StringComparer.Ordinal);

    private NpzArchive(InputFile file)
    {
        _file = file;
        _zip = new ZipArchive(file.Stream, ZipArchiveMode.Read, leaveOpen: true);
        long left = file.Length;
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            // Members that share their bytes would be read as often as there are names for them.
            if ((left -= Math.Min(entry.CompressedLength, file.Length)) < 0)
                Throw.InvalidFile(file.Path, "holds members that claim more bytes together than the file has; the archive is damaged.");
            string name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
            if (!_members.TryAdd(name, entry))
                Throw.InvalidFile(file.Path, $"holds two arrays '{name}'; expected one of every name.");
        }
    }

    /// <summary>The path as the caller gave it.</summary>
    public string Path => _file.Path;

    /// <summary>Names of the arrays, without the extension, in the file's order.</summary>
    public IReadOnlyCollection<string> Names => _members.Keys;

    public static NpzArchive Open(FileSource source) => Open(InputFile.Open(source));

    /// <summary>Reads the directory of a file, which it disposes.</summary>
    public static NpzArchive Open(InputFile file)
    {
        try
        {
            return Guard(file.Path, () => new NpzArchive(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => _members.ContainsKey(name);

    /// <summary>Header of an array, without its values.</summary>
    public NpyHeader ReadHeader(string name)
    {
        ZipArchiveEntry entry = Member(name);
        return Guard(Where(name), () =>
        {
            using Stream stream = entry.Open();
            return NpyHeader.Read(Where(name), stream, entry.Length);
        });
    }

    /// <summary>All values of an array of numbers, in the file's order, converted to T (integers that do not fit saturate).</summary>
    public T[] ReadValues<T>(string name, Action<NpyHeader> check)
        where T : unmanaged, INumber<T>
    {
        using NpzValues<T> array = OpenValues<T>(name, check);
        T[] values = FileMemory.Allocate<T>(Where(name), "its array", array.Count);
        array.Read(values);
        return values;
    }

    /// <summary>The same values to be read in pieces; several arrays may be open at once, on one thread.</summary>
    public NpzValues<T> OpenValues<T>(string name, Action<NpyHeader> check)
        where T : unmanaged, INumber<T>
    {
        ZipArchiveEntry entry = Member(name);
        string where = Where(name);
        return Guard(where, () =>
        {
            Stream raw = entry.Open();
            try
            {
                var stream = new ChecksumStream(raw);
                NpyHeader header = NpyHeader.Read(where, stream, entry.Length);
                check(header);
                return new NpzValues<T>(where, header, raw, stream, entry.Crc32);
            }
            catch
            {
                raw.Dispose();
                throw;
            }
        });
    }

    /// <summary>A member that holds texts, one dimension of characters ('U').</summary>
    public string[] ReadTexts(string name)
    {
        string[] texts = [];
        Read(name, (header, body) =>
        {
            if (header.Type.Kind != 'U' || header.Shape.Length != 1)
                Throw.InvalidFile(
                    Where(name), $"holds {header.ShapeText} values of type '{header.Type}'; expected one dimension of texts.");
            Span<byte> bytes = MemoryMarshal.AsBytes(
                FileMemory.Allocate<int>(Where(name), "its array", header.DataBytes / sizeof(int)).AsSpan());
            body.ReadExactly(bytes);
            Encoding encoding = header.Type.BigEndian ? new UTF32Encoding(bigEndian: true, byteOrderMark: false) : Encoding.UTF32;
            texts = new string[header.Count];
            for (int i = 0; i < texts.Length; i++)
                texts[i] = encoding.GetString(bytes.Slice(i * header.Type.Bytes, header.Type.Bytes)).TrimEnd('\0');
        });
        return texts;
    }

    /// <summary>A member that holds one short text, as bytes ('S') or as characters ('U').</summary>
    public string ReadText(string name)
    {
        string text = "";
        Read(name, (header, body) =>
        {
            if (header.Type.Kind is not ('S' or 'U') || header.DataBytes > 4096)
                Throw.InvalidFile(Where(name), $"holds {header.ShapeText} values of type '{header.Type}'; expected a short text.");
            var bytes = new byte[header.DataBytes];
            body.ReadExactly(bytes);
            text = (header.Type.Kind == 'S' ? Encoding.UTF8 : Encoding.UTF32).GetString(bytes).TrimEnd('\0');
        });
        return text;
    }

    public void Dispose()
    {
        _zip.Dispose();
        _file.Dispose();
    }

    /// <summary>How messages name a member.</summary>
    public string Where(string name) => $"{_file.Path}({name})";

    private void Read(string name, Action<NpyHeader, Stream> read)
    {
        ZipArchiveEntry entry = Member(name);
        string where = Where(name);
        Guard(where, () =>
        {
            using Stream raw = entry.Open();
            using var stream = new ChecksumStream(raw);
            read(NpyHeader.Read(where, stream, entry.Length), stream);
            if (stream.Checksum != entry.Crc32)
                Throw.InvalidFile(where, Damaged);
            return true;
        });
    }

    private ZipArchiveEntry Member(string name)
    {
        if (!_members.TryGetValue(name, out ZipArchiveEntry? entry))
            return Throw.InvalidFile<ZipArchiveEntry>(
                _file.Path, $"has no array '{name}'; it has {string.Join(", ", _members.Keys.Order(StringComparer.Ordinal))}.");
        if (entry.IsEncrypted)
            Throw.InvalidFile(Where(name), "is encrypted; expected an archive without a password.");
        if (entry.CompressedLength > _file.Length || entry.Length > entry.CompressedLength * MaxCompressionRatio + 64)
            Throw.InvalidFile(Where(name),
                $"claims {entry.Length} bytes from {entry.CompressedLength} compressed ones; the archive is damaged.");
        return entry;
    }

    /// <summary>The zip reader's own complaints do not name the file, and some are not even about files.</summary>
    public static T Guard<T>(string where, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(where, StringComparison.Ordinal))
        {
            return Throw.InvalidFile<T>(where, $"is not a readable zip archive: {e.Message}");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException or OverflowException)
        {
            return Throw.InvalidFile<T>(where, $"is not a readable zip archive: {e.Message}");
        }
    }
}
