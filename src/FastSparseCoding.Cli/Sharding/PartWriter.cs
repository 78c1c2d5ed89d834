using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Sharding;

/// <summary>Writes a part: an archive of arrays that grow, with what the part says of itself. It appears on <see cref="Complete"/>, whole,
/// or not at all.</summary>
internal sealed class PartWriter(string path) : IDisposable
{
    /// <summary>Name of the member in which a part says what it is.</summary>
    public const string Member = "part";

    /// <summary>The arrays.</summary>
    public NpzColumns Columns { get; } = new(path, open: null);

    /// <summary>Puts the part in its place.</summary>
    /// <param name="info">What it says of itself.</param>
    /// <param name="also">Adds small members, or null.</param>
    public void Complete(PartInfo info, Action<NpzOutput>? also = null) => Columns.Complete(npz =>
    {
        Describe(npz, info);
        also?.Invoke(npz);
    });

    /// <summary>Puts what a part says of itself into its archive.</summary>
    public static void Describe(NpzOutput npz, PartInfo info) => npz.Add<byte>(Member, info.ToBytes());

    public void Dispose() => Columns.Dispose();
}
