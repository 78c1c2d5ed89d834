namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// The codes of a GIF's frame (GIF89a, appendix F): each stands for a run of pixels, mostly one seen before and one pixel more.
/// </summary>
internal sealed class GifCodes
{
    private const int MaxBits = 12, MaxCodes = 1 << MaxBits;

    private readonly string _path;
    private readonly byte[] _packed;
    private readonly int _clear;
    private readonly ushort[] _prefix = new ushort[MaxCodes];       // the run that a run goes on from
    private readonly byte[] _last = new byte[MaxCodes];             // its last pixel
    private readonly byte[] _first = new byte[MaxCodes];
    private readonly ushort[] _length = new ushort[MaxCodes];
    private readonly byte[] _run = new byte[MaxCodes];              // pixels of the last code; some may belong to the next row
    private int _runAt, _runEnd;
    private int _at, _bits, _bitCount, _codeBits, _next, _previous = -1;

    public GifCodes(string path, byte[] packed, int colourBits)
    {
        if (colourBits is < 1 or > 8)
            Throw.InvalidFile(path, $"is damaged: its first frame has colours of {colourBits} bits; expected 1 to 8.");
        (_path, _packed, _clear) = (path, packed, 1 << colourBits);
        for (int i = 0; i < _clear; i++)
            (_last[i], _first[i], _length[i]) = ((byte)i, (byte)i, 1);
        Clear();
    }

    /// <summary>
    /// No more pixels than this come from so many bytes: the longest run is as long as there are codes, of 12 bits by then.
    /// </summary>
    public static long MostPixels(long bytes) => bytes * 8 * MaxCodes / MaxBits + 1;

    /// <summary>The next row, as numbers of colours.</summary>
    public void Read(Span<byte> row)
    {
        while (row.Length > 0)
        {
            if (_runAt == _runEnd)
                ReadRun();
            int count = Math.Min(row.Length, _runEnd - _runAt);
            _run.AsSpan(_runAt, count).CopyTo(row);
            _runAt += count;
            row = row[count..];
        }
    }

    private void Clear() => (_codeBits, _next, _previous) = (System.Numerics.BitOperations.Log2((uint)_clear) + 1, _clear + 2, -1);

    private void ReadRun()
    {
        int code = ReadCode();
        for (; code == _clear; code = ReadCode())
            Clear();
        if (code == _clear + 1)
            Throw.InvalidFile(_path, "is cut short or damaged: the data of its first frame end before its last pixel.");
        if (code > _next || (code == _next && (_previous < 0 || _next == MaxCodes)))
            Throw.InvalidFile(_path, $"is damaged: its first frame has a code {code} that stands for nothing yet.");
        if (_previous >= 0 && _next < MaxCodes)
        {
            (_prefix[_next], _first[_next], _length[_next]) = ((ushort)_previous, _first[_previous], (ushort)(_length[_previous] + 1));
            _last[_next] = _first[code == _next ? _previous : code];
            _next++;
            if (_next == 1 << _codeBits && _codeBits < MaxBits)
                _codeBits++;
        }
        _previous = code;
        (_runAt, _runEnd) = (0, _length[code]);
        for (int i = _runEnd - 1; i >= 0; i--, code = _prefix[code])
            _run[i] = _last[code];
    }

    private int ReadCode()
    {
        while (_bitCount < _codeBits)
        {
            if (_at == _packed.Length)
                Throw.InvalidFile(_path, "is cut short or damaged: the data of its first frame end before its last pixel.");
            _bits |= _packed[_at++] << _bitCount;
            _bitCount += 8;
        }
        int code = _bits & ((1 << _codeBits) - 1);
        _bits >>= _codeBits;
        _bitCount -= _codeBits;
        return code;
    }
}
