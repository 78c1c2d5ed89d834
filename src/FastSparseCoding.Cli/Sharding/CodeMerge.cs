using System.Globalization;
using System.Text.Json.Nodes;
using FastSparseCoding.Cli.Coding;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Parts of codes, of signals and of places, one after the other: the bytes that one process writes.</summary>
internal static class CodeMerge
{
    /// <summary>Joins parts of codes.</summary>
    public static Result Codes(PartSet parts, string output, CommandContext context)
    {
        FileEnding.Require(output, "codes", FileEnding.Rows);
        (int columns, bool sparse) = FormOf(parts);
        if (sparse != CodeOutput.IsSparse(output))
            throw new UserError(
                $"{output}: its parts hold {(sparse ? "sparse codes, for .npz" : "dense codes, for .npy, .safetensors or .csv")}; give a "
                + "name of that ending.");
        using var codes = new CodeOutput(output, columns, context.Terminal);
        ICodeFacts facts = CodeFacts.Of(parts.Paths[0], parts.Job);
        Each(parts, context, part =>
        {
            if (RowsPart.AreSparse(part) != sparse)
                throw PartInfo.Malformed(part.Path);
            AddNumbers(facts, part.Path, part.Info);
            if (sparse)
                foreach (SparseCodes block in RowsPart.ReadSparse(part, columns))
                    codes.Append(block);
            else
                foreach (Matrix block in RowsPart.ReadDense(part, columns))
                    codes.Append(block);
        });
        long rows = parts.Sum(RowsPart.Rows);
        bool hasGrid = parts.Infos[0].Facts.ContainsKey(EncodeShard.FlatPlaces);
        if (rows == 0 && hasGrid)
            throw new UserError($"{parts.Paths[0]}: no part has a patch: every picture was left out or is too flat.");
        codes.Complete();
        SignalEncoding.Warn(facts, rows, context);
        Result result = Tally.Tell(output, parts.Job["method"] ?? "", columns, rows, parts.Sum(EncodeShard.NonZeros), facts, null);
        if (hasGrid)
            result.Add("flat_places", parts.Sum(EncodeShard.FlatPlaces));
        return result;
    }

    /// <summary>Joins parts of signals.</summary>
    public static Result Signals(PartSet parts, string output, CommandContext context)
    {
        FileEnding.Require(output, "signals", FileEnding.Array);
        (int columns, _) = FormOf(parts);
        using RowsWriter signals = RowsWriter.Create(output, columns, "signals");
        Each(parts, context, part =>
        {
            foreach (Matrix block in RowsPart.ReadDense(part, columns))
                signals.AppendRows(block);
        });
        signals.Complete();
        return new Result().Add("signals", output).Add("rows", parts.Sum(RowsPart.Rows)).Add("signal_size", columns);
    }

    /// <summary>Joins parts of places.</summary>
    public static Result Places(PartSet parts, string output, CommandContext context)
    {
        FileEnding.Require(output, "places", FileEnding.Places);
        PatchPlacesWriter? places = null;
        try
        {
            Each(parts, context, part =>
            {
                using PatchPlacesReader reader = PatchPlacesReader.Open(part.Path);
                places ??= PatchPlacesWriter.CreateLike(reader, output);
                places.AppendAll(reader);
            });
            places!.Complete();
            return new Result().Add("places", output).Add("rows", places.Rows).Add("flat_places", places.FlatPlaces);
        }
        finally
        {
            places?.Dispose();
        }
    }

    /// <summary>Adds what a part has counted.</summary>
    public static void AddNumbers(ICodeFacts facts, string path, PartInfo info)
        => facts.Add(name => info.Facts[EncodeShard.Numbers] is JsonObject numbers && numbers[name] is JsonValue value
            && value.TryGetValue(out string? text) && double.TryParse(text, CultureInfo.InvariantCulture, out double number)
                ? number : throw PartInfo.Malformed(path));

    /// <summary>Opens the parts in turn.</summary>
    public static void Each(PartSet parts, CommandContext context, Action<PartReader> join)
        => context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("merging");
            int done = 0;
            foreach (PartReader part in parts.Open())
            {
                context.Cancellation.ThrowIfCancellationRequested();
                join(part);
                piece.Report(++done, parts.Paths.Count, "");
            }
        });

    /// <summary>Values in a row and whether rows are sparse, as the first part has it.</summary>
    private static (int Columns, bool Sparse) FormOf(PartSet parts)
    {
        using PartReader first = PartReader.Open(parts.Paths[0]);
        return (RowsPart.ColumnsOf(first), RowsPart.AreSparse(first));
    }
}
