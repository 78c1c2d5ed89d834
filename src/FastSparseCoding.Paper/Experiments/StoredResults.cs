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
    public static StoredResults? Find(string path, string settings)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using FileStream file = File.OpenRead(path);
            StoredResults? found = JsonSerializer.Deserialize(file, ResultsJson.Default.StoredResults);
            return found?.Settings == settings ? found : null;
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
