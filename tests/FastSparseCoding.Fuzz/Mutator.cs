using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FastSparseCoding.Fuzz;

/// <summary>Damages bytes at random: bits, bytes, pieces left out, doubled or taken from elsewhere, lengths, numbers in text and words of
/// the format.</summary>
internal sealed class Mutator
{
    /// <summary>Bytes that a damaged file has at most; doubling ends there.</summary>
    private const int MostBytes = 1 << 16;

    private static readonly long[] Lengths =
        [0, 1, -1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue,
        long.MinValue];
    private static readonly string[] Numbers =
        ["0", "-1", "1", "2", "65535", "65536", "2147483647", "2147483648", "4294967295", "9223372036854775807", "9223372036854775808",
            "1e308", "NaN", "Infinity", "0.5", "1e-320", ""];

    private readonly Random _random;
    private readonly IReadOnlyList<byte[]> _words;
    private readonly IReadOnlyList<byte[]> _donors;

    /// <summary>Damages by a seed.</summary>
    /// <param name="seed">The same seed damages alike.</param>
    /// <param name="words">Pieces of text or bytes that mean something in the format.</param>
    /// <param name="donors">Files from which pieces are taken.</param>
    public Mutator(int seed, IReadOnlyList<byte[]>? words = null, IReadOnlyList<byte[]>? donors = null)
    {
        _random = new Random(seed);
        _words = words ?? [];
        _donors = donors ?? [];
    }

    /// <summary>Whether a chance of one in so many came.</summary>
    public bool OneIn(int many) => _random.Next(many) == 0;

    public int Below(int end) => _random.Next(end);

    /// <summary>A copy that is damaged once, or a few times.</summary>
    public byte[] Damage(byte[] bytes)
    {
        do
            bytes = DamageOnce(bytes);
        while (OneIn(3));
        return bytes;
    }

    private byte[] DamageOnce(byte[] bytes)
    {
        if (bytes.Length == 0)
            return Some(8);
        int at = Place(bytes);
        switch (Below(11))
        {
            case 0 or 1:
                return Flipped(bytes);
            case 2:
                return Over(bytes, at, OneIn(2) ? Some(8) : [(byte)(OneIn(2) ? 0xFF : 0)]);
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + Run())..]];
            case 5:
                return Doubled(bytes, at);
            case 6:
                return Spliced(bytes, at);
            case 7 or 8:
                return Over(bytes, at, Length(bytes, at));
            case 9:
                return Renumbered(bytes, at);
            default:
                return WithWord(bytes, at);
        }
    }

    private byte[] Flipped(byte[] bytes)
    {
        byte[] flipped = [.. bytes];
        for (int i = 1 + Below(4); i > 0; i--)
            flipped[Place(bytes)] ^= (byte)(1 << Below(8));
        return flipped;
    }

    private byte[] Doubled(byte[] bytes, int at)
    {
        byte[] piece = bytes[at..Math.Min(bytes.Length, at + Run())];
        int times = OneIn(4) ? 1 + Below(300) : 1;
        times = Math.Min(times, Math.Max(1, (MostBytes - bytes.Length) / piece.Length));
        return [.. bytes[..at], .. Enumerable.Repeat(piece, times).SelectMany(p => p), .. bytes[at..]];
    }

    private byte[] Spliced(byte[] bytes, int at)
    {
        byte[] donor = _donors.Count == 0 ? bytes : _donors[Below(_donors.Count)];
        int from = Below(donor.Length);
        byte[] piece = donor[from..Math.Min(donor.Length, from + Run())];
        return OneIn(2) ? Over(bytes, at, piece) : [.. bytes[..at], .. piece, .. bytes[at..]];
    }

    /// <summary>One to eight bytes, either end first: a number that is often wrong, or one near what stands there.</summary>
    private byte[] Length(byte[] bytes, int at)
    {
        int size = OneIn(6) ? 3 : 1 << Below(4);
        bool big = OneIn(2);
        Span<byte> eight = stackalloc byte[8];
        long value = Lengths[Below(Lengths.Length)];
        if (OneIn(3) && at + size <= bytes.Length)
        {
            bytes.AsSpan(at, size).CopyTo(big ? eight[^size..] : eight);
            value = (big ? BinaryPrimitives.ReadInt64BigEndian(eight) : BinaryPrimitives.ReadInt64LittleEndian(eight)) + Below(9) - 4;
        }
        if (big)
            BinaryPrimitives.WriteInt64BigEndian(eight, value);
        else
            BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        return (big ? eight[^size..] : eight[..size]).ToArray();
    }

    /// <summary>Another number instead of the next one that is written in digits.</summary>
    private byte[] Renumbered(byte[] bytes, int at)
    {
        int start = bytes.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0)
            return Flipped(bytes);
        start += at;
        int length = bytes.AsSpan(start).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int end = length < 0 ? bytes.Length : start + length;
        string number = Numbers[Below(Numbers.Length)];
        if (OneIn(3) && long.TryParse(
            Encoding.ASCII.GetString(bytes, start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out long now))
            number = (now + Below(9) - 4).ToString(CultureInfo.InvariantCulture);
        return [.. bytes[..start], .. Encoding.ASCII.GetBytes(number), .. bytes[end..]];
    }

    private byte[] WithWord(byte[] bytes, int at)
    {
        if (_words.Count == 0)
            return Flipped(bytes);
        byte[] word = _words[Below(_words.Count)];
        return OneIn(2) ? Over(bytes, at, word) : [.. bytes[..at], .. word, .. bytes[at..]];
    }

    private static byte[] Over(byte[] bytes, int at, byte[] piece)
    {
        byte[] written = [.. bytes];
        piece.AsSpan(0, Math.Min(piece.Length, bytes.Length - at)).CopyTo(written.AsSpan(at));
        return written;
    }

    private byte[] Some(int most)
    {
        byte[] bytes = new byte[1 + Below(most)];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Mostly short pieces.</summary>
    private int Run() => 1 + Below(OneIn(3) ? 200 : 12);

    /// <summary>Mostly near the front, where headers are.</summary>
    private int Place(byte[] bytes) => Below(OneIn(2) ? bytes.Length : Math.Min(bytes.Length, 128));
}
