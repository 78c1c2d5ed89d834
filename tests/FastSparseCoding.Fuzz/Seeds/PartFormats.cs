using System.IO.Compression;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Fuzz.Seeds;

/// <summary>Parts of jobs, which come from other machines.</summary>
internal static class PartFormats
{
    private static readonly AtomDictionary Dictionary = AtomDictionary.Normalize(new Matrix(3, 2, [1, 0, 0, 1, 1, 1]));

    private static readonly IReadOnlyList<byte[]> Words = Format.Lines(
        "\"kind\":\"signals\"\n\"kind\":\"statistics\"\n\"kind\":\"codes\"\n\"shard\":1\n\"shards\":0\n\"rows\":2147483648\n\"columns\":46341\n\"sparse\":1\n"
        + "\"tolerance\":\"NaN\"\n\"error\":\"none\"\n[[0,0,1,0,0,0]]\n[62,3,\n-1\n1e400\n{\n}\n\\ud800\n\\u001b[2J\nnull\n\0");

    public static IReadOnlyList<Format> All { get; } =
    [
        new("part", ".part.npz", [.. Seeds().Select(bytes => Containers.Npz(bytes, CompressionLevel.NoCompression))], Words, [new(Read)]),
    ];

    private static byte[][] Seeds() =>
    [
        TempFile.Written(path => Rows(path, sparse: true)), TempFile.Written(path => Rows(path, sparse: false)),
        TempFile.Written(Statistics),
    ];

    private static PartInfo Info(string kind) => new(
        kind, new Shard(1, 3), Job.Of("encode").Add("penalty", "λ = 0.5").Add("tolerance", "1E-05").Add("dictionary", Dictionary.Hash), "0",
        new System.Text.Json.Nodes.JsonObject { ["numbers"] = new System.Text.Json.Nodes.JsonObject() });

    private static void Rows(string path, bool sparse)
    {
        PartInfo info = Info(PartInfo.Codes);
        foreach ((string name, double value) in CodeFacts.Of(path, info.Job).Numbers)
            info.Facts["numbers"]![name] = PartInfo.Kept(value);
        using var part = new RowsPart.Writer(path, 3, sparse);
        part.Append(new Matrix(2, 3, [1, 0, -2, 0, 0, 0.5f]));
        part.Complete(info);
    }

    private static void Statistics(string path)
    {
        var sum = new DictionaryStatistics(3, 2);
        sum.Add(new ActiveSetSolver(Dictionary, 0.1f), new Matrix(2, 2, [1, 2, -1, 0.5f]));
        using var model = new MemoryStream();
        ModelFile.Save(model, Dictionary, 0.1f);
        StatisticsPart.Write(path, Info(PartInfo.Statistics), model.ToArray(), Dictionary,
            [new StatisticsNode(0, 1, sum), new StatisticsNode(1, 1, null)]);
    }

    private static int Read(string path)
    {
        using PartReader part = PartReader.Open(path);
        var digest = new Digest().Add(part.Info.Kind, part.Info.Shard, part.Info.Job.Fields.Count, part.Info.Content);
        if (part.Info.Kind == PartInfo.Statistics)
            return ReadStatistics(part, digest);
        int columns = RowsPart.ColumnsOf(part);
        CodeMerge.AddNumbers(CodeFacts.Of(path, part.Info.Job), path, part.Info);
        if (RowsPart.AreSparse(part))
            foreach (SparseCodes codes in RowsPart.ReadSparse(part, columns))
                digest = digest.Add<int>(codes.ColumnIndices).Add<float>(codes.Values);
        else
            foreach (Matrix rows in RowsPart.ReadDense(part, columns))
                digest = digest.Add<float>(rows.Values);
        return digest.Value;
    }

    private static int ReadStatistics(PartReader part, Digest digest)
    {
        AtomDictionary dictionary = StatisticsPart.ReadDictionary(part);
        foreach (StatisticsNode node in StatisticsPart.ReadNodes(part, dictionary.AtomCount, dictionary.SignalSize))
            digest = digest.Add(node.Level, node.Index, node.Sum?.Signals, node.Sum?.Energy).Add<double>(node.Sum?.A ?? []);
        return digest.Value;
    }
}
