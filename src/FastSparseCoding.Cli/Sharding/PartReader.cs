using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>A part opened for reading.</summary>
internal sealed class PartReader : IDisposable
{
    /// <summary>Most bytes that a part may say of itself: results of a hundred thousand pictures.</summary>
    private const int MostBytes = 1 << 26;

    private PartReader(NpzArchive archive)
    {
        Archive = archive;
        if (!archive.Contains(PartWriter.Member))
            throw new InvalidDataException($"{archive.Path}: is no part; expected what sparsecode writes with --shard.");
        Info = PartInfo.Parse(Path, ReadBytes(PartWriter.Member, MostBytes));
    }

    public string Path => Archive.Path;

    /// <summary>What it says of itself.</summary>
    public PartInfo Info { get; }

    /// <summary>Its arrays.</summary>
    public NpzArchive Archive { get; }

    /// <summary>A member of bytes.</summary>
    public byte[] ReadBytes(string name, int most) => Archive.ReadValues<byte>(name, header =>
    {
        if (header.Type is not { Kind: 'u', Size: 1 } || header.Shape.Length != 1 || header.Count > most)
            throw new InvalidDataException(
                $"{Archive.Where(name)}: is {header.ShapeText} of type '{header.Type}'; expected at most ({most},) of '|u1'.");
    });

    public static PartReader Open(string path)
    {
        NpzArchive archive = NpzArchive.Open(path);
        try
        {
            return new PartReader(archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>What a part says of itself.</summary>
    public static PartInfo ReadInfo(string path)
    {
        using PartReader part = Open(path);
        return part.Info;
    }

    public void Dispose() => Archive.Dispose();
}
