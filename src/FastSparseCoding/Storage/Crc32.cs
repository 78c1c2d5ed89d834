namespace FastSparseCoding.Storage;

/// <summary>The checksum of zip members (ITU-T V.42, reflected polynomial EDB88320), eight bytes at a time.</summary>
internal sealed class Crc32
{
    private static readonly uint[][] Tables = CreateTables();

    private uint _state = uint.MaxValue;

    /// <summary>The checksum of everything appended so far.</summary>
    public uint Value => ~_state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint crc = _state;
        while (bytes.Length >= 8)
        {
            uint low = crc ^ BitConverter.ToUInt32(bytes);
            uint high = BitConverter.ToUInt32(bytes[4..]);
            crc = Tables[7][low & 255] ^ Tables[6][(low >> 8) & 255] ^ Tables[5][(low >> 16) & 255] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 255] ^ Tables[2][(high >> 8) & 255] ^ Tables[1][(high >> 16) & 255] ^ Tables[0][high >> 24];
            bytes = bytes[8..];
        }
        foreach (byte b in bytes)
            crc = Tables[0][(crc ^ b) & 255] ^ (crc >> 8);
        _state = crc;
    }

    /// <summary>Table k maps a byte to the remainder that it leaves k bytes later.</summary>
    private static uint[][] CreateTables()
    {
        var tables = new uint[8][];
        for (int k = 0; k < 8; k++)
        {
            tables[k] = new uint[256];
            for (uint b = 0; b < 256; b++)
                tables[k][b] = k == 0 ? ByteRemainder(b) : tables[0][tables[k - 1][b] & 255] ^ (tables[k - 1][b] >> 8);
        }
        return tables;
    }

    private static uint ByteRemainder(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
        return value;
    }
}
