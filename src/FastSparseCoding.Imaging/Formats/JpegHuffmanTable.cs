using System.Runtime.CompilerServices;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// Codes of up to 16 bits (ITU-T T.81, C.2 and F.2.2.3): those of up to 9 are looked up, the rest compared with the ends of their lengths.
/// </summary>
internal sealed class JpegHuffmanTable
{
    private const int FastBits = 9, MaxBits = 16;

    private readonly string _path;
    private readonly byte[] _symbols;
    private readonly ushort[] _fast = new ushort[1 << FastBits];        // length · 256 + symbol, or 0
    private readonly int[] _end = new int[MaxBits + 1];                 // the first code beyond those of a length, in 16 bits
    private readonly int[] _offset = new int[MaxBits + 1];              // from a code of a length to the place of its symbol

    /// <summary>Makes a table.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="counts">How many codes there are of 1 to 16 bits.</param>
    /// <param name="symbols">Their symbols.</param>
    public JpegHuffmanTable(string path, ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        (_path, _symbols) = (path, symbols.ToArray());
        int code = 0, next = 0;
        for (int length = 1; length <= MaxBits; length++, code <<= 1)
        {
            _offset[length] = next - code;
            for (int i = 0; i < counts[length - 1]; i++, next++, code++)
                if (length <= FastBits && code < 1 << length)
                    _fast.AsSpan(code << (FastBits - length), 1 << (FastBits - length)).Fill((ushort)(length << 8 | symbols[next]));
            if (code > 1 << length)
                Throw.InvalidFile(path, $"is damaged: a Huffman table has too many codes of {length} bits.");
            _end[length] = code << (MaxBits - length);
        }
    }

    /// <summary>Reads the next symbol; at least 16 bits are ready behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(JpegBits bits)
    {
        bits.Prepare();
        int entry = _fast[bits.Peek(FastBits)];
        if (entry == 0)
            return ReadLong(bits);
        bits.Skip(entry >> 8);
        return entry & 0xFF;
    }

    private int ReadLong(JpegBits bits)
    {
        int code = bits.Peek(MaxBits), length = FastBits + 1;
        while (length <= MaxBits && code >= _end[length])
            length++;
        if (length > MaxBits)
            Throw.InvalidFile(_path, $"is damaged: before byte {bits.End} there is a code that its Huffman table does not have.");
        bits.Skip(length);
        return _symbols[_offset[length] + (code >> (MaxBits - length))];
    }
}
