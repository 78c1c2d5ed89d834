using FastSparseCoding.Fuzz;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

/// <summary>Damages valid files and sees that their readers refuse or accept them, and do nothing else.</summary>
internal static class Mutation
{
    /// <summary>
    /// Reads <paramref name="count"/> damaged copies (see <see cref="Mutator"/>). Anything but <see cref="InvalidDataException"/> or
    /// <see cref="IOException"/> fails the test with the copy's number.
    /// </summary>
    /// <returns>How many copies were refused.</returns>
    public static int Check(string file, Action<string> read, int count)
    {
        byte[] valid = File.ReadAllBytes(file);
        read(file);
        int refused = 0;
        for (int seed = 0; seed < count; seed++)
        {
            File.WriteAllBytes(file, new Mutator(seed).Damage(valid));
            try
            {
                read(file);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                refused++;
                Assert.True(e.Message.StartsWith(file, StringComparison.Ordinal),
                    $"copy {seed}: the message does not begin with the path: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"copy {seed}: {e}");
            }
        }
        File.WriteAllBytes(file, valid);
        return refused;
    }
}
