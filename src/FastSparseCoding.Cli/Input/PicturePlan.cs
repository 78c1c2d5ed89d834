using System.CommandLine;
using FastSparseCoding.Cli.Output;
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
    /// <param name="output">A file for one picture; a folder for more, which is made.</param>
    /// <param name="reference">What the results are compared with: a file for one picture, a folder with the same names for more; or
    /// null.</param>
    public static IReadOnlyList<PictureJob> Of(IReadOnlyList<string> inputs, string output, string? reference)
    {
        bool isOne = inputs.Count == 1 && !Directory.Exists(inputs[0]);
        if (isOne && !Directory.Exists(output))
        {
            string picture = ImageFolder.Find(inputs)[0];
            return [new PictureJob(picture, output, ReferenceOf(reference, Path.GetFileName(picture), picture, isOne))];
        }
        if (File.Exists(output))
            throw new UserError($"{output}: is a file; the results of a folder or of several pictures need a folder.");
        var jobs = new List<PictureJob>();
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            RequireOutside(output, input);
            foreach (string path in ImageFolder.Find([input]))
            {
                string name = Directory.Exists(input) ? Path.GetRelativePath(input, path) : Path.GetFileName(path);
                string target = Path.Combine(output, Renamed(name));
                if (!taken.TryAdd(target, path))
                    throw new UserError($"{path}: its result would be {target}, as that of {taken[target]}; give them to two runs.");
                jobs.Add(new PictureJob(path, target, ReferenceOf(reference, name, path, isOne)));
            }
        }
        return jobs;
    }

    /// <summary>Refuses at once what would fail only after work, or would replace what must stay.</summary>
    /// <param name="jobs">The pictures.</param>
    /// <param name="inputs">What is read beside them; null where nothing is given.</param>
    /// <param name="output">The option that names the results.</param>
    /// <param name="other">Another output, if there is one.</param>
    public static void Require(
        IReadOnlyList<PictureJob> jobs, IEnumerable<string?> inputs, (Option Option, string? Path) output,
        (Option Option, string? Path) other)
    {
        string?[] read = [.. inputs, .. jobs.Select(j => j.Input), .. jobs.Select(j => j.Reference)];
        foreach (PictureJob job in jobs)
            WrittenFormat.RequireEnding(job.Output);
        if (other.Path is not null)
            WrittenFormat.RequireEnding(other.Path);
        if (jobs.Count == 1 && Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(jobs[0].Output))))
        {
            OutputFile.Require(read, (output.Option, jobs[0].Output), other);
            return;
        }
        HashSet<string> real = [.. read.OfType<string>().Select(RealPath.Of)];
        foreach (PictureJob job in jobs)
            if (File.Exists(job.Output) && real.Contains(RealPath.Of(job.Output)))
                throw new UserError($"{job.Output}: is an input too, which no output may replace; give another name.");
        if (jobs.Count == 1)
            OutputFile.Require(read, (output.Option, jobs[0].Output), other);       // a folder that is missing
        else
            MakeFolder(jobs[0]);
    }

    /// <summary>Makes the folder of a result.</summary>
    public static void MakeFolder(PictureJob job)
    {
        if (Path.GetDirectoryName(job.Output) is { Length: > 0 } folder)
            PictureOutput.CreateFolder(folder);
    }

    /// <summary>Results within what is read would be read themselves the next time.</summary>
    private static void RequireOutside(string output, string input)
    {
        if (Directory.Exists(input) && (RealPath.Of(output) + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(RealPath.Of(input)) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new UserError($"{output}: lies in {input}, whose pictures are read; give a folder outside it.");
    }

    private static string Renamed(string name)
        => WrittenFormat.Has(Path.GetExtension(name)) ? name : Path.ChangeExtension(name, ".png");

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
