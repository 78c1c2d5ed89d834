using System.CommandLine;
using FastSparseCoding.Imaging;
using FastSparseCoding.Imaging.Formats;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Output;

/// <summary>
/// Where results of pictures are written: the one file that is named, or a folder of one for each, in the subfolders and under the names of
/// the pictures, PNG where a picture is of a format that is only read. Where two would have one name, theirs begin with their numbers.
/// </summary>
internal sealed class PictureOutput
{
    /// <summary>What ends in one of these is no name of a folder.</summary>
    private static readonly HashSet<string> FileEndings =
        new([.. ImageFile.Extensions, ".npy", ".npz", ".csv", ".safetensors"], StringComparer.OrdinalIgnoreCase);

    private readonly string? _folder;       // null for one file

    /// <summary>Chooses a file for every picture.</summary>
    /// <param name="option">The option that names the output.</param>
    /// <param name="output">A file for one picture, or a folder.</param>
    /// <param name="isOne">Whether there is but one picture, which may go to a file.</param>
    /// <param name="names">Names of the pictures, with their subfolders.</param>
    public PictureOutput(Option option, string output, bool isOne, IReadOnlyList<string> names)
    {
        if (output == StandardStream.Name)
            throw new UserError($"{option.Name} is {output}; pictures are not written to standard output: give a file or a folder.");
        bool isFolder = Directory.Exists(output) || Path.EndsInDirectorySeparator(output);
        if (isOne && !isFolder)
        {
            WrittenFormat.RequireEnding(output);
            Files = [output];
            return;
        }
        if (!isFolder && (File.Exists(output) || FileEndings.Contains(Path.GetExtension(output))))
            throw new UserError($"{output}: is the name of a file; the results of a folder or of several pictures need a folder.");
        _folder = output;
        Files = [.. Told(names.Select(Renamed)).Select(name => Path.Combine(output, name))];
    }

    /// <summary>The files, in the order of the pictures.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Refuses at once what would fail only after work, or would replace what must stay.</summary>
    /// <param name="inputs">What is read; null where nothing is given.</param>
    /// <param name="other">Another output, if there is one.</param>
    public void Require(IEnumerable<string?> inputs, string? other)
    {
        string?[] read = [.. inputs];
        if (other is not null)
            WrittenFormat.RequireEnding(other);
        if (Files.Count == 1 && (_folder is null || Directory.Exists(Path.GetDirectoryName(Files[0]))))
        {
            OutputFile.Require(read, Files[0], other);
            return;
        }
        OutputFile.Require(read, other);
        HashSet<string> real = [.. read.OfType<string>().Select(RealPath.Of)];
        foreach (string file in Files)
            if (File.Exists(file) && real.Contains(RealPath.Of(file)))
                throw new UserError($"{file}: is an input too, which no output may replace; give another name.");
        using var folder = NewFolder.Make(_folder!);
        using AtomicFile probe = AtomicFile.Create(Path.Combine(_folder!, Path.GetFileName(Files[0])));
    }

    /// <summary>Writes a picture, whole or not at all; folders that are missing appear with it.</summary>
    public static void Save(string file, ColourImage picture)
    {
        using var folder = NewFolder.Make(Path.GetDirectoryName(file) ?? "");
        ImageFile.Save(file, picture);
        folder.Keep();
    }

    private static string Renamed(string name)
        => WrittenFormat.Has(Path.GetExtension(name)) ? name : Path.ChangeExtension(name, ".png");

    /// <summary>Names that are all different, also where letters of both cases are one.</summary>
    private static IEnumerable<string> Told(IEnumerable<string> names)
    {
        string[] all = [.. names];
        var counts = all.CountBy(name => name, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);
        return all.Select((name, i) => counts[name] == 1 ? name
            : Path.Combine(Path.GetDirectoryName(name) ?? "", FormattableString.Invariant($"{i:D5}-{Path.GetFileName(name)}")));
    }
}
