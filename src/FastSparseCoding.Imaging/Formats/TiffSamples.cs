using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>
/// Grays and colours of a TIFF with 8 or 16 bits a sample, piece by piece: strips or tiles, of all samples of a pixel or of one each.
/// </summary>
internal sealed class TiffSamples
{
    private readonly ImageBytes _bytes;
    private readonly Tiff _tiff;
    private readonly TiffDirectory _directory;
    private readonly int _width, _height;
    private readonly int _down;         // rows of a piece: those of a strip or tile, or one that is stored as it is
    private readonly PixelLayout _layout;
    private readonly byte[] _row;       // samples as they are drawn
    private readonly byte[][] _pieces;  // one, or one of each sample

    public TiffSamples(ImageBytes bytes, Tiff tiff, TiffDirectory directory)
    {
        (_bytes, _tiff, _directory) = (bytes, tiff, directory);
        (_width, _height) = ((int)directory.Width, (int)directory.Height);
        int colours = directory.Photometric == 2 ? 3 : 1;
        _layout = new PixelLayout(_width, _height, colours, directory.HasAlpha(colours), directory.Bits == 16 ? 65_535 : 255,
            directory.Orientation);
        _down = directory.HasPlainRows ? 1 : (int)directory.Piece.Height;
        _row = new byte[directory.Piece.Width * _layout.Samples * SampleBytes];
        _pieces = new byte[directory.Separate ? _layout.Samples : 1][];
        for (int i = 0; i < _pieces.Length; i++)
            _pieces[i] = new byte[directory.HasPlainRows ? directory.RowBytes : directory.Tiled ? tiff.TileSize() : tiff.StripSize()];
    }

    /// <summary>Whether pixels are their own samples, of a size that is a number's.</summary>
    public static bool Reads(TiffDirectory directory)
        => directory is { Bits: 8 or 16, Photometric: 0 or 1 or 2 } && directory.Samples >= (directory.Photometric == 2 ? 3 : 1);

    private int SampleBytes => (int)_directory.Bits / 8;

    /// <summary>Draws the picture; false when the library refuses.</summary>
    public bool Draw(Canvas canvas)
    {
        canvas.Begin(_layout);
        int across = (int)_directory.Piece.Width;
        for (int top = 0; top < _height; top += _down)
            for (int left = 0; left < _width; left += across)
            {
                for (int i = 0; i < _pieces.Length; i++)
                    if (!ReadPiece(left, top, i))
                        return false;
                for (int y = 0; y < Math.Min(_down, _height - top); y++)
                    DrawRow(canvas, left, top + y, y * across);
            }
        return true;
    }

    private bool ReadPiece(int left, int top, int plane)
    {
        byte[] piece = _pieces[plane];
        if (_directory.HasPlainRows)
        {
            ReadRow(top, plane, piece);
            return true;
        }
        if (_directory.Tiled)
            return _tiff.ReadEncodedTile(_tiff.ComputeTile(left, top, 0, (short)plane), piece, 0, piece.Length) == piece.Length;
        int rows = (int)Math.Min(_directory.Piece.Height, _height - top), length = rows * _tiff.ScanlineSize();
        return length <= piece.Length && _tiff.ReadEncodedStrip(_tiff.ComputeStrip(top, (short)plane), piece, 0, length) == length;
    }

    private void ReadRow(int y, int plane, Span<byte> row)
    {
        _bytes.Read(_directory.PlainRow(y, plane), row);
        Span<ushort> wide = MemoryMarshal.Cast<byte, ushort>(row);
        if (SampleBytes == 2 && _directory.IsLittleEndian != BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(wide, wide);
    }

    /// <summary>Draws a row of the pieces, of which its first pixel is number <paramref name="pixel"/>.</summary>
    private void DrawRow(Canvas canvas, int left, int y, int pixel)
    {
        int width = (int)Math.Min(_directory.Piece.Width, _width - left), pixelBytes = _layout.Samples * SampleBytes;
        bool isAsDrawn = !_directory.Separate && _directory.Samples == _layout.Samples && _directory.Photometric != 0;
        ReadOnlySpan<byte> row = isAsDrawn ? _pieces[0].AsSpan(pixel * pixelBytes, width * pixelBytes)
            : Arranged(pixel, width * pixelBytes);
        if (SampleBytes == 1)
            canvas.Put(left, y, row);
        else
            canvas.Put(left, y, MemoryMarshal.Cast<byte, ushort>(row));
    }

    /// <summary>The samples of a row side by side, without those that are not drawn.</summary>
    private ReadOnlySpan<byte> Arranged(int pixel, int length)
    {
        int n = _layout.Samples;
        Span<byte> row = _row.AsSpan(0, length);
        for (int c = 0; c < n; c++)
        {
            (byte[] piece, int step, int from) = _directory.Separate ? (_pieces[c], 1, pixel)
                : (_pieces[0], (int)_directory.Samples, pixel * (int)_directory.Samples + c);
            bool isInverted = _directory.Photometric == 0 && c == 0;      // 0 is white
            if (SampleBytes == 1)
                Copy(piece, from, step, row, c, n, isInverted ? byte.MaxValue : (byte)0);
            else
                Copy(MemoryMarshal.Cast<byte, ushort>(piece), from, step, MemoryMarshal.Cast<byte, ushort>(row), c, n,
                    isInverted ? ushort.MaxValue : (ushort)0);
        }
        return row;
    }

    /// <summary>Copies every sample number <paramref name="step"/>, and turns its bits over where <paramref name="flip"/> has
    /// ones.</summary>
    private static void Copy<T>(ReadOnlySpan<T> source, int from, int step, Span<T> target, int to, int targetStep, T flip)
        where T : System.Numerics.IBitwiseOperators<T, T, T>
    {
        for (; to < target.Length; to += targetStep, from += step)
            target[to] = source[from] ^ flip;
    }
}
