using System.Text;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Paper;

/// <summary>
/// How many codes of a reproduction were not certified, stage by stage. Kept in a file of its folder, so that a run that goes on also tells
/// of the stages done before. Safe to use from several threads.
/// </summary>
internal sealed class UncertifiedLog
{
    public const string FileName = "uncertified.txt";

    private readonly string _path;
    private readonly SortedDictionary<string, (long Count, long Total)> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public UncertifiedLog(string path)
    {
        _path = path;
        if (!File.Exists(path))
            return;
        foreach (string[] parts in File.ReadLines(path).Select(line => line.Split('\t')))
            if (parts is [var count, var total, var signals] && long.TryParse(count, out long c) && long.TryParse(total, out long t))
                _entries[signals] = (c, t);
    }

    /// <summary>What was noted, in the order of the names.</summary>
    public IReadOnlyList<(string Signals, long Count, long Total)> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Select(e => (e.Key, e.Value.Count, e.Value.Total))];
        }
    }

    /// <summary>Notes how many of a stage's signals had no certified code.</summary>
    public void Set(string signals, long count, long total)
    {
        lock (_lock)
        {
            if (count == 0 ? !_entries.Remove(signals) : _entries.TryGetValue(signals, out (long, long) known) && known == (count, total))
                return;
            if (count > 0)
                _entries[signals] = (count, total);
            byte[] text = Encoding.UTF8.GetBytes(
                string.Concat(_entries.Select(e => FormattableString.Invariant($"{e.Value.Count}\t{e.Value.Total}\t{e.Key}\n"))));
            AtomicFile.Write(_path, stream => stream.Write(text));
        }
    }
}
