namespace FastSparseCoding.Storage;

/// <summary>The temporary files that are being written, so that a process that must end at once leaves none behind.</summary>
internal sealed class PartialFiles
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private bool _ending;

    /// <summary>Those of this process.</summary>
    public static PartialFiles OfProcess { get; } = new();

    /// <summary>Opens a temporary file and remembers it.</summary>
    public Stream Add(string temporary, Func<Stream> open)
    {
        lock (_lock)
        {
            if (_ending)
                Throw.Unwritable<Stream>(temporary, "the process is ending.");
            Stream file = open();
            _open.Add(temporary);
            return file;
        }
    }

    /// <summary>Forgets a file that was renamed.</summary>
    public void Remove(string temporary)
    {
        lock (_lock)
            _open.Remove(temporary);
    }

    /// <summary>Deletes a file if it can be deleted.</summary>
    public void Delete(string temporary)
    {
        lock (_lock)
        {
            _open.Remove(temporary);
            TryDelete(temporary);
        }
    }

    /// <summary>Deletes all of them, and lets no new one be opened.</summary>
    public void DeleteAll()
    {
        lock (_lock)
        {
            _ending = true;
            foreach (string temporary in _open)
                TryDelete(temporary);
            _open.Clear();
        }
    }

    /// <summary>Deletes temporary files that a process which was killed has left: those that nobody has open.</summary>
    public void DeleteLeftBehind(string folder, string pattern)
    {
        lock (_lock)
        {
            try
            {
                foreach (string temporary in Directory.GetFiles(folder, pattern))
                    if (!_open.Contains(temporary) && !IsOpen(temporary))
                        TryDelete(temporary);
            }
            catch (UnauthorizedAccessException)
            {
                // A folder that may be written to but not listed keeps what was left in it.
            }
        }
    }

    /// <summary>Whether another process is writing a file: it is opened for one alone.</summary>
    private static bool IsOpen(string temporary)
    {
        try
        {
            using var file = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Called on the way out of the failure that matters: a second exception here would hide the first.
        }
    }
}
