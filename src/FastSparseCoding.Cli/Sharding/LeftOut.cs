using System.Text.Json.Nodes;
using FastSparseCoding.Cli.Input;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Files that were left out because they cannot be used, as parts keep what was wrong with them, so that whoever joins the parts
/// can tell it.</summary>
internal static class LeftOut
{
    private const string Name = "left_out";

    /// <summary>Adds to a part's facts those that were left out until now; nothing where such a file would have ended the work.</summary>
    public static JsonObject Keep(JsonObject facts, CommandContext context)
    {
        if (context.Skipped is { } skipped)
            facts[Name] = new JsonArray([.. skipped.Problems.Select(problem => (JsonNode)problem)]);
        return facts;
    }

    /// <summary>Tells those of all parts, each once.</summary>
    /// <returns>How many they are; null where such a file would have ended the work.</returns>
    public static int? Tell(PartSet parts, CommandContext context)
    {
        SkippedFiles told = context.Skipped ?? new SkippedFiles(context.Terminal);
        bool any = false;
        foreach ((string path, PartInfo info) in parts.Paths.Zip(parts.Infos))
        {
            if (info.Facts[Name] is not { } problems)
                continue;
            any = true;
            foreach (string problem in Texts(path, problems))
                told.Tell(problem);
        }
        return any ? told.Count : null;
    }

    private static string[] Texts(string path, JsonNode problems)
    {
        try
        {
            return [.. problems.AsArray().Select(problem => problem!.GetValue<string>())];
        }
        catch (Exception e) when (PartInfo.IsMalformed(e))
        {
            throw PartInfo.Malformed(path);
        }
    }
}
