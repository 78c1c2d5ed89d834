using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Imaging;

/// <summary>
/// A temporary file of pixels. It has a name only while it is created, where the system allows, so that it cannot outlive the process.
/// </summary>
internal sealed class ScratchFile : IDisposable
{
    private const int MostPixelsAtOnce = 1024;

    private readonly string _path;
    private readonly FileStream _stream;
    private long _length;

    public ScratchFile(string folder)
    {
        _path = Path.Combine(folder, $"fast-sparse-coding-{Path.GetRandomFileName()}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 1,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            _stream = new FileStream(_path, options);
            if (!OperatingSystem.IsWindows())
                File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _stream = Unwritable<FileStream>(e);
        }
    }

    /// <summary>Puts a picture behind those before it.</summary>
    public HeldImage Add(string name, Picture picture)
    {
        try
        {
            RandomAccess.Write(_stream.SafeFileHandle, picture.Bytes, _length);
        }
        catch (IOException e)
        {
            Unwritable<long>(e);
        }
        var held = new Held(this, _length, picture.PixelBytes, name, picture.Width, picture.Height);
        _length += picture.Bytes.Length;
        return held;
    }

    public void Dispose() => _stream.Dispose();

    private T Unwritable<T>(Exception cause)
        => Throw.Unwritable<T>(_path,
            $"it is to hold the pictures that memory does not: {cause.Message.TrimEnd('.')}. "
            + "Give that folder more room, or fewer pictures.", cause);

    private void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int read;
            try
            {
                read = RandomAccess.Read(_stream.SafeFileHandle, bytes, offset);
            }
            catch (IOException e)
            {
                read = Throw.Unreadable<int>(_path, e.Message, e);
            }
            if (read == 0)
                Throw.Unreadable<int>(_path, "pictures that were written to it are no longer there.");
            bytes = bytes[read..];
            offset += read;
        }
    }

    private sealed class Held(ScratchFile file, long start, int pixelBytes, string name, int width, int height)
        : HeldImage(name, width, height)
    {
        public override void Read(int channel, int x, int y, Span<float> pixels)
        {
            Span<byte> bytes = stackalloc byte[MostPixelsAtOnce * sizeof(float)];
            for (long from = start + ((long)y * Width + x) * pixelBytes; pixels.Length > 0;)
            {
                int count = Math.Min(pixels.Length, MostPixelsAtOnce), length = count * pixelBytes;
                file.Read(from, bytes[..length]);
                Picture.Expand(bytes[..length], pixelBytes, pixels);
                pixels = pixels[count..];
                from += length;
            }
        }
    }
}
