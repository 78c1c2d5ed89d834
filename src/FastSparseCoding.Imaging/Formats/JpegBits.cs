using System.Runtime.CompilerServices;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// The bits of a JPEG's scan, up to the next marker (ITU-T T.81, F.2.2.5). Behind it come zeros, so that codes can be looked up ahead;
/// using one of them is running out, which whoever reads asks after every block.
/// </summary>
internal sealed class JpegBits(string path, byte[] bytes, int start)
{
    private int _at = start;
    private ulong _buffer;      // the next bits from the highest on
    private int _count;         // bits in the buffer
    private int _zeros;         // how many of them, at its end, are in no file

    /// <summary>Whether bits were used that the file does not have.</summary>
    public bool RanOut => _count < _zeros;

    /// <summary>The place of the marker that ended the scan, once all before it is read.</summary>
    public int End => _at;

    /// <summary>Makes 32 bits or more ready.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prepare()
    {
        if (_count < 32)
            Fill();
    }

    /// <summary>The next bits, of those that are ready.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Peek(int count) => (int)(_buffer >> (64 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count)
    {
        _buffer <<= count;
        _count -= count;
    }

    /// <summary>A number of 0 to 16 bits, of those that are ready.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int count)
    {
        int value = (int)(_buffer >> 1 >> (63 - count));
        Skip(count);
        return value;
    }

    /// <summary>A number of 1 to 15 bits, of those that are ready, whose first half is negative: EXTEND of figure F.12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSigned(int count)
    {
        int value = Take(count);
        return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
    }

    public bool TakeBit()
    {
        Prepare();
        return Take(1) != 0;
    }

    /// <summary>Goes on behind the restart marker that must come now.</summary>
    public void Restart(int number)
    {
        Finish();
        while (_at + 1 < bytes.Length && bytes[_at + 1] == 0xFF)
            _at++;
        if (_at + 1 >= bytes.Length || bytes[_at + 1] != 0xD0 + number)
            Throw.InvalidFile(path, $"is damaged: at byte {_at} its restart marker {number} is expected.");
        _at += 2;
        (_buffer, _count, _zeros) = (0, 0, 0);
    }

    /// <summary>Leaves the scan; between the last block and the marker there may be padding, of ones or zeros, and nothing else.</summary>
    public void Finish()
    {
        Skip((_count - _zeros) & 7);
        while (true)
        {
            Prepare();
            if (_count <= _zeros)
                return;
            if (Take(8) is not (0 or 0xFF))
                Throw.InvalidFile(path, $"is damaged: data without a block precede byte {_at}.");
        }
    }

    private void Fill()
    {
        while (_count <= 56)
        {
            int value = _at < bytes.Length ? bytes[_at] : 0xFF;
            if (value != 0xFF)
                _at++;
            else if (_at + 1 < bytes.Length && bytes[_at + 1] == 0)
                _at += 2;
            else
            {
                value = 0;
                _zeros += 8;
            }
            _buffer |= (ulong)value << (56 - _count);
            _count += 8;
        }
    }
}
