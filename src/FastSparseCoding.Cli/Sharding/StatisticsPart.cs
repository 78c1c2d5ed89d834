using System.Text.Json.Nodes;
using FastSparseCoding.Learning;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Statistics of a dictionary in a part: the nodes of the tree that its blocks make, and the dictionary that their codes are of,
/// as a model.</summary>
internal static class StatisticsPart
{
    private const string Nodes = "nodes", A = "a", B = "b", Model = "model", Atoms = "atoms", SignalSize = "signal_size";

    /// <summary>Most bytes of the model in a part.</summary>
    private const int MostModelBytes = 1 << 30;

    /// <summary>Writes a part.</summary>
    /// <param name="path">The file.</param>
    /// <param name="info">What it says of itself; the nodes are added.</param>
    /// <param name="model">The dictionary as a model file.</param>
    /// <param name="dictionary">The same.</param>
    /// <param name="nodes">The nodes.</param>
    public static void Write(
        string path, PartInfo info, byte[] model, AtomDictionary dictionary, IReadOnlyList<StatisticsNode> nodes)
    {
        using var part = new PartWriter(path);
        (int atoms, int size) = (dictionary.AtomCount, dictionary.SignalSize);
        part.Columns.Add<double>(A, atoms * atoms);
        part.Columns.Add<double>(B, atoms * size);
        foreach (DictionaryStatistics sum in nodes.Select(n => n.Sum).OfType<DictionaryStatistics>())
        {
            part.Columns.Append<double>(A, sum.A);
            part.Columns.Append<double>(B, sum.B);
        }
        info.Facts[Atoms] = atoms;
        info.Facts[SignalSize] = size;
        info.Facts[Nodes] = new JsonArray([.. nodes.Select(Describe)]);
        part.Complete(info, npz => npz.Add<byte>(Model, model));
    }

    /// <summary>The dictionary, which must be that of the job.</summary>
    public static AtomDictionary ReadDictionary(PartReader part)
    {
        AtomDictionary dictionary = ModelFile.LoadDictionary(Source(part, ReadModel(part)));
        return dictionary.Hash == part.Info.Job["dictionary"] ? dictionary : throw PartInfo.Malformed(part.Path);
    }

    /// <summary>A model that was read, to be read itself, once.</summary>
    public static FileSource Source(PartReader part, byte[] model) => new(model, part.Archive.Where(Model));

    /// <summary>The dictionary as a model file.</summary>
    public static byte[] ReadModel(PartReader part) => part.ReadBytes(Model, MostModelBytes);

    /// <summary>The nodes, one after the other.</summary>
    public static IEnumerable<StatisticsNode> ReadNodes(PartReader part, int atoms, int size)
    {
        if (part.Info.Count(part.Path, Atoms) != atoms || part.Info.Count(part.Path, SignalSize) != size)
            throw PartInfo.Malformed(part.Path);
        using NpzValues<double> a = part.Archive.OpenValues<double>(A, h => Require(part, A, h, (long)atoms * atoms)),
            b = part.Archive.OpenValues<double>(B, h => Require(part, B, h, (long)atoms * size));
        long[][] nodes = ReadNodes(part);
        if (nodes.Count(n => n[2] >= 0) * (long)atoms * atoms != a.Count || nodes.Count(n => n[2] >= 0) * (long)atoms * size != b.Count)
            throw PartInfo.Malformed(part.Path);
        foreach (long[] node in nodes)
        {
            DictionaryStatistics? sum = null;
            if (node[2] >= 0)
            {
                sum = new DictionaryStatistics(atoms, size)
                {
                    Signals = node[2],
                    Uncertified = node[3],
                    NonZeros = node[4],
                    Energy = BitConverter.Int64BitsToDouble(node[5]),
                };
                a.Read(sum.A);
                b.Read(sum.B);
                if (!double.IsFinite(sum.Energy) || !sum.A.All(double.IsFinite) || !sum.B.All(double.IsFinite))
                    throw new InvalidDataException($"{part.Path}: holds a value that is not finite; the part is damaged.");
            }
            yield return new StatisticsNode((int)node[0], node[1], sum);
        }
    }

    private static JsonNode Describe(StatisticsNode node)
    {
        long[] numbers = node.Sum is not { } sum ? [node.Level, node.Index, -1, 0, 0, 0]
            : [node.Level, node.Index, sum.Signals, sum.Uncertified, sum.NonZeros, BitConverter.DoubleToInt64Bits(sum.Energy)];
        return new JsonArray([.. numbers.Select(n => (JsonNode)n)]);
    }

    private static long[][] ReadNodes(PartReader part)
    {
        try
        {
            long[][] nodes = [.. part.Info.Facts[Nodes]!.AsArray().Select(
                node => node!.AsArray().Select(number => number!.GetValue<long>()).ToArray())];
            return Array.TrueForAll(nodes, n => n.Length == 6 && n[0] is >= 0 and <= 62) ? nodes : throw PartInfo.Malformed(part.Path);
        }
        catch (Exception e) when (PartInfo.IsMalformed(e))
        {
            throw PartInfo.Malformed(part.Path);
        }
    }

    private static void Require(PartReader part, string name, NpyHeader header, long width)
    {
        if (header.Type != ElementType.Float64 || header.FortranOrder || header.Shape.Length != 2 || header.Shape[1] != width)
            throw new InvalidDataException(
                $"{part.Archive.Where(name)}: is {header.ShapeText} of type '{header.Type}'; expected (…, {width}) of '<f8'.");
    }
}
