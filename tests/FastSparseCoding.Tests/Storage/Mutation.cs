using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Damages valid files and sees that their readers refuse or accept them, and do nothing else.</summary>
internal static class Mutation
{
    /// <summary>
    /// Reads <paramref name="count"/> damaged copies: cut short, lengthened, bytes changed, or a run of bytes overwritten; mostly near the front,
    /// where headers are. Anything but <see cref="InvalidDataException"/> or <see cref="IOException"/> fails the test with the copy's number.
    /// </summary>
    /// <returns>How many copies were refused.</returns>
    public static int Check(string file, Action<string> read, int count)
    {
        byte[] valid = File.ReadAllBytes(file);
        read(file);
        int refused = 0;
        for (int seed = 0; seed < count; seed++)
        {
            File.WriteAllBytes(file, Damage(valid, new Random(seed)));
            try
            {
                read(file);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                refused++;
                Assert.True(e.Message.StartsWith(file, StringComparison.Ordinal), $"copy {seed}: the message does not begin with the path: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"copy {seed}: {e}");
            }
        }
        File.WriteAllBytes(file, valid);
        return refused;
    }

    /// <summary>A damaged copy: cut short, lengthened, a run overwritten, or bits flipped.</summary>
    public static byte[] Damage(byte[] valid, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return valid[..random.Next(valid.Length)];
            case 1:
                return [.. valid, .. new byte[1 + random.Next(9)]];
            case 2:
                byte[] run = [.. valid];
                int start = Place(valid, random);
                random.NextBytes(run.AsSpan(start, Math.Min(1 + random.Next(8), run.Length - start)));
                return run;
            default:
                byte[] flipped = [.. valid];
                for (int i = 1 + random.Next(4); i > 0; i--)
                    flipped[Place(valid, random)] ^= (byte)(1 << random.Next(8));
                return flipped;
        }
    }

    private static int Place(byte[] valid, Random random)
        => random.Next(3) == 0 ? random.Next(valid.Length) : random.Next(Math.Min(valid.Length, 400));
}
