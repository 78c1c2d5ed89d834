using System.Runtime.CompilerServices;

namespace FastSparseCoding;

/// <summary>A stream of blocks: the only asynchronous code here, as streams are. Safe to call from several threads at once.</summary>
public static partial class SparseEncoderExtensions
{
    /// <summary>Encodes blocks of signals as they come, each on all cores.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="x">Blocks of signals [N×n], finite; N may differ.</param>
    /// <param name="threads">Number of threads, 1 or more; 0 for one per core. The result is the same for every number.</param>
    /// <param name="cancellation">Stops the stream, between blocks of rows, and within them where the encoder can.</param>
    /// <returns>The codes [N×m] of every block.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, a signal holds NaN or infinity, or its code would; when it is its
    /// turn.</exception>
    public static async IAsyncEnumerable<Matrix> EncodeAsync(
        this ISparseEncoder encoder, IAsyncEnumerable<Matrix> x, int threads = 0,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        await foreach (Matrix block in x.WithCancellation(cancellation).ConfigureAwait(false))
            yield return encoder.Encode(block, threads, cancellation);
    }
}
