using System.Buffers.Binary;
using System.IO.Compression;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// A PNG's compressed data: no more is unpacked than the header promises, and no less is accepted, nor anything behind it or with another
/// check sum (RFC 1950).
/// </summary>
internal sealed class PngData : IDisposable
{
    private readonly string _path;
    private readonly ZLibStream _unpacked;
    private readonly uint _expected;
    private uint _a = 1, _b;        // Adler-32 of what was read

    public PngData(string path, ImageBytes bytes, IReadOnlyList<(long Start, int Length)> pieces, long promised)
    {
        _path = path;
        long length = pieces.Sum(p => (long)p.Length);
        if (length < 6)
            Throw.InvalidFile(path, "is cut short or damaged: its data are too few for their check sum.");
        Deflate.RequirePossible(path, promised, length);
        _expected = LastNumber(bytes, pieces);
        _unpacked = new ZLibStream(new JoinedPieces(bytes, pieces), CompressionMode.Decompress);
    }

    public void ReadExactly(Span<byte> row)
    {
        int read = Read(row);
        if (read < row.Length)
            Throw.InvalidFile(_path, "is cut short or damaged: its data hold fewer rows than its header promises.");
        Add(row);
    }

    /// <summary>Refuses what follows the last row, and a check sum that is not that of all rows.</summary>
    public void Finish()
    {
        if (Read(new byte[1]) > 0)
            Throw.InvalidFile(_path, "is damaged: its data hold more than its header promises.");
        if ((_b << 16 | _a) != _expected)
            Throw.InvalidFile(_path, "is damaged: its data do not match their check sum.");
    }

    public void Dispose() => _unpacked.Dispose();

    /// <summary>The last four bytes of all pieces together.</summary>
    private static uint LastNumber(ImageBytes bytes, IReadOnlyList<(long Start, int Length)> pieces)
    {
        uint number = 0;
        for (int piece = pieces.Count - 1, shift = 0; shift < 32; piece--)
            for (int i = pieces[piece].Length - 1; i >= 0 && shift < 32; i--, shift += 8)
                number |= (uint)bytes[pieces[piece].Start + i] << shift;
        return number;
    }

    private int Read(Span<byte> target)
    {
        try
        {
            return _unpacked.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException      // the latter for a dictionary that PNG does not have
            && !e.Message.StartsWith(_path, StringComparison.Ordinal))          // and not of the file
        {
            return Throw.InvalidFile<int>(_path, "is damaged: its data are not compressed as they should be.");
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        const int Most = 5552;      // bytes that can be added before a sum of them passes 2³²
        while (bytes.Length > 0)
        {
            foreach (byte value in bytes[..Math.Min(Most, bytes.Length)])
            {
                _a += value;
                _b += _a;
            }
            (_a, _b) = (_a % 65_521, _b % 65_521);
            bytes = bytes[Math.Min(Most, bytes.Length)..];
        }
    }

    /// <summary>Pieces of a file, one behind the other.</summary>
    private sealed class JoinedPieces(ImageBytes bytes, IReadOnlyList<(long Start, int Length)> pieces) : ReadOnlyStream
    {
        private int _piece, _at;        // what is next

        public override int Read(Span<byte> buffer)
        {
            for (; _piece < pieces.Count && _at == pieces[_piece].Length; _piece++)
                _at = 0;
            if (_piece == pieces.Count)
                return 0;
            int count = Math.Min(buffer.Length, pieces[_piece].Length - _at);
            bytes.Read(pieces[_piece].Start + _at, buffer[..count]);
            _at += count;
            return count;
        }
    }
}
