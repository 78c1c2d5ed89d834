using FastSparseCoding.Learning;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>Reads what <see cref="PatchPlacesWriter"/> wrote, picture by picture, in memory for some thousand places. For one
/// thread.</summary>
public sealed class PatchPlacesReader : IDisposable
{
    private readonly NpzArchive _archive;
    private readonly PlaceColumns _coded;
    private readonly PlaceColumns _flat;
    private readonly (string Name, int Width, int Height)[] _pictures;

    private PatchPlacesReader(NpzArchive archive)
    {
        _archive = archive;
        try
        {
            PatchSize = ReadKind();
            Whitening = archive.ReadText(PlacesFormat.Whitening);
            DictionaryHash = archive.Contains(PlacesFormat.Dictionary) ? archive.ReadText(PlacesFormat.Dictionary) : null;
            _pictures = ReadPictures();
            _coded = new PlaceColumns(archive, "", PatchSize, _pictures, hasDeviation: true);
            _flat = new PlaceColumns(archive, PlacesFormat.Flat, PatchSize, _pictures, hasDeviation: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path as the caller gave it.</summary>
    public string Path => _archive.Path;

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; }

    /// <summary>Number of patches, which is that of their codes.</summary>
    public long Rows => _coded.Count;

    /// <summary>Number of places that were left out as flat.</summary>
    public long FlatPlaces => _flat.Count;

    /// <summary>Fingerprint of the dictionary that the patches' codes are of (<see cref="AtomDictionary.Hash"/>); null where it is not
    /// told.</summary>
    public string? DictionaryHash { get; }

    /// <summary>Whether the patches were whitened after what was taken off them.</summary>
    public bool IsWhitened => !HasWhitening(null);

    /// <summary>The word that tells the whitening from any other, and from none.</summary>
    internal string Whitening { get; }

    /// <summary>The pictures: where each comes from, and its size in pixels.</summary>
    public IReadOnlyList<(string Name, int Width, int Height)> Pictures => _pictures;

    /// <summary>Opens a file.</summary>
    /// <param name="path">An .npz of places.</param>
    /// <returns>The reader, before the first picture.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or holds something else.</exception>
    public static PatchPlacesReader Open(string path) => new(NpzArchive.Open(path));

    /// <summary>Whether the patches were whitened just so.</summary>
    /// <param name="whitening">A whitening, or null for none.</param>
    /// <returns>Whether it is that of the patches.</returns>
    public bool HasWhitening(ZcaWhitening? whitening)
        => string.Equals(Whitening, PlacesFormat.NameOf(whitening), StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        _coded?.Dispose();
        _flat?.Dispose();
        _archive.Dispose();
    }

    /// <summary>The next place of a patch, if it is of this picture; pictures are asked for in their order.</summary>
    internal bool TryTake(int picture, out PatchPlace place) => _coded.TryTake(picture, out place);

    /// <summary>The next place left out as flat, if it is of this picture.</summary>
    internal bool TryTakeFlat(int picture, out PatchPlace place) => _flat.TryTake(picture, out place);

    private int ReadKind()
    {
        if (!_archive.Contains(PlacesFormat.KindName) || !_archive.Contains(PlacesFormat.Patch)
            || _archive.ReadText(PlacesFormat.KindName) != PlacesFormat.Kind)
            Throw.InvalidFile(Path, "holds no places of patches; expected what 'sparsecode encode --places' writes.");
        int[] size = _archive.ReadValues<int>(PlacesFormat.Patch, h => RequireCount(PlacesFormat.Patch, h, 1));
        if (size[0] is < 1 or > 256)
            Throw.InvalidFile(_archive.Where(PlacesFormat.Patch), $"is {size[0]}; a patch's side is from 1 to 256.");
        return size[0];
    }

    private (string Name, int Width, int Height)[] ReadPictures()
    {
        string[] names = _archive.ReadTexts(PlacesFormat.Names);
        int[] widths = _archive.ReadValues<int>(PlacesFormat.Width, h => RequireCount(PlacesFormat.Width, h, names.Length)),
            heights = _archive.ReadValues<int>(PlacesFormat.Height, h => RequireCount(PlacesFormat.Height, h, names.Length));
        for (int i = 0; i < names.Length; i++)
            if (widths[i] < PatchSize || heights[i] < PatchSize || (long)widths[i] * heights[i] > ImageFile.MaxPixels)
                Throw.InvalidFile(Path,
                    $"says that picture {i} is {widths[i]}×{heights[i]} pixels; expected {PatchSize}×{PatchSize} or more, "
                    + $"and {ImageFile.MaxPixels} pixels at most.");
        return [.. names.Select((name, i) => (name, widths[i], heights[i]))];
    }

    private void RequireCount(string name, NpyHeader header, int expected)
    {
        if (!header.Type.IsInteger || header.Count != expected)
            Throw.InvalidFile(
                _archive.Where(name), $"holds {header.ShapeText} values of type '{header.Type}'; expected {expected} of '<i4' or '<i8'.");
    }
}
