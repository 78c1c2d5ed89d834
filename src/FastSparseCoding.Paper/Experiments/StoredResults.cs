using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastSparseCoding.Paper;

/// <summary>What was measured, as it stays in the folder of a reproduction: the page can be written anew from it without a
/// measurement.</summary>
/// <param name="Settings">All that decided it.</param>
/// <param name="Machine">What it was measured on.</param>
/// <param name="Summary">A row for every encoder.</param>
/// <param name="Sections">The sections of the page.</param>
internal sealed record StoredResults(string Settings, string Machine, ResultTable Summary, IReadOnlyList<Section> Sections)
{
    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, ResultsJson.Default.StoredResults);

    /// <summary>The results in a file, if there are any that these settings decided.</summary>
    public static StoredResults? Find(string path, string settings) => Read(path) is { } found && found.Settings == settings ? found : null;

    /// <summary>What decided the results in a file; null when there are none.</summary>
    public static string? SettingsOf(string path) => Read(path)?.Settings;

    private static StoredResults? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, ResultsJson.Default.StoredResults);
        }
        catch (JsonException)
        {
            return null;        // it is measured anew
        }
    }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StoredResults))]
internal sealed partial class ResultsJson : JsonSerializerContext;
