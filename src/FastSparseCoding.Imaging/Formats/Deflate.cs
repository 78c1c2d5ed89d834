namespace FastSparseCoding.Imaging.Formats;

/// <summary>What holds for everything that is packed as RFC 1951 says.</summary>
internal static class Deflate
{
    /// <summary>A match has 258 bytes at most, and two bits at least: no byte unpacks to more than this.</summary>
    public const int MostPerByte = 1032;

    /// <summary>Refuses a promise that packed bytes cannot keep, before memory is taken for it.</summary>
    public static void RequirePossible(string path, long promised, long packed)
    {
        if (promised / MostPerByte > packed)
            Throw.InvalidFile(path,
                $"is cut short or damaged: it promises {promised} bytes, and has {packed} that can unpack to {packed * MostPerByte} at "
                    + "most.");
    }
}
