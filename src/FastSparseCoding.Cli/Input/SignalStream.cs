using FastSparseCoding.Cli.Sharding;

namespace FastSparseCoding.Cli.Input;

/// <summary>All signals of a <see cref="SignalSet"/>, or one part of them, block by block, so that inputs larger than memory pass
/// through.</summary>
internal sealed class SignalStream
{
    /// <summary>Signals in a block: enough for every core, little enough to stay small.</summary>
    public const int BlockRows = 8 * Shard.BlockRows;

    /// <summary>The signals, in order, each block with a mask or null where all is known; to be walked once.</summary>
    public required IEnumerable<SignalBlock> Blocks { get; init; }

    /// <summary>How many signals there are; of images cut on a grid, about how many, by those that were read so far.</summary>
    public required Func<long> Total { get; init; }

    /// <summary>The blocks of <see cref="Shard.BlockRows"/> rows, or the pictures of a grid, that the signals are of: from First to before
    /// End.</summary>
    public required (long First, long End) Units { get; init; }

    /// <summary>Number of the first signal in the input; 0 where images are cut on a grid.</summary>
    public long FirstRow { get; init; }

    /// <summary>Places of the grid that were left out as flat so far; null where there is no grid.</summary>
    public Func<long>? FlatPlaces { get; init; }

    /// <summary>Whether a unit is a picture.</summary>
    public bool IsGrid => FlatPlaces is not null;
}
