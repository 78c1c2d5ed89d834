using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace FastSparseCoding.Imaging.Formats;

/// <summary>Grays of a TIFF with 16 bits a sample, piece by piece: strips or tiles, of all samples of a pixel or of one each.</summary>
internal sealed class TiffWideSamples(Tiff tiff, TiffDirectory directory)
{
    private const int Largest = 65_535;

    /// <summary>Samples that make the gray; those behind them are alpha or unknown.</summary>
    private readonly int _colours = directory.Photometric == 2 ? 3 : 1;

    private readonly int _width = (int)directory.Width, _height = (int)directory.Height;

    /// <summary>Values from 0 to 1, or null when the library refuses.</summary>
    public float[]? Read()
    {
        if (directory.Samples < _colours)
            return null;
        var values = new float[_width * _height];
        (int across, int down) = ((int)directory.Piece.Width, (int)directory.Piece.Height);
        int planes = directory.Separate ? _colours : 1;
        var pieces = new byte[planes][];
        for (int i = 0; i < planes; i++)
            pieces[i] = new byte[directory.Tiled ? tiff.TileSize() : tiff.StripSize()];
        for (int top = 0; top < _height; top += down)
            for (int left = 0; left < _width; left += across)
            {
                for (int i = 0; i < planes; i++)
                    if (!ReadPiece(left, top, i, pieces[i]))
                        return null;
                Place(pieces, left, top, values);
            }
        return values;
    }

    private bool ReadPiece(int left, int top, int plane, byte[] piece)
    {
        if (directory.Tiled)
            return tiff.ReadEncodedTile(tiff.ComputeTile(left, top, 0, (short)plane), piece, 0, piece.Length) == piece.Length;
        int rows = (int)Math.Min(directory.Piece.Height, _height - top), length = rows * tiff.ScanlineSize();
        return length <= piece.Length && tiff.ReadEncodedStrip(tiff.ComputeStrip(top, (short)plane), piece, 0, length) == length;
    }

    private void Place(byte[][] pieces, int left, int top, float[] values)
    {
        int across = (int)directory.Piece.Width, step = directory.Separate ? 1 : (int)directory.Samples;
        int width = Math.Min(across, _width - left), height = (int)Math.Min(directory.Piece.Height, _height - top);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                int at = (y * across + x) * step;
                int gray = _colours == 1 ? Sample(0) : Luma.Of(Sample(0), Sample(1), Sample(2), Largest);
                values[(top + y) * _width + left + x] = (directory.Photometric == 0 ? Largest - gray : gray) / (float)Largest;

                int Sample(int colour) => directory.Separate
                    ? MemoryMarshal.Cast<byte, ushort>(pieces[colour])[at]
                    : MemoryMarshal.Cast<byte, ushort>(pieces[0])[at + colour];
            }
    }
}
