namespace FastSparseCoding.Imaging.Formats;

/// <summary>The runs of a packed BMP, of 8 or 4 bits a pixel: two colours that alternate (one, of 8 bits), or pixels as they are.</summary>
internal sealed class BmpRuns(string path, ImageBytes bytes, int start, int bits)
{
    private const byte EndOfRow = 0, EndOfPicture = 1, Jump = 2;

    private int _at = start;
    private int _colours;       // where the colours of the run lie
    private bool _repeats;

    public int X { get; private set; }

    public int Y { get; private set; }

    /// <summary>Pixels of the run that begins at (X, Y).</summary>
    public int Length { get; private set; }

    /// <summary>Colour of pixel <paramref name="i"/> of the run.</summary>
    public int Colour(int i)
    {
        if (bits == 8)
            return bytes[_repeats ? _colours : _colours + i];
        byte pair = bytes[_repeats ? _colours : _colours + i / 2];
        return i % 2 == 0 ? pair >> 4 : pair & 15;
    }

    /// <summary>Goes to the next run; false at the end of the picture.</summary>
    public bool Next(int width, int height)
    {
        X += Length;
        Length = 0;
        while (true)
        {
            (byte count, byte value) = (Take(), Take());
            _colours = _at - 1;
            _repeats = count > 0;
            if (count > 0)
                return Begin(count, width, height);
            switch (value)
            {
                case EndOfRow:
                    (X, Y) = (0, Y + 1);
                    break;
                case EndOfPicture:
                    if (Y < height - 1)
                        Throw.InvalidFile(path, $"is cut short or damaged: its runs end in row {Y + 1} of {height}.");
                    return false;
                case Jump:
                    (X, Y) = (X + Take(), Y + Take());
                    break;
                default:
                    _colours = _at;
                    int length = bits == 8 ? value : (value + 1) / 2;
                    for (int i = 0; i < length + length % 2; i++)
                        Take();
                    return Begin(value, width, height);
            }
            if (X > width || Y > height)
                Throw.InvalidFile(path, $"is damaged: its runs leave its {width}×{height} pixels before byte {_at}.");
        }
    }

    private bool Begin(int length, int width, int height)
    {
        if (X + length > width || Y >= height)
            Throw.InvalidFile(path, $"is damaged: its runs leave its {width}×{height} pixels before byte {_at}.");
        Length = length;
        return true;
    }

    private byte Take()
    {
        if (_at >= bytes.Length)
            Throw.InvalidFile(path, "is cut short: its runs have no end.");
        return bytes[_at++];
    }
}
