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
        SignalStream stream = request.Signals.Open(Shard.Whole, places, context);
        var tally = new Tally();
        Encode(request, stream, tally, context, (block, z) =>
        {
            codes.Append(z);
            signals?.AppendRows(block.X);
        });
        codes.Complete();
        signals?.Complete();
        places?.Complete();
        Warn(request.Coder.Facts, tally.Rows, context);
        Result result = Tally.Tell(
            request.Output, request.Coder.Method, request.Signals.Model.CodeSize, tally.Rows, tally.NonZeros, request.Coder.Facts,
            tally.Rate);
        if (stream.FlatPlaces is { } flat)
            result.Add("flat_places", flat());
        if (request.PlacesOutput is not null)
            result.Add("places", request.PlacesOutput);
        return result;
    }

    /// <summary>Encodes the signals of a stream, block by block.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="stream">The signals.</param>
    /// <param name="tally">Counts them.</param>
    /// <param name="context">Of the command.</param>
    /// <param name="keep">Given every block and its codes.</param>
    public static void Encode(
        EncodeRequest request, SignalStream stream, Tally tally, CommandContext context, Action<SignalBlock, Matrix> keep)
        => context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start(
                context.Ranks.Size == 1 ? "encoding" : FormattableString.Invariant($"encoding part 0 of {context.Ranks.Size}"));
            foreach (SignalBlock block in stream.Blocks)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                keep(block, tally.Encode(block, request.Coder, request.Input, stream.FirstRow, context));
                piece.Report(tally.Rows, Math.Max(stream.Total, tally.Rows), tally.Rate,
                    TimeSpan.FromSeconds((stream.Total - tally.Rows) / tally.Rate), "");
            }
        });

    /// <summary>Says what the user must know of the codes.</summary>
    public static void Warn(ICodeFacts facts, long rows, CommandContext context)
    {
        if (facts.Warning(rows) is { } warning)
            context.Terminal.Tell($"warning: {warning}");
    }
}
