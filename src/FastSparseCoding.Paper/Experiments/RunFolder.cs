using System.Text;
using System.Text.RegularExpressions;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Paper;

/// <summary>
/// The folder of a reproduction. It remembers the settings it was made with: the same command goes on where it was interrupted, another
/// is refused or begins anew.
/// </summary>
internal sealed partial class RunFolder
{
    private const string SettingsFile = "settings.txt", DigitsName = "digits: ";

    private const int MostSettingsBytes = 1 << 20;

    private readonly string _path;

    private RunFolder(string path) => _path = path;

    /// <summary>Codes that were not certified.</summary>
    public UncertifiedLog Uncertified { get; private set; } = null!;

    /// <summary>The digits of the run, or of an earlier one whose results stay; null where there were none.</summary>
    public string? Digits { get; private set; }

    /// <summary>Opens or creates the folder. What a run with other settings left is refused, or discarded, so that no page is beside models
    /// that are not its own.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="settings">All that decides the models, a line each.</param>
    /// <param name="digits">The digits of the run, which are an addition; null for none.</param>
    /// <param name="overwrite">Whether what a run with other settings left is discarded.</param>
    /// <exception cref="InvalidDataException">It is of other settings, or has files of the names of a reproduction's that are none, and
    /// they are not to be overwritten.</exception>
    public static RunFolder Open(string path, string settings, string? digits = null, bool overwrite = false)
    {
        var folder = new RunFolder(path);
        folder.Prepare(settings, digits, overwrite);
        folder.Uncertified = new UncertifiedLog(folder[UncertifiedLog.FileName]);
        return folder;
    }

    private void Prepare(string settings, string? digits, bool overwrite)
    {
        Create(_path);
        PartialFiles.OfProcess.DeleteLeftBehind(_path, ".partial-*.tmp");       // what a killed run was writing has no name yet
        Digits = digits;
        if (Contains(SettingsFile))
        {
            (string found, string? foundDigits) = ReadSettings();
            if (found == settings && (digits is null || foundDigits is null || digits == foundDigits))
            {
                Digits ??= foundDigits;
                if (digits == foundDigits || digits is null)
                    return;
            }
            else if (!overwrite)
                Throw.OtherSettings(_path, Difference($"{found}{DigitsLine(foundDigits)}", $"{settings}{DigitsLine(digits)}"));
            else
                Delete(OwnFiles());
        }
        else if (OwnFiles() is [var first, ..] files)
        {
            if (!overwrite)
                Throw.NotAReproduction(_path, Path.GetFileName(first));
            Delete(files);
        }
        WriteText(SettingsFile, settings + DigitsLine(digits));
    }

    private static string DigitsLine(string? digits) => digits is null ? "" : $"{DigitsName}{digits}\n";

    private (string Settings, string? Digits) ReadSettings()
    {
        using InputFile file = InputFile.Open(this[SettingsFile]);
        var bytes = new byte[Math.Min(file.Length, MostSettingsBytes)];
        file.ReadExactly(bytes, 0);
        string text = Encoding.UTF8.GetString(bytes);
        int at = text.StartsWith(DigitsName, StringComparison.Ordinal) ? 0
            : text.IndexOf($"\n{DigitsName}", StringComparison.Ordinal) is >= 0 and int before ? before + 1 : text.Length;
        return (text[..at], at == text.Length ? null : text[(at + DigitsName.Length)..].TrimEnd('\n'));
    }

    /// <summary>The first line that differs, as it was and as it is.</summary>
    private static string Difference(string found, string asked)
    {
        string[] old = found.Split('\n'), now = asked.Split('\n');
        int shorter = Math.Min(old.Length, now.Length);
        int line = Enumerable.Range(0, shorter).FirstOrDefault(i => old[i] != now[i], shorter - 1);
        return $"'{old[line]}' there, '{now[line]}' here";
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
    private string[] OwnFiles()
        => [.. Directory.EnumerateFiles(_path).Where(f => OwnNames().IsMatch(Path.GetFileName(f))).Order(StringComparer.Ordinal)];

    [GeneratedRegex("""
        ^(report\.(html|md)|results(-digits)?\.json|numbers\.csv|uncertified\.txt|digits-uncertified\.npy
        |((dictionary-\d+|(lista|lista-layers|lista-coupled|slista|lcod|shrink|tanh|tanh2)-\d+(-\d+)?-s\d+|digits-dictionary|digits-(raw|exact)-\d+|digits-(cod|lcod|lista|shrink)-\d+-\d+(-classifier|-end-to-end)?)\.safetensors|digits-codes\.npz)(\.checkpoint)?
        |atoms-\d+\.png|digits-atoms\.png|explaining-away-\d+-(patch|away|explaining)\.png
        |(fista-lista|cod-lcod|warm-start-lista|warm-start-lcod|explaining-away|robustness-noise|robustness-lambda|robustness-gap)-\d+\.svg)$
        """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex OwnNames();

    private static void Delete(string[] files)
    {
        foreach (string file in files)
            File.Delete(file);
    }
}
