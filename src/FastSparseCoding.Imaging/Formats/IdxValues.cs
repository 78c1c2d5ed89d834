using System.Buffers.Binary;
using System.IO.Compression;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// The values of an IDX file, read as they are asked for: no memory is taken for more than the file can hold, and no more is unpacked than
/// its header promises. A gzipped file (RFC 1952) must have its check sum and length.
/// </summary>
internal sealed class IdxValues : IDisposable
{
    private const int MaxValues = 1 << 30, MostDimensions = 4;

    /// <summary>
    /// A gzip file that holds the byte 1. Put behind another it is unpacked after that one's end, but only if it has one: a reader takes a
    /// file that is cut short for ended.
    /// </summary>
    private static readonly byte[] Mark = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 0x63, 0x04, 0x00, 0x1B, 0xDF, 0x05, 0xA5, 1, 0, 0, 0];

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    private readonly string _path;
    private readonly InputFile _file;
    private readonly Stream _values;
    private readonly bool _zipped;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">How many dimensions it must have.</param>
    /// <param name="expected">What it should be, for messages.</param>
    public IdxValues(string path, int dimensions, string expected)
    {
        _path = path;
        _file = InputFile.Open(path);
        try
        {
            Span<byte> magic = stackalloc byte[2];
            _zipped = _file.Stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic.SequenceEqual(GzipMagic);
            _file.Stream.Position = 0;
            _values = _zipped
                ? new GZipStream(new MarkedStream(_file.Stream, Mark), CompressionMode.Decompress)
                : new BufferedStream(_file.Stream, 1 << 16);
            Sizes = ReadSizes(dimensions, expected);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The sizes of the dimensions.</summary>
    public int[] Sizes { get; }

    /// <summary>Whether the file is packed by gzip.</summary>
    public bool IsZipped => _zipped;

    /// <summary>Bytes of the file.</summary>
    public long FileBytes => _file.Length;

    /// <summary>How many dimensions a file has that begins as those of unsigned bytes do, packed or not; null of any other.</summary>
    public static int? TryFindDimensions(string path)
    {
        using InputFile file = InputFile.Open(path);
        Span<byte> start = stackalloc byte[4];
        int read = file.Stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start[..read].StartsWith(GzipMagic))
            try
            {
                file.Stream.Position = 0;
                using var values = new GZipStream(file.Stream, CompressionMode.Decompress, leaveOpen: true);
                read = values.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            }
            catch (InvalidDataException)
            {
                return null;        // packed otherwise than it says: none of these
            }
        return read == start.Length && start is [0, 0, 0x08, >= 1 and <= MostDimensions] ? start[3] : null;
    }

    public void ReadExactly(Span<byte> values)
    {
        int read = Read(values);
        if (read < values.Length)
            Throw.InvalidFile(_path, $"is cut short: it ends before the last value of its sizes {string.Join('×', Sizes)}.");
    }

    /// <summary>Refuses what follows the last value, and a gzip file without its end.</summary>
    public void Finish()
    {
        Span<byte> rest = stackalloc byte[2];
        int read = Read(rest);
        if (read > (_zipped ? 1 : 0))
            Throw.InvalidFile(_path, $"holds more values than its sizes {string.Join('×', Sizes)} make.");
        if (_zipped && (read == 0 || rest[0] != 1))
            Throw.InvalidFile(_path,
                $"is cut short: it ends before the last value of its sizes {string.Join('×', Sizes)}, or before its own check sum.");
    }

    public void Dispose()
    {
        _values?.Dispose();
        _file.Dispose();
    }

    private int[] ReadSizes(int dimensions, string expected)
    {
        var header = new byte[4 + 4 * dimensions];
        if (Read(header) < header.Length || !header.AsSpan().StartsWith((ReadOnlySpan<byte>)[0, 0, 0x08, (byte)dimensions]))
            Throw.InvalidFile(_path, $"is no IDX file of {expected}.");
        var sizes = new int[dimensions];
        long count = 1, most = 1;       // most: as if a size of 0 were 1, since the rows of no images have a length too
        for (int i = 0; i < dimensions; i++)
        {
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + 4 * i));
            if (sizes[i] < 0 || (most *= Math.Max(sizes[i], 1)) > MaxValues)
                Throw.InvalidFile(_path, $"claims sizes {string.Join('×', sizes.Take(i + 1))}; at most {MaxValues} values are read.");
            count *= sizes[i];
        }
        if (_zipped)
            Deflate.RequirePossible(_path, count, _file.Length);
        else if (_file.Length - header.Length != count)
            Throw.InvalidFile(_path, $"holds {_file.Length - header.Length} values; its sizes {string.Join('×', sizes)} make {count}.");
        return sizes;
    }

    private int Read(Span<byte> target)
    {
        try
        {
            return _values.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return Throw.InvalidFile<int>(_path,
                "is damaged: its data are not compressed as they should be, or do not match their check sum.");
        }
        catch (IOException e) when (!e.Message.StartsWith(_path, StringComparison.Ordinal))
        {
            return Throw.Unreadable<int>(_path, e.Message, e);
        }
    }

    /// <summary>A stream, and some bytes behind it.</summary>
    private sealed class MarkedStream(Stream stream, byte[] mark) : ReadOnlyStream
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            int read = stream.Read(buffer);
            if (read > 0)
                return read;
            read = Math.Min(buffer.Length, mark.Length - _at);
            mark.AsSpan(_at, read).CopyTo(buffer);
            _at += read;
            return read;
        }
    }
}
