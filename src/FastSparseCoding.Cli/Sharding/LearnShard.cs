using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>One part of a step of learning: its own signals coded once with the dictionary as it is, and what they say of the atoms, as
/// sums over whole blocks or pictures.</summary>
internal sealed class LearnShard(
    StreamRequest signals, Penalty penalty, bool nonNegativeAtoms, string output, Shard shard, CommandContext context)
{
    private const string NonNegative = "not negative";

    private readonly AtomDictionary _dictionary = signals.Model.Dictionary!;

    /// <summary>Codes the part, unless it is there already.</summary>
    /// <returns>What there is to tell.</returns>
    public Result Run()
    {
        string path = PartName.Of(output, shard);
        using SignalSet all = signals.Open(context);
        SignalStream stream = all.Part(shard, null);
        Job job = signals.Describe(Job.Of("learn"), all).Add("penalty", penalty.Settings)
            .Add("atoms", nonNegativeAtoms ? NonNegative : null);
        Result result = new Result().Add("statistics", path).Add("shard", shard.ToString());
        if (FinishedPart.Find(path, PartInfo.Statistics, shard, job,
            () => ContentHash.Of(all.Part(shard, null), context.Cancellation)) is not null)
        {
            context.Terminal.Tell($"{path}: is done already; it stays as it is.");
            return result.Add("skipped", true);
        }
        using var content = new ContentHash();
        StatisticsTree tree = Sum(stream, content);
        PartInfo info = new(PartInfo.Statistics, shard, job, content.Finish(), LeftOut.Keep([], context));
        StatisticsPart.Write(path, info, Model(), _dictionary, tree.Nodes);
        DictionaryStatistics[] sums = [.. tree.Nodes.Select(n => n.Sum).OfType<DictionaryStatistics>()];
        return result.Add("skipped", false).Add("signals", sums.Sum(s => s.Signals + s.Uncertified))
            .Add("objective", sums.Sum(s => s.Energy) / sums.Sum(s => s.Signals)).Add("uncertified_signals", sums.Sum(s => s.Uncertified));
    }

    /// <summary>Moves the atoms by what all parts say.</summary>
    public static Result Merge(PartSet parts, string output, CommandContext context)
    {
        FileEnding.Require(output, "dictionaries", FileEnding.Dictionary);
        using PartReader first = PartReader.Open(parts.Paths[0]);
        byte[] model = StatisticsPart.ReadModel(first);
        AtomDictionary start = StatisticsPart.ReadDictionary(first);
        Penalty penalty = ModelFile.ReadInfo(StatisticsPart.Source(first, model)).Penalty;
        var tree = new StatisticsTree();
        CodeMerge.Each(parts, context, part =>
        {
            foreach (StatisticsNode node in StatisticsPart.ReadNodes(part, start.AtomCount, start.SignalSize))
            {
                if (node.Index << node.Level != (tree.Next ?? 0))
                    throw PartInfo.Malformed(part.Path);
                tree.Append(node);
            }
        });
        DictionaryStatistics sum = tree.Root() ?? throw new UserError($"{parts.Paths[0]}: no part has a signal to learn from.");
        AtomDictionary moved = sum.Update(start, parts.Job["atoms"] == NonNegative, context.Threads);
        context.WarnUncertified(sum.Uncertified, sum.Signals + sum.Uncertified, "signals");
        if (FileEnding.Of(output) is "" or ".safetensors")
            ModelFile.Save(output, moved, penalty, Imaging.PatchPreprocessing.Read(StatisticsPart.Source(first, model)));
        else
            RowsWriter.Write(output, moved.Atoms, "atoms");
        return new Result().Add("dictionary", output).Add("atoms", moved.AtomCount).Add("signal_size", moved.SignalSize)
            .Add("samples", sum.Signals + sum.Uncertified).Add("penalty", penalty.ToString()).Add("objective", sum.Objective)
            .Add("non_zeros", (double)sum.NonZeros / sum.Signals).Add("unused_atoms", sum.UnusedAtoms)
            .Add("uncertified_signals", sum.Uncertified).Add("hash", moved.Hash);
    }

    /// <summary>Sums of blocks of rows, or of pictures; none of a picture without signals.</summary>
    private StatisticsTree Sum(SignalStream stream, ContentHash content)
    {
        var solver = new ActiveSetSolver(_dictionary, penalty);
        var tree = new StatisticsTree();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        (long unit, long done) = (stream.Units.First, 0);
        DictionaryStatistics? sum = null;
        context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("coding");
            foreach (SignalBlock block in stream.Blocks)
            {
                content.Append(block);
                for (int first = 0; first < block.X.Rows; first += Shard.BlockRows)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    CloseUntil(stream.IsGrid ? block.Unit : block.Unit + first / Shard.BlockRows);
                    int count = Math.Min(Shard.BlockRows, block.X.Rows - first);
                    sum ??= new DictionaryStatistics(_dictionary.AtomCount, _dictionary.SignalSize);
                    sum.Add(solver, new Matrix(count, block.X.Columns, block.X.RowRange(first, count).Values.ToArray()), context.Threads,
                        context.Cancellation);
                    done += count;
                }
                double rate = done / clock.Elapsed.TotalSeconds;
                piece.Report(done, Math.Max(stream.Total(), done), rate, TimeSpan.FromSeconds((stream.Total() - done) / rate), "");
            }
        });
        CloseUntil(stream.Units.End);
        return tree;

        void CloseUntil(long next)
        {
            for (; unit < next; unit++, sum = null)
                tree.Append(new StatisticsNode(0, unit, sum));
        }
    }

    private byte[] Model()
    {
        using var stream = new MemoryStream();
        ModelFile.Save(stream, _dictionary, penalty, signals.Preprocessing);
        return stream.ToArray();
    }
}
