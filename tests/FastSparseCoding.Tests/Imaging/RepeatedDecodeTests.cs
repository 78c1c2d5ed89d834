using System.Runtime.InteropServices;
using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

/// <summary>A damaged picture that is accepted is the same picture every time, whatever lay in memory before.</summary>
public sealed class RepeatedDecodeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Fixtures => [.. TestPictures.Fixtures];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Damaged_copies_that_are_accepted_decode_alike_on_a_dirtied_heap(string name)
    {
        byte[] valid = File.ReadAllBytes(TestPictures.Fixture(name));
        bool png = name.EndsWith(".png", StringComparison.Ordinal);
        int accepted = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            byte[] damaged = Mutation.Damage(valid, new Random(1000 + seed));
            if (png)
                TestPictures.MendPng(damaged);
            string path = _folder.Write(name, damaged);
            if (Decode(path, 0x00) is not { } first)
                continue;
            accepted++;
            Assert.Equal(first, Decode(path, 0x55));
            Assert.Equal(first, Decode(path, 0xFF));
        }

        Assert.InRange(accepted, 1, 99);
    }

    /// <summary>The picture's pixels, decoded after memory of both kinds was filled and let go; null when it is refused.</summary>
    private static float[]? Decode(string path, byte dirt)
    {
        for (int size = 64; size <= 1 << 17; size *= 2)
        {
            GC.AllocateUninitializedArray<byte>(size).AsSpan().Fill(dirt);
            nint native = Marshal.AllocHGlobal(size);
            for (int i = 0; i < size; i++)
                Marshal.WriteByte(native, i, dirt);
            Marshal.FreeHGlobal(native);
        }
        try
        {
            return ImageFile.Load(path).Pixels.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
