using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>What a part says of itself, in the member "part" of its archive, as JSON: of which job it is which part, and what there is to
/// tell of it.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Shard">Which part it is.</param>
/// <param name="Job">Of which job.</param>
/// <param name="Content">Fingerprint of the signals or pictures it was made from.</param>
/// <param name="Facts">What there is to tell, by name.</param>
internal sealed record PartInfo(string Kind, Shard Shard, Job Job, string Content, JsonObject Facts)
{
    /// <summary>What parts hold.</summary>
    public const string Codes = "codes", Signals = "signals", Places = "places", Pictures = "pictures", Statistics = "statistics";

    private const string Format = "sparsecode-part-1";
    private const int MostFields = 64;

    /// <summary>As the bytes of the archive's member.</summary>
    public byte[] ToBytes()
    {
        var json = new JsonObject
        {
            ["format"] = Format,
            ["kind"] = Kind,
            ["shard"] = Shard.Index,
            ["shards"] = Shard.Count,
            ["job"] = new JsonObject(Job.Fields.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))),
            ["content"] = Content,
            ["facts"] = Facts.DeepClone(),
        };
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    /// <summary>Reads the bytes of a part's member.</summary>
    /// <exception cref="InvalidDataException">They are not what <see cref="ToBytes"/> gives.</exception>
    public static PartInfo Parse(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            JsonObject json = JsonNode.Parse(bytes)!.AsObject();
            ReadAll(json);
            if (Text(json["format"]) != Format)
                throw new InvalidDataException($"{path}: is a part of format '{Text(json["format"])}'; expected '{Format}'.");
            var job = new Job();
            foreach ((string name, JsonNode? value) in json["job"]!.AsObject().Take(MostFields))
                job.Add(name, Text(value));
            var shard = new Shard(json["shard"]!.GetValue<int>(), json["shards"]!.GetValue<int>());
            if (!shard.IsValid)
                throw new InvalidDataException($"{path}: says that it is part {shard}; expected a part from 0 to n − 1 of n.");
            return new PartInfo(Text(json["kind"]), shard, job, Text(json["content"]), json["facts"]!.AsObject());
        }
        catch (Exception e) when (IsMalformed(e))
        {
            throw Malformed(path);
        }
    }

    /// <summary>A count among the facts, 0 or more.</summary>
    public long Count(string path, string name)
        => Facts[name] is JsonValue value && value.TryGetValue(out long count) && count >= 0 ? count : throw Malformed(path);

    /// <summary>A number as facts keep it.</summary>
    public static string Kept(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>What is said of a part that says something else than parts do.</summary>
    public static InvalidDataException Malformed(string path)
        => new($"{path}: its member 'part' is not what sparsecode writes; the part is damaged, or none.");

    /// <summary>Whether reading JSON failed by what it holds.</summary>
    public static bool IsMalformed(Exception e)
        => e is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentException
            or OverflowException;

    /// <summary>Reads every name and text, which otherwise are read when they are asked for: nonsense is to be met here.</summary>
    private static void ReadAll(JsonNode? node)
    {
        if (node is JsonObject members)
            foreach ((_, JsonNode? member) in members)
                ReadAll(member);
        else if (node is JsonArray items)
            foreach (JsonNode? item in items)
                ReadAll(item);
        else if (node?.GetValueKind() == JsonValueKind.String)
            Text(node);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
