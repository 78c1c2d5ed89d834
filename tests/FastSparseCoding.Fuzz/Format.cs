using System.Text;
using FastSparseCoding.Fuzz.Seeds;

namespace FastSparseCoding.Fuzz;

/// <summary>A format: valid files to begin with, words that mean something in it, and all that reads it.</summary>
/// <param name="Name">Its name on the command line and in the table.</param>
/// <param name="Extension">Ending of its files, with the dot.</param>
/// <param name="Files">Valid files, as small as they can be.</param>
/// <param name="Words">Pieces of text or bytes that mean something in it.</param>
/// <param name="Readers">All that reads it.</param>
internal sealed record Format(
    string Name, string Extension, IReadOnlyList<FilePart> Files, IReadOnlyList<byte[]> Words, IReadOnlyList<FormatReader> Readers)
{
    private readonly IReadOnlyList<byte[]> _donors = [.. Files.Select(f => f.Bytes)];

    /// <summary>Every format that is read.</summary>
    public static IReadOnlyList<Format> All { get; } =
        [.. ArrayFormats.All, .. ModelFormats.All, .. PictureFormats.All, .. PartFormats.All];

    /// <summary>The format of a name.</summary>
    /// <exception cref="FormatException">There is no such format.</exception>
    public static Format Named(string name)
        => All.FirstOrDefault(f => f.Name == name)
            ?? throw new FormatException($"'{name}' is no format; there are {string.Join(", ", All.Select(f => f.Name))}.");

    /// <summary>Input number <paramref name="index"/> of a campaign: the same bytes whatever the threads and the other inputs.</summary>
    public byte[] Input(int seed, long index)
    {
        uint mixed = Encoding.ASCII.GetBytes(Name).Aggregate((uint)seed * 0x9E3779B1, (hash, letter) => (hash ^ letter) * 0x01000193);
        var mutator = new Mutator((int)(mixed ^ ((uint)index * 0x85EBCA77) ^ (uint)(index >> 32)), Words, _donors);
        return Files[mutator.Below(Files.Count)].Damaged(mutator);
    }

    /// <summary>Text as words, one for each line.</summary>
    public static IReadOnlyList<byte[]> Lines(string text) => [.. text.Split('\n').Select(Encoding.UTF8.GetBytes)];
}
