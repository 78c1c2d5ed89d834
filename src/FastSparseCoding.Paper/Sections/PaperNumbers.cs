using System.Globalization;

namespace FastSparseCoding.Paper;

/// <summary>
/// What Gregor and LeCun (2010) report, on their own patches and dictionaries of 100 and 400 atoms. Only numbers that are known for
/// certain.
/// </summary>
internal static class PaperNumbers
{
    /// <summary>What stands in a table where the paper's number is not known.</summary>
    public const string Unknown = "–";

    /// <summary>Depths T of LISTA in Figure 3.</summary>
    public static IReadOnlyList<int> ListaDepths { get; } = [1, 3, 7];

    /// <summary>Figure 3: error of LISTA with T layers.</summary>
    public static double? ListaError(int atoms, int depth) => (atoms, depth) switch
    {
        (100, 1) => 1.50,
        (100, 3) => 0.98,
        (100, 7) => 0.52,
        (400, 1) => 2.45,
        (400, 3) => 2.12,
        (400, 7) => 1.62,
        _ => null,
    };

    /// <summary>Section 4.1: iterations of FISTA that one layer of LISTA is worth.</summary>
    public static double? FistaIterations(int atoms, int depth) => (atoms, depth) switch
    {
        (100, 1) => 18,
        (400, 1) => 35,
        _ => null,
    };

    /// <summary>A number as the paper prints it.</summary>
    public static string Text(double? number, int decimals)
        => number?.ToString($"F{decimals}", CultureInfo.InvariantCulture) ?? Unknown;
}
