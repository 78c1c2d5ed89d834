using System.CommandLine;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Output;

/// <summary>Where pictures are written: one file, or a folder with one for each.</summary>
internal static class PictureOutput
{
    private const string Ending = ".png";

    private static readonly string[] OtherEndings = [.. ImageFile.Extensions.Where(e => e != Ending), ".npy", ".npz", ".safetensors"];

    /// <summary>Chooses a file for every picture and makes their folder, after all that could be refused was.</summary>
    /// <param name="option">The option that names the output.</param>
    /// <param name="output">A .png for one picture, or a folder.</param>
    /// <param name="pictures">The pictures, of which none is replaced.</param>
    /// <param name="inputs">Files that are read.</param>
    /// <returns>The files, in the order of the pictures. Where two have one name, all are told apart by their numbers.</returns>
    public static string[] Open(
        Option option, string output, IReadOnlyList<(string Name, int Width, int Height)> pictures, IReadOnlyList<string> inputs)
    {
        if (output.Length == 0)
            throw new UserError($"{option.Name} is empty; it must be the name of a file or a folder.");
        string ending = Path.GetExtension(output);
        bool isFile = !Directory.Exists(output) && string.Equals(ending, Ending, StringComparison.OrdinalIgnoreCase);
        if (!isFile && !Directory.Exists(output) && OtherEndings.Contains(ending, StringComparer.OrdinalIgnoreCase))
            throw new UserError($"{output}: pictures are written as {Ending}; give a name that ends in {Ending}, or a folder.");
        if (isFile && pictures.Count != 1)
            throw new UserError($"{output}: {pictures.Count} pictures do not fit one file; give a folder.");
        string[] files = isFile ? [output] : [.. Names(pictures).Select(name => Path.Combine(output, name))];
        if (!isFile)
            CreateFolder(output);
        var originals = pictures.Select(p => p.Name).Where(File.Exists).Select(RealPath.Of).ToHashSet(StringComparer.Ordinal);
        foreach (string file in files)
        {
            OutputFile.Require(inputs, (option, file));
            if (originals.Contains(RealPath.Of(file)))
                throw new UserError($"{file}: is a picture that was encoded, which no output may replace; give another name.");
        }
        return files;
    }

    private static string[] Names(IReadOnlyList<(string Name, int Width, int Height)> pictures)
    {
        string[] names = [.. pictures.Select(p => Path.GetFileNameWithoutExtension(p.Name))];
        bool areDifferent = names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
        return [.. names.Select((name, i) => areDifferent ? name + Ending : FormattableString.Invariant($"{i:D5}-{name}{Ending}"))];
    }

    /// <summary>Makes a folder, and those it lies in, where they are missing.</summary>
    public static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{path}: the folder cannot be created: {e.Message}");
        }
    }
}
