namespace FastSparseCoding.Solvers;

/// <summary>What a block of rows is solved for: to the tolerance, with a report, or for a trace of an exact number of iterations.</summary>
internal readonly struct BlockRun(LassoSolver solver, SolveReport? report, int firstRow, CodeTrace? trace)
{
    public CodeTrace? Trace { get; } = trace;

    /// <summary>A trace runs on, however small the gap.</summary>
    public double Tolerance { get; } = trace is null ? solver.Options.Tolerance : -1;

    public int IterationLimit { get; } = trace?.Last ?? solver.IterationLimit;

    /// <summary>Notes how row i of the block ended.</summary>
    public void Report(int i, int iterations, double relativeGap) => report?.Set(firstRow + i, iterations, relativeGap, Tolerance);
}

/// <summary>The codes of a block of rows after each of several numbers of iterations.</summary>
internal sealed class CodeTrace
{
    public CodeTrace(IReadOnlyList<int> iterations, int rows, int codeSize)
    {
        Iterations = iterations;
        Codes = new Matrix[iterations.Count];
        for (int i = 0; i < Codes.Length; i++)
            Codes[i] = new Matrix(rows, codeSize);
    }

    /// <summary>The numbers of iterations asked for, ascending.</summary>
    public IReadOnlyList<int> Iterations { get; }

    /// <summary>The codes after each.</summary>
    public Matrix[] Codes { get; }

    public int Last => Iterations[^1];

    /// <summary>Where the codes after k iterations go: an index into <see cref="Codes"/>, or −1 when nobody asked.</summary>
    public int IndexOf(int k)
    {
        for (int i = 0; i < Iterations.Count; i++)
            if (Iterations[i] == k)
                return i;
        return -1;
    }
}

/// <summary>Memory of a solver for one block of rows.</summary>
internal class BlockWorkspace(AtomDictionary dictionary)
{
    /// <summary>B = xDᵀ [rows×m].</summary>
    public Matrix B { get; } = new(SparseEncoderExtensions.BlockRows, dictionary.AtomCount);

    /// <summary>The certificates' memory.</summary>
    public Certificate Certificate { get; } = new(dictionary, SparseEncoderExtensions.BlockRows);
}
