using FastSparseCoding.Kernels;

namespace FastSparseCoding.Solvers;

/// <summary>How an active set learns of the atoms outside it: from S = I − G, or from the atoms themselves where m² numbers are too many.</summary>
internal interface IAtomCorrelations
{
    /// <summary>The row of S of an atom [m], valid at some others, until the next call.</summary>
    ReadOnlySpan<float> RowOfS(int atom, ReadOnlySpan<int> others);

    /// <summary>Looks at the solutions of several rows at once.</summary>
    void Correlate(ReadOnlySpan<HomotopyLane> lanes, ReadOnlyMatrixView x);

    /// <summary>Lists the atoms outside a lane's support whose correlation exceeds its bound at the solution, and by how much, with sign.</summary>
    int ListViolators(HomotopyLane lane, ReadOnlySpan<float> b, float floor, Span<float> excess, Span<int> atoms);
}

/// <summary>From a stored S [m×m]: a sum of the support's rows of S for every row of signals.</summary>
internal sealed class GramCorrelations(AlignedRows s) : IAtomCorrelations
{
    public ReadOnlySpan<float> RowOfS(int atom, ReadOnlySpan<int> others) => s.Row(atom);

    public void Correlate(ReadOnlySpan<HomotopyLane> lanes, ReadOnlyMatrixView x)
    {
        // Every lane's sum is formed where its violators are listed, without a copy.
    }

    public int ListViolators(HomotopyLane lane, ReadOnlySpan<float> b, float floor, Span<float> excess, Span<int> atoms)
        => CodState.ListViolations(b, s, lane.Support.Atoms, lane.Support.Values, lane.Support.Bounds, floor, excess, atoms);      // c = b + zS off the support
}
