using System.Globalization;
using System.Text.RegularExpressions;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Where the part of a shard lies: OUTPUT.i-of-n.part.npz, beside the output that it is a part of.</summary>
internal static partial class PartName
{
    /// <summary>The rule in words, for helps.</summary>
    public const string Rule = "OUTPUT.I-of-N.part.npz";

    private const string Ending = ".part.npz";

    /// <summary>The file of a part.</summary>
    public static string Of(string output, Shard shard)
        => string.Create(
            CultureInfo.InvariantCulture, $"{Path.TrimEndingDirectorySeparator(output)}.{shard.Index}-of-{shard.Count}{Ending}");

    /// <summary>The files that are meant: parts as they are named, and the parts of outputs that are named, in the order of their
    /// numbers.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<string> named) => [.. named.SelectMany(Find)];

    private static IEnumerable<string> Find(string named)
    {
        if (Numbers().IsMatch(named))
            return [named];
        string output = Path.TrimEndingDirectorySeparator(named), folder = Path.GetDirectoryName(output) ?? "";
        string[] parts = [.. Beside(folder, Path.GetFileName(output))
            .OrderBy(file => int.Parse(Numbers().Match(file).Groups["index"].Value, CultureInfo.InvariantCulture))
            .ThenBy(file => file, StringComparer.Ordinal).Select(file => Path.Combine(folder, file))];
        return parts.Length > 0 ? parts : throw new UserError($"{named}: has no parts; there is no {output}.*-of-*{Ending}.");
    }

    /// <summary>Names of the parts of an output in a folder.</summary>
    private static IEnumerable<string> Beside(string folder, string output)
    {
        string here = folder.Length == 0 ? "." : folder;
        return !Directory.Exists(here) ? []
            : Directory.EnumerateFiles(here).Select(path => Path.GetFileName(path))
                .Where(file => file.StartsWith(output, StringComparison.Ordinal) && Numbers().Match(file) is { Success: true } match
                    && match.Index == output.Length);
    }

    [GeneratedRegex(@"\.(?<index>\d{1,7})-of-\d{1,7}\.part\.npz$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Numbers();
}
