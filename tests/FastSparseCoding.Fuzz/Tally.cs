using System.Globalization;

namespace FastSparseCoding.Fuzz;

/// <summary>Counts of one format; a row of the table.</summary>
internal sealed class Tally(string format)
{
    /// <summary>Native memory that a format may leave behind, whatever the number of inputs: what the runtime keeps for itself.</summary>
    public const long MostNativeBytes = 64L << 20;

    private static readonly Fault[] Columns =
        [Fault.Undocumented, Fault.Differs, Fault.Memory, Fault.Time, Fault.Control, Fault.Long, Fault.Nameless, Fault.Stream];

    private readonly long[] _faults = new long[Columns.Length];

    public long Inputs { get; private set; }

    public long Accepted { get; private set; }

    /// <summary>Growth of the memory that the collector does not account for.</summary>
    public long NativeBytes { get; set; }

    /// <summary>Inputs with faults that were told of.</summary>
    public int Reported { get; set; }

    public bool IsClean => _faults.All(count => count == 0) && NativeBytes <= MostNativeBytes;

    public static string Header =>
        "| format | inputs | accepted | undocumented exception | results differ | allocates > 64 MiB + 100 × file | > 2 s twice | "
            + "control characters shown | > 2,100 characters shown "
            + "| without the file's name | through a stream otherwise | native memory left > 64 MiB |\n"
            + "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

    public string Row => string.Create(CultureInfo.InvariantCulture,
        $"| {format} | {Inputs:N0} | {Accepted:N0} | "
            + $"{string.Join(" | ", _faults.Select(count => count.ToString("N0", CultureInfo.InvariantCulture)))} | "
            + $"{(NativeBytes > MostNativeBytes ? 1 : 0)} |");

    public long Count(Fault fault) => _faults[Array.IndexOf(Columns, fault)];

    public void Add(Examination seen)
    {
        lock (_faults)
        {
            Inputs++;
            Accepted += seen.Accepted ? 1 : 0;
            for (int i = 0; i < Columns.Length; i++)
                _faults[i] += seen.Faults.HasFlag(Columns[i]) ? 1 : 0;
        }
    }
}
