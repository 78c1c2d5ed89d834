using System.Diagnostics;

namespace FastSparseCoding.Fuzz;

/// <summary>One reading of a file: its result or its error, and what it took.</summary>
internal readonly record struct Reading(int Result, Exception? Error, long Bytes, TimeSpan Time)
{
    public static Reading OfPath(FormatReader reader, string path) => Of(() => reader.OfPath(path));

    /// <summary>A reading through a stream that goes by the path's name; it can seek, or only go forward.</summary>
    public static Reading OfStream(FormatReader reader, string path, bool seeks)
    {
        using MemoryStream stream = seeks ? new MemoryStream(File.ReadAllBytes(path)) : new ForwardStream(File.ReadAllBytes(path));
        return Of(() => reader.OfStream!(stream, path));
    }

    /// <summary>Whether both read the same, or refuse in the same words.</summary>
    public bool IsLike(Reading other)
        => (Result, Error?.GetType(), Error?.Message) == (other.Result, other.Error?.GetType(), other.Error?.Message);

    private static Reading Of(Func<int> read)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        int result = 0;
        Exception? error = null;
        try
        {
            result = read();
        }
        catch (Exception e)
        {
            error = e;
        }
        return new Reading(result, error, GC.GetAllocatedBytesForCurrentThread() - bytes, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>As an upload comes: without a length, and never back.</summary>
    private sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();
    }
}
