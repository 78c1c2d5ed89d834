using System.Buffers;
using System.Numerics;

namespace FastSparseCoding.Storage;

/// <summary>
/// The values of one array in an archive, read from front to back in pieces and converted to T (integers that do not fit saturate). With
/// the last of them the array's checksum is compared.
/// </summary>
internal sealed class NpzValues<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    private const int ChunkValues = 1 << 13;

    private readonly string _where;
    private readonly ElementType _type;
    private readonly Stream _raw;
    private readonly ChecksumStream _stream;
    private readonly uint _checksum;
    private long _left;

    /// <summary>Takes over a member whose header was read.</summary>
    /// <param name="where">How messages name it.</param>
    /// <param name="header">Its header.</param>
    /// <param name="raw">The member, to be disposed.</param>
    /// <param name="stream">The same behind its checksum.</param>
    /// <param name="checksum">What the archive says the checksum is.</param>
    public NpzValues(string where, NpyHeader header, Stream raw, ChecksumStream stream, uint checksum)
    {
        (_where, _type, _raw, _stream, _checksum) = (where, header.Type, raw, stream, checksum);
        Count = _left = header.Count;
        CheckAtEnd();
    }

    /// <summary>Number of values in the array.</summary>
    public long Count { get; }

    /// <summary>Reads the next values, as many as there is room for.</summary>
    public void Read(Memory<T> values)
        => NpzArchive.Guard(_where, () =>
        {
            Read(values.Span);
            return true;
        });

    public void Dispose() => _raw.Dispose();

    private void Read(Span<T> values)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkValues * sizeof(double));
        for (int done = 0; done < values.Length; done += ChunkValues)
        {
            Span<T> chunk = values.Slice(done, Math.Min(ChunkValues, values.Length - done));
            Span<byte> bytes = buffer.AsSpan(0, chunk.Length * _type.Bytes);
            _stream.ReadExactly(bytes);
            _type.Decode(bytes, chunk);
        }
        ArrayPool<byte>.Shared.Return(buffer);
        _left -= values.Length;
        CheckAtEnd();
    }

    private void CheckAtEnd()
    {
        if (_left == 0 && _stream.Checksum != _checksum)
            Throw.InvalidFile(_where, NpzArchive.Damaged);
    }
}
