using System.Buffers.Binary;
using System.Text;

namespace FastSparseCoding.Fuzz.Building;

/// <summary>Builds .npy files by hand, right and wrong ones.</summary>
internal static class NpyBytes
{
    public static byte[] Make(string header, byte[] data, byte major = 1, byte minor = 0)
        => Make(Encoding.UTF8.GetBytes(header), data, major, minor);

    public static byte[] Make(byte[] text, byte[] data, byte major = 1, byte minor = 0)
    {
        byte[] length = new byte[major == 1 ? 2 : 4];
        if (major == 1)
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)text.Length);
        return [0x93, .. "NUMPY"u8, major, minor, .. length, .. text, .. data];
    }

    public static string Header(string descr, string shape, bool fortran = false)
        => $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}";

    public static byte[] Singles(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    public static byte[] Doubles(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <summary>The same values with the most significant byte first.</summary>
    public static byte[] Reversed(byte[] data, int size) => [.. data.Chunk(size).SelectMany(c => c.Reverse())];
}
