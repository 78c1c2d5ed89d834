using FastSparseCoding.Storage;

namespace FastSparseCoding.Imaging;

/// <summary>
/// Writes where patches were cut and what was taken off them, row for row beside their codes, as an .npz for numpy.load: <c>picture</c>,
/// <c>x</c>, <c>y</c> (int32), <c>mean</c> and <c>deviation</c> (float32) have a value for every patch; <c>flat_picture</c>, <c>flat_x</c>,
/// <c>flat_y</c> and <c>flat_mean</c> one for every place that was left out as flat; <c>names</c>, <c>width</c> and <c>height</c> one for
/// every picture; <c>patch</c> is the side of a patch, <c>whitening</c> a word that tells the whitening, or "none", <c>dictionary</c> the
/// fingerprint of the codes' dictionary where one was told. The values wait in temporary files beside the target until <see
/// cref="Complete"/>; without it nothing is left behind. For one thread at a time.
/// </summary>
public sealed class PatchPlacesWriter : IDisposable
{
    private readonly NpzColumns _columns;
    private readonly PatchPreprocessing _preprocessing;
    private readonly string? _dictionary;
    private readonly List<string> _names = [];

    private PatchPlacesWriter(string path, PatchPreprocessing preprocessing, string? dictionary, Func<string, Stream>? open)
    {
        _dictionary = dictionary;
        _preprocessing = preprocessing.Validated();
        _columns = new NpzColumns(path, open);
        try
        {
            AddPlaces("");
            _columns.Add<float>(PlacesFormat.Deviation);
            AddPlaces(PlacesFormat.Flat);
            _columns.Add<int>(PlacesFormat.Width);
            _columns.Add<int>(PlacesFormat.Height);
        }
        catch
        {
            _columns.Dispose();
            throw;
        }
    }

    /// <summary>Patches appended so far.</summary>
    public long Rows => _columns.LengthOf(PlacesFormat.Picture);

    /// <summary>Places left out as flat that were appended so far.</summary>
    public long FlatPlaces => _columns.LengthOf(PlacesFormat.Flat + PlacesFormat.Picture);

    /// <summary>Begins a file.</summary>
    /// <param name="path">The target; its folder must exist and have room for the places twice.</param>
    /// <param name="preprocessing">Size and treatment of the patches.</param>
    /// <param name="dictionaryHash">Fingerprint of the dictionary that their codes are of (<see cref="AtomDictionary.Hash"/>); null where
    /// it is not to be told.</param>
    /// <returns>The writer, before the first picture.</returns>
    /// <exception cref="ArgumentException">The preprocessing is out of range.</exception>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public static PatchPlacesWriter Create(string path, PatchPreprocessing preprocessing, string? dictionaryHash = null)
        => Create(path, preprocessing, dictionaryHash, open: null);

    /// <summary>The same with temporary files that are opened by <paramref name="open"/>: the seam through which tests simulate a full
    /// disk.</summary>
    internal static PatchPlacesWriter Create(
        string path, PatchPreprocessing preprocessing, string? dictionaryHash, Func<string, Stream>? open)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        return new PatchPlacesWriter(path, preprocessing, dictionaryHash, open);
    }

    /// <summary>Begins a picture: what is appended next is of it.</summary>
    /// <param name="image">The picture.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void BeginPicture(GrayImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        _names.Add(image.Name);
        _columns.Append<int>(PlacesFormat.Width, [image.Width]);
        _columns.Append<int>(PlacesFormat.Height, [image.Height]);
    }

    /// <summary>Appends places of the picture that was begun last.</summary>
    /// <param name="block">Patches of it.</param>
    /// <exception cref="InvalidOperationException">No picture was begun.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(PatchBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (_names.Count == 0)
            Throw.InvalidOperation("no picture was begun that the places could be of.");
        Append("", block.Places);
        Append(PlacesFormat.Flat, block.Flat);
        _columns.Append<float>(PlacesFormat.Deviation, [.. block.Places.Select(p => p.Deviation)]);
    }

    /// <summary>Puts the archive together and in its place.</summary>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced.</exception>
    public void Complete()
        => _columns.Complete(npz =>
        {
            npz.AddText(PlacesFormat.KindName, PlacesFormat.Kind);
            npz.AddNumber(PlacesFormat.Patch, _preprocessing.PatchSize);
            npz.AddText(PlacesFormat.Whitening, PlacesFormat.NameOf(_preprocessing.Whitening));
            if (_dictionary is not null)
                npz.AddText(PlacesFormat.Dictionary, _dictionary);
            npz.AddTexts(PlacesFormat.Names, _names);
        });

    /// <summary>Deletes the temporary files, and the partial archive unless it was completed.</summary>
    public void Dispose() => _columns.Dispose();

    private void AddPlaces(string prefix)
    {
        foreach (string name in (string[])[PlacesFormat.Picture, PlacesFormat.X, PlacesFormat.Y])
            _columns.Add<int>(prefix + name);
        _columns.Add<float>(prefix + PlacesFormat.Mean);
    }

    private void Append(string prefix, IReadOnlyList<PatchPlace> places)
    {
        _columns.Append<int>(prefix + PlacesFormat.Picture, [.. Enumerable.Repeat(_names.Count - 1, places.Count)]);
        _columns.Append<int>(prefix + PlacesFormat.X, [.. places.Select(p => p.X)]);
        _columns.Append<int>(prefix + PlacesFormat.Y, [.. places.Select(p => p.Y)]);
        _columns.Append<float>(prefix + PlacesFormat.Mean, [.. places.Select(p => p.Mean)]);
    }
}
