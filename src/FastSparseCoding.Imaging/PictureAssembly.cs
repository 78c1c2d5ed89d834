namespace FastSparseCoding.Imaging;

/// <summary>
/// Pictures put together again from their patches: each is multiplied by its deviation, its mean is added, and where patches overlap their
/// average is taken. A place that was left out as flat counts as a patch of its mean. Safe to call from several threads at once.
/// </summary>
public static class PictureAssembly
{
    /// <summary>Puts the pictures of a file of places together, one after the other.</summary>
    /// <param name="places">The places, before the first picture.</param>
    /// <param name="patches">Blocks of patches [count×n], row for row those of the places, not whitened.</param>
    /// <returns>The pictures, named as they were; to be walked once. Values may lie outside of 0 to 1.</returns>
    /// <exception cref="InvalidDataException">When its turn comes: a place is damaged or lies outside of its picture, or a pixel is in no
    /// patch.</exception>
    /// <exception cref="ArgumentException">When its turn comes: patches are of another size, or fewer than the places.</exception>
    public static IEnumerable<GrayImage> Assemble(PatchPlacesReader places, IEnumerable<Matrix> patches)
    {
        ArgumentNullException.ThrowIfNull(places);
        ArgumentNullException.ThrowIfNull(patches);
        return Pictures(places, patches);
    }

    private static IEnumerable<GrayImage> Pictures(PatchPlacesReader places, IEnumerable<Matrix> patches)
    {
        using var rows = new RowsOf(patches, places);
        for (int p = 0; p < places.Pictures.Count; p++)
        {
            (string name, int width, int height) = places.Pictures[p];
            var sum = new PatchSum(name, width, height, places.PatchSize);
            while (places.TryTake(p, out PatchPlace place))
                sum.Add(place, rows.Next());
            while (places.TryTakeFlat(p, out PatchPlace place))
                sum.AddFlat(place);
            if (sum.FirstUncovered() is (int x, int y))
                Throw.InvalidFile(places.Path,
                    $"pixel ({x}, {y}) of {name} lies in no patch; it must be in one, as with a stride of at most the patch's side.");
            yield return sum.ToAverage();
        }
    }

    /// <summary>Rows of blocks, one after the other.</summary>
    private sealed class RowsOf(IEnumerable<Matrix> blocks, PatchPlacesReader places) : IDisposable
    {
        private readonly IEnumerator<Matrix> _blocks = blocks.GetEnumerator();
        private Matrix _block = new(0, 0);
        private int _at;
        private long _done;

        public ReadOnlySpan<float> Next()
        {
            while (_at == _block.Rows)
            {
                if (!_blocks.MoveNext())
                    Throw.Argument("patches", $"'patches' ends after {_done} rows; it must have {places.Rows}.");
                (_block, _at) = (_blocks.Current, 0);
                Throw.IfColumnsNot(_block.Columns, places.PatchSize * places.PatchSize, "patches");
            }
            _done++;
            return _block.Row(_at++);
        }

        public void Dispose() => _blocks.Dispose();
    }
}
