namespace FastSparseCoding.Cli;

/// <summary>A λ of the command line: a number, or a fraction of λmax, the weight from which on codes are zero.</summary>
internal readonly record struct SparsityWeight(float Value, bool OfMax)
{
    /// <summary>What follows the number of a fraction.</summary>
    public const string Unit = "max";

    public override string ToString() => FormattableString.Invariant($"{Value}{(OfMax ? Unit : "")}");
}
