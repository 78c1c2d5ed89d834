using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class Crc32Tests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1001)]
    public void The_checksum_is_the_zip_one(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        uint twin = uint.MaxValue;
        foreach (byte b in bytes)
        {
            twin ^= b;
            for (int bit = 0; bit < 8; bit++)
                twin = (twin >> 1) ^ (0xEDB88320 * (twin & 1));
        }
        var crc = new Crc32();
        crc.Append(bytes.AsSpan(0, length / 3));
        crc.Append(bytes.AsSpan(length / 3));
        Assert.Equal(~twin, crc.Value);
    }
}
