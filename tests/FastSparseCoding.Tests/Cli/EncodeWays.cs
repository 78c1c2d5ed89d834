using System.Text.Json;
using System.Text.Json.Nodes;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>The ways to encode, for tests that share one among several processes.</summary>
internal static class EncodeWays
{
    /// <summary>Writes signals, and a mask where the way has one, and gives the command that encodes them.</summary>
    /// <param name="way">Options, or "encoder" for predicted codes.</param>
    /// <param name="rows">How many signals.</param>
    /// <param name="workspace">Has the dictionary and the encoder.</param>
    /// <param name="folder">Where they are written.</param>
    public static string[] Prepare(string way, int rows, Workspace workspace, TempFolder folder)
    {
        Matrix x = RandomData.Normal(rows, 36, seed: 5);
        string signals = folder.File("x.npy"), mask = folder.File("mask.npy");
        Npy.Write(signals, x);
        if (way == "--mask")
            Npy.Write(mask, new Matrix(x.Rows, x.Columns, [.. x.Values.ToArray().Select(v => v < 1 ? 1f : 0f)]));
        return ["encode", way == "encoder" ? workspace.Encoder : workspace.Dictionary, signals, .. way switch
        {
            "encoder" => Array.Empty<string>(),
            "--mask" => [way, mask],
            "--warm-start" => [way, workspace.Encoder],
            _ => way.Split(' '),
        }];
    }

    /// <summary>Requires that what is told of codes that were made in parts is what is told of those that were not.</summary>
    public static void RequireSameFacts(JsonNode whole, JsonNode parts)
    {
        foreach ((string name, JsonNode? value) in whole.AsObject().Where(p => p.Key is not ("codes" or "rows_per_second")))
            if (value!.GetValueKind() == JsonValueKind.Number)
                Assert.Equal((double)value, (double)parts[name]!, 12);      // a sum of the parts' sums is rounded elsewhere
            else
                Assert.Equal((string?)value, (string?)parts[name]);
    }
}
