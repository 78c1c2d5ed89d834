using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Signals in, codes out: all that was asked for, in one process.</summary>
internal sealed class SignalEncoding(EncodeRequest request, CommandContext context)
{
    /// <summary>Encodes all signals.</summary>
    /// <returns>What there is to tell.</returns>
    public Result Run()
    {
        using var codes = new CodeOutput(request.Output, request.Signals.Model.CodeSize, context.Terminal);
        using RowsWriter? signals = request.SignalsOutput is null ? null
            : RowsWriter.Create(request.SignalsOutput, request.Signals.Model.SignalSize, "signals");
        using PatchPlacesWriter? places = request.PlacesOutput is null ? null
            : PatchPlacesWriter.Create(request.PlacesOutput, request.Signals.Preprocessing!, request.Signals.Model.Dictionary?.Hash);
        using SignalSet all = request.Signals.Open(context);
        SignalStream stream = all.Part(Shard.Whole, places);
        var tally = new Tally(request);
        context.Track(board => Encode(stream, tally, new EncodingProgress(board.Start("encoding")), context, (block, z) =>
        {
            codes.Append(z);
            signals?.AppendRows(block.X);
        }));
        codes.Complete();
        signals?.Complete();
        places?.Complete();
        Warn(tally.Facts, tally.Rows, context);
        Result result = tally.Tell();
        if (stream.FlatPlaces is { } flat)
            result.Add("flat_places", flat());
        if (request.PlacesOutput is not null)
            result.Add("places", request.PlacesOutput);
        return result;
    }

    /// <summary>Encodes the signals of a stream, block by block.</summary>
    /// <param name="stream">The signals.</param>
    /// <param name="tally">Encodes and counts them.</param>
    /// <param name="progress">Told of every block.</param>
    /// <param name="context">Of the command.</param>
    /// <param name="keep">Given every block and its codes.</param>
    public static void Encode(
        SignalStream stream, Tally tally, EncodingProgress progress, CommandContext context, Action<SignalBlock, Matrix> keep)
    {
        foreach (SignalBlock block in stream.Blocks)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            keep(block, tally.Encode(block, stream.FirstRow, context));
            progress.Report(tally, stream.Total());
        }
    }

    /// <summary>Says what the user must know of the codes.</summary>
    public static void Warn(ICodeFacts facts, long rows, CommandContext context)
    {
        if (facts.Warning(rows) is { } warning)
            context.Terminal.Tell($"warning: {warning}");
    }
}
