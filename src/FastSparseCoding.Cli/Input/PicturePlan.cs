using System.CommandLine;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Input;

/// <summary>A picture to be worked on: where it is read, the place of its result, and what it is compared with.</summary>
internal sealed record PictureJob(string Input, string Output, string? Reference);

/// <summary>Which file each picture's result goes to: one file into one, several or a folder's into a folder.</summary>
internal sealed class PicturePlan
{
    private readonly PictureOutput _output;

    /// <summary>Plans for pictures, each of a folder under its name in that folder.</summary>
    /// <param name="inputs">Files and folders.</param>
    /// <param name="option">The option that names the results.</param>
    /// <param name="output">A file for one picture; a folder for more.</param>
    /// <param name="reference">What the results are compared with: a file for one picture, a folder with the same names for more; or
    /// null.</param>
    public PicturePlan(IReadOnlyList<string> inputs, Option option, string output, string? reference)
    {
        bool isOne = inputs.Count == 1 && !Directory.Exists(inputs[0]);
        (string Path, string Name)[] pictures = [.. inputs.SelectMany(Pictures)];
        _output = new PictureOutput(option, output, isOne, [.. pictures.Select(p => p.Name)]);
        foreach (string input in inputs)
            RequireOutside(output, input);
        Jobs = [.. pictures.Select((p, i) => new PictureJob(p.Path, _output.Files[i], ReferenceOf(reference, p.Name, p.Path, isOne)))];
    }

    /// <summary>The pictures, in the order found.</summary>
    public IReadOnlyList<PictureJob> Jobs { get; }

    /// <summary>Refuses at once what would fail only after work, or would replace what must stay.</summary>
    /// <param name="inputs">What is read beside the pictures; null where nothing is given.</param>
    /// <param name="other">Another output, if there is one.</param>
    public void Require(IEnumerable<string?> inputs, string? other)
        => _output.Require([.. inputs, .. Jobs.Select(j => j.Input), .. Jobs.Select(j => j.Reference)], other);

    private static IEnumerable<(string Path, string Name)> Pictures(string input)
        => ImageFolder.Find([input]).Select(
            path => (path, Directory.Exists(input) ? Path.GetRelativePath(input, path) : Path.GetFileName(path)));

    /// <summary>Results within what is read would be read themselves the next time.</summary>
    private static void RequireOutside(string output, string input)
    {
        if (Directory.Exists(input) && (RealPath.Of(output) + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(RealPath.Of(input)) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new UserError($"{output}: lies in {input}, whose pictures are read; give a folder outside it.");
    }

    private static string? ReferenceOf(string? reference, string name, string input, bool isOne)
    {
        if (reference is null || (isOne && !Directory.Exists(reference)))
            return reference;
        if (!Directory.Exists(reference))
            throw new UserError($"{reference}: is no folder; the pictures that several results are compared with must be in one.");
        string stem = Path.ChangeExtension(name, null);
        return ImageFile.Extensions.Select(ending => Path.Combine(reference, stem + ending))
            .Prepend(Path.Combine(reference, name)).FirstOrDefault(File.Exists)
            ?? throw new UserError($"{input}: has no reference: there is no {Path.Combine(reference, stem)} of any ending that is read.");
    }
}
