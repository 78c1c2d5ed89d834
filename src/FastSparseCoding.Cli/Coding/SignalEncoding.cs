using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;
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
        using var codes = new CodeOutput(request.Output, request.Model.CodeSize, context.Terminal);
        using RowsWriter? signals = request.Signals is null ? null
            : RowsWriter.Create(request.Signals, request.Model.SignalSize, "signals");
        using PatchPlacesWriter? places = request.Places is null ? null
            : PatchPlacesWriter.Create(request.Places, request.Preprocessing!);
        SignalStream stream = request.Open(Sharding.Shard.Whole, places);
        var tally = new Tally();
        Encode(request, stream, tally, context, (x, _, z) =>
        {
            codes.Append(z);
            signals?.AppendRows(x);
        });
        codes.Complete();
        signals?.Complete();
        places?.Complete();
        Warn(request.Coder.Facts, tally.Rows, context);
        Result result = Tally.Tell(
            request.Output, request.Coder.Method, request.Model.CodeSize, tally.Rows, tally.NonZeros, request.Coder.Facts, tally.Rate);
        if (stream.FlatPlaces is { } flat)
            result.Add("flat_places", flat());
        if (request.Places is not null)
            result.Add("places", request.Places);
        return result;
    }

    /// <summary>Encodes the signals of a stream, block by block.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="stream">The signals.</param>
    /// <param name="tally">Counts them.</param>
    /// <param name="context">Of the command.</param>
    /// <param name="keep">Given every block: signals, mask and codes.</param>
    public static void Encode(
        EncodeRequest request, SignalStream stream, Tally tally, CommandContext context, Action<Matrix, Matrix?, Matrix> keep)
        => context.Track(board =>
        {
            ProgressBoard.Piece piece = board.Start("encoding");
            foreach ((Matrix x, Matrix? mask) in stream.Blocks)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                keep(x, mask, tally.Encode(x, mask, request.Coder, request.Input, stream.FirstRow, context));
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
