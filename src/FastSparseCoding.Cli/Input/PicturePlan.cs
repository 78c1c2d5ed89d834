using FastSparseCoding.Imaging;
using FastSparseCoding.Imaging.Formats;

namespace FastSparseCoding.Cli.Input;

/// <summary>A picture to be worked on: where it is read, the place of its result, and what it is compared with.</summary>
internal sealed record PictureJob(string Input, string Output, string? Reference);

/// <summary>Which file each picture's result goes to: one file into one, several or a folder's into a folder.</summary>
internal static class PicturePlan
{
    /// <summary>The jobs, outputs in the same subfolders as their inputs, PNG where the input is of a format that is only read.</summary>
    /// <param name="inputs">Files and folders.</param>
    /// <param name="output">A file for one picture; a folder for more, which is made if its parent exists.</param>
    /// <param name="reference">What the results are compared with: a file for one picture, a folder with the same names for more; or
    /// null.</param>
    public static IReadOnlyList<PictureJob> Of(IReadOnlyList<string> inputs, string output, string? reference)
    {
        if (inputs.Count == 1 && !Directory.Exists(inputs[0]) && !Directory.Exists(output))
            return [new PictureJob(ImageFolder.Find(inputs)[0], output, reference)];
        if (File.Exists(output))
            throw new UserError($"{output}: is a file; the results of a folder or of several pictures need a folder.");
        var jobs = new List<PictureJob>();
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string input in inputs)
            foreach (string path in ImageFolder.Find([input]))
            {
                string name = Directory.Exists(input) ? Path.GetRelativePath(input, path) : Path.GetFileName(path);
                string target = Path.Combine(output, Renamed(name));
                if (!taken.TryAdd(target, path))
                    throw new UserError($"{path}: its result would be {target}, as that of {taken[target]}; give them to two runs.");
                jobs.Add(new PictureJob(path, target, reference is null ? null : ReferenceOf(reference, name, path)));
            }
        return jobs;
    }

    /// <summary>Makes the folders of the results, once there is something to put into them.</summary>
    public static void MakeFolder(PictureJob job)
    {
        if (Path.GetDirectoryName(job.Output) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
    }

    private static string Renamed(string name)
        => WrittenFormat.Has(Path.GetExtension(name)) ? name : Path.ChangeExtension(name, ".png");

    private static string ReferenceOf(string reference, string name, string input)
    {
        if (!Directory.Exists(reference))
            throw new UserError($"{reference}: is no folder; the pictures that several results are compared with must be in one.");
        string stem = Path.ChangeExtension(name, null);
        return ImageFile.Extensions.Select(ending => Path.Combine(reference, stem + ending))
            .Prepend(Path.Combine(reference, name)).FirstOrDefault(File.Exists)
            ?? throw new UserError($"{input}: has no reference: there is no {Path.Combine(reference, stem)} of any ending that is read.");
    }
}
