using System.Diagnostics;
using FastSparseCoding.Cli.Input;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Coding;

/// <summary>Encodes, and counts what is encoded.</summary>
/// <param name="request">What is asked for.</param>
internal sealed class Tally(EncodeRequest request)
{
    private readonly ICoder _coder = request.Coder();

    private readonly Stopwatch _clock = new();

    /// <summary>Signals encoded so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Non-zeros of their codes.</summary>
    public long NonZeros { get; private set; }

    /// <summary>Seconds that encoding took so far.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>What there is to tell of the codes.</summary>
    public ICodeFacts Facts => _coder.Facts;

    /// <summary>Codes of a block, all finite.</summary>
    /// <param name="block">The signals.</param>
    /// <param name="firstRow">Number in the input of the first signal that this counts.</param>
    /// <param name="context">Of the command.</param>
    public Matrix Encode(SignalBlock block, long firstRow, CommandContext context)
    {
        _clock.Start();
        Matrix z = _coder.Encode(block.X, block.Mask, context);
        _clock.Stop();
        if (z.Values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and int at)
            throw new UserError(FormattableString.Invariant(
                $"{request.Input}: the code of signal {firstRow + Rows + at / z.Columns} is not finite: its values are too large for float32; scale the signals."));
        Rows += block.X.Rows;
        NonZeros += z.Values.Length - z.Values.Count(0f);
        return z;
    }

    /// <summary>What there is to tell of the codes.</summary>
    public Result Tell()
        => Tell(request.Output, _coder.Method, request.Signals.Model.CodeSize, Rows, NonZeros, Facts, Rows / Seconds);

    /// <summary>What there is to tell of any codes.</summary>
    /// <param name="output">Where they are.</param>
    /// <param name="method">The method's short name.</param>
    /// <param name="codeSize">Values in a code.</param>
    /// <param name="rows">How many there are.</param>
    /// <param name="nonZeros">How many of their values are not zero.</param>
    /// <param name="facts">What else there is to tell.</param>
    /// <param name="rate">Signals a second; null where nothing was encoded now.</param>
    public static Result Tell(string output, string method, int codeSize, long rows, long nonZeros, ICodeFacts facts, double? rate)
    {
        Result result = new Result().Add("codes", output).Add("method", method).Add("rows", rows).Add("code_size", codeSize);
        if (rows > 0)
            result.Add("non_zeros", (double)nonZeros / rows);
        if (rows > 0 && rate is { } perSecond)
            result.Add("rows_per_second", perSecond);
        facts.Tell(result, rows);
        return result;
    }
}
