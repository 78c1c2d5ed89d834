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
    private readonly int _patch;
    private readonly string _whitening;
    private readonly string? _dictionary;
    private readonly List<string> _names = [];

    private PatchPlacesWriter(string path, int patch, string whitening, string? dictionary, Func<string, Stream>? open)
    {
        (_patch, _whitening, _dictionary) = (patch, whitening, dictionary);
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
        preprocessing = preprocessing.Validated();
        return new PatchPlacesWriter(path, preprocessing.PatchSize, PlacesFormat.NameOf(preprocessing.Whitening), dictionaryHash, open);
    }

    /// <summary>Begins a file of patches that were treated as those of another.</summary>
    internal static PatchPlacesWriter CreateLike(PatchPlacesReader other, string path)
        => new(path, other.PatchSize, other.Whitening, other.DictionaryHash, open: null);

    /// <summary>Begins a picture: what is appended next is of it.</summary>
    /// <param name="image">The picture.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void BeginPicture(GrayImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        BeginPicture(image.Name, image.Width, image.Height);
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

    /// <summary>Appends all that another file has, picture by picture.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    /// <exception cref="InvalidDataException">The other file is damaged, or of patches that were treated otherwise.</exception>
    internal void AppendAll(PatchPlacesReader other)
    {
        if ((other.PatchSize, other.Whitening) != (_patch, _whitening))
            Throw.InvalidFile(other.Path,
                $"is of patches of side {other.PatchSize}, whitening {other.Whitening}; expected side {_patch}, whitening {_whitening}.");
        for (int i = 0; i < other.Pictures.Count; i++)
        {
            BeginPicture(other.Pictures[i].Name, other.Pictures[i].Width, other.Pictures[i].Height);
            while (other.TryTake(i, out PatchPlace place))
            {
                Append("", [place]);
                _columns.Append<float>(PlacesFormat.Deviation, [place.Deviation]);
            }
            while (other.TryTakeFlat(i, out PatchPlace place))
                Append(PlacesFormat.Flat, [place]);
        }
    }

    /// <summary>Puts the archive together and in its place.</summary>
    /// <exception cref="IOException">The disk is full, or the target cannot be replaced.</exception>
    public void Complete() => CompleteWith(_ => { });

    /// <summary>The same with something of the caller's in the archive.</summary>
    internal void CompleteWith(Action<NpzOutput> also)
        => _columns.Complete(npz =>
        {
            also(npz);
            npz.AddText(PlacesFormat.KindName, PlacesFormat.Kind);
            npz.AddNumber(PlacesFormat.Patch, _patch);
            npz.AddText(PlacesFormat.Whitening, _whitening);
            if (_dictionary is not null)
                npz.AddText(PlacesFormat.Dictionary, _dictionary);
            npz.AddTexts(PlacesFormat.Names, _names);
        });

    /// <summary>Deletes the temporary files, and the partial archive unless it was completed.</summary>
    public void Dispose() => _columns.Dispose();

    private void BeginPicture(string name, int width, int height)
    {
        _names.Add(name);
        _columns.Append<int>(PlacesFormat.Width, [width]);
        _columns.Append<int>(PlacesFormat.Height, [height]);
    }

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
