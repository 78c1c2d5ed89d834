using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>Reads manifests into the types that Kubernetes's own client makes of its schema, as strictly as its server does: no field that
/// the schema does not have, and no value of another type, a number that is to be a string among them.</summary>
internal static class Manifest
{
    private static readonly JsonSerializerOptions Strict = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The objects of a manifest, one a document.</summary>
    /// <exception cref="JsonException">A field is unknown, or its value of another type.</exception>
    public static IReadOnlyList<object> Read(string text)
    {
        IDeserializer yaml = new DeserializerBuilder()
            .WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build();
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        var objects = new List<object>();
        while (parser.Accept<DocumentStart>(out _))
            objects.Add(Read(JsonSerializer.SerializeToElement(yaml.Deserialize(parser))));
        return objects;
    }

    /// <summary>One object.</summary>
    /// <exception cref="JsonException">A field is unknown, or its value of another type.</exception>
    public static object Read(JsonElement value)
    {
        string kind = $"{value.GetProperty("apiVersion")} {value.GetProperty("kind")}";
        Type? type = kind switch
        {
            "batch/v1 Job" => typeof(V1Job),
            "v1 PersistentVolumeClaim" => typeof(V1PersistentVolumeClaim),
            _ => null,
        };
        Assert.True(type is not null, $"'{kind}' is none of the kinds that are known here.");
        return value.Deserialize(type, Strict)!;
    }
}
