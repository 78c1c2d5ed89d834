namespace FastSparseCoding.Imaging;

/// <summary>What is done to the patches of a picture, a strip of some rows of patches at a time, and to their sums.</summary>
internal interface IStripWork
{
    /// <summary>Floats that are summed up for a row of pixels.</summary>
    int SumSize { get; }

    /// <summary>Adds the patches of a strip to its sums; called by several threads at a time.</summary>
    /// <param name="first">Picture row of the strip's first patches.</param>
    /// <param name="patchRows">Rows of patches in the strip.</param>
    /// <param name="pixels">The patchRows + p − 1 rows of the picture under them.</param>
    /// <param name="sums">Sums of as many rows, to be added to.</param>
    /// <param name="cancellation">Stops the work.</param>
    void Add(int first, int patchRows, ReadOnlySpan<float> pixels, Span<float> sums, CancellationToken cancellation);

    /// <summary>Makes the pixels of a row of the sums of all patches over it.</summary>
    /// <param name="row">Number of the row.</param>
    /// <param name="sums">Its sums.</param>
    /// <param name="pixels">The picture's row, which becomes that of the result.</param>
    void Finish(int row, ReadOnlySpan<float> sums, Span<float> pixels);
}
