using FastSparseCoding.Cli.Sharding;
using FastSparseCoding.Imaging;

namespace FastSparseCoding.Cli.Input;

/// <summary>The signals of a command line, opened once; any part of them can then be walked, one after the other.</summary>
internal abstract class SignalSet : IDisposable
{
    /// <summary>The blocks of <see cref="Shard.BlockRows"/> rows, or the pictures of a grid, that they are parted by.</summary>
    public abstract long Units { get; }

    /// <summary>Tells the input from any other, without reading more than a part does.</summary>
    public abstract string Identity { get; }

    /// <summary>A part of the signals; the writer of places, if any, is told of every picture.</summary>
    public abstract SignalStream Part(Shard shard, PatchPlacesWriter? places);

    public abstract void Dispose();
}
