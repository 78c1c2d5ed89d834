using System.Text;
using System.Text.RegularExpressions;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Paper;

/// <summary>
/// The folder of a reproduction. It remembers the settings it was made with: the same command goes on where it was interrupted, another
/// begins anew.
/// </summary>
internal sealed partial class RunFolder
{
    private const string SettingsFile = "settings.txt";

    private readonly string _path;

    private RunFolder(string path) => _path = path;

    /// <summary>Codes that were not certified.</summary>
    public UncertifiedLog Uncertified { get; private set; } = null!;

    /// <summary>Opens or creates the folder, and discards what a run with other settings left, so that no page is beside models that are
    /// not its own.</summary>
    public static RunFolder Open(string path, string settings)
    {
        var folder = new RunFolder(path);
        folder.Prepare(settings);
        folder.Uncertified = new UncertifiedLog(folder[UncertifiedLog.FileName]);
        return folder;
    }

    private void Prepare(string settings)
    {
        Create(_path);
        PartialFiles.OfProcess.DeleteLeftBehind(_path, ".partial-*.tmp");       // what a killed run was writing has no name yet
        if (Contains(SettingsFile) && Holds(SettingsFile, settings))
            return;
        if (Contains(SettingsFile))
            Delete(Directory.EnumerateFiles(_path).Where(f => IsOwn(Path.GetFileName(f))));
        WriteText(SettingsFile, settings);
    }

    /// <summary>Path of a file in the folder.</summary>
    public string this[string name] => Path.Combine(_path, name);

    public bool Contains(string name) => File.Exists(this[name]);

    /// <summary>A stage whose outcome is a file: worked out when the file is not there, from its checkpoint if it has one.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="make">Makes the file at the given path; may keep a checkpoint at the second.</param>
    /// <returns>Path of the file.</returns>
    public string Stage(string name, Action<string, string> make)
    {
        string path = this[name], checkpoint = CheckpointFile.PathFor(path);
        if (!File.Exists(path))
            Make(path, checkpoint, make);
        File.Delete(checkpoint);
        return path;
    }

    /// <summary>A stage whose file is loaded: always, so that a run that went on holds the same bits as one that never stopped.</summary>
    public T Stage<T>(string name, Action<string, string> make, Func<string, T> load) => load(Stage(name, make));

    public void WriteText(string name, string text) => WriteBytes(name, Encoding.UTF8.GetBytes(text));

    public void WriteBytes(string name, byte[] bytes) => AtomicFile.Write(this[name], stream => stream.Write(bytes));

    private static void Make(string path, string checkpoint, Action<string, string> make)
    {
        try
        {
            make(path, checkpoint);
        }
        catch (ArgumentException e) when (CheckpointRefusal.Is(e))
        {
            Throw.InvalidFile(checkpoint,
                $"cannot be gone on from: {CheckpointRefusal.Text(e)} Delete it, and what it was to become is begun anew.");
        }
    }

    private bool Holds(string name, string text)
    {
        byte[] expected = Encoding.UTF8.GetBytes(text);
        using InputFile file = InputFile.Open(this[name]);
        if (file.Length != expected.Length)
            return false;
        var bytes = new byte[expected.Length];
        file.ReadExactly(bytes, 0);
        return bytes.AsSpan().SequenceEqual(expected);
    }

    private static void Create(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Throw.FolderNotCreated(path, e.Message, e);
        }
    }

    // Only files that a reproduction itself names are ever deleted: with sizes, depths and seeds where it puts them.
    private static bool IsOwn(string name) => OwnNames().IsMatch(name);

    [GeneratedRegex("""
        ^(report\.(html|md)|numbers\.csv|uncertified\.txt|digits-uncertified\.npy
        |((dictionary-\d+|(lista|lista-layers|lista-coupled|slista|lcod|shrink|tanh|tanh2)-\d+(-\d+)?-s\d+|digits-dictionary|digits-(raw|exact)-\d+|digits-(cod|lcod|lista|shrink)-\d+-\d+(-classifier|-end-to-end)?)\.safetensors|digits-codes\.npz)(\.checkpoint)?
        |atoms-\d+\.png|digits-atoms\.png|explaining-away-\d+-(patch|away|explaining)\.png
        |(fista-lista|cod-lcod|warm-start-lista|warm-start-lcod|explaining-away|robustness-noise|robustness-lambda|robustness-gap)-\d+\.svg)$
        """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex OwnNames();

    private static void Delete(IEnumerable<string> files)
    {
        foreach (string file in files.ToArray())
            File.Delete(file);
    }
}
