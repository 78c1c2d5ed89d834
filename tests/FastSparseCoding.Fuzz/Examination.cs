using System.Globalization;
using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Fuzz;

/// <summary>What reading one file did: whether a reader accepted it, the faults, and the text of the first.</summary>
internal sealed record Examination(bool Accepted, Fault Faults, string? Problem)
{
    public const long MostBytes = 64L << 20;
    public const long MostBytesPerByte = 100;
    public const int MostCharacters = 2100;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    /// <summary>Reads a file with all that reads its format, by its path and through a stream; what is accepted is read three
    /// times.</summary>
    public static Examination Of(Format format, string path)
    {
        var seen = new Examination(false, Fault.None, null);
        foreach (FormatReader reader in format.Readers)
            seen = seen.With(reader, path);
        return seen;
    }

    private Examination With(FormatReader reader, string path)
    {
        Reading first = Reading.OfPath(reader, path);
        long length = new FileInfo(path).Length;
        Fault faults = first.Bytes > MostBytes + MostBytesPerByte * length ? Fault.Memory : Fault.None;
        // One slow reading may be a machine that had other things to do.
        if (first.Time > MostTime && Reading.OfPath(reader, path).Time > MostTime)
            faults |= Fault.Time;
        if (reader.OfStream is not null && !Reading.OfStream(reader, path, seeks: length % 2 == 0).IsLike(first))
            faults |= Fault.Stream;
        if (first.Error is { } error)
            return Add(accepted: false, faults | OfMessage(error, path), IsDocumented(error) ? Printable.Line(error.Message)
                : error.ToString());
        foreach (byte dirt in (byte[])[0x55, 0xFF])
        {
            Heap.Dirty(dirt);
            if (!Reading.OfPath(reader, path).IsLike(first))
                faults |= Fault.Differs;
        }
        return Add(accepted: true, faults, $"{first.Bytes} bytes allocated, {first.Time.TotalSeconds:F1} s");
    }

    private static bool IsDocumented(Exception error)
        => error.GetType() == typeof(IOException) || error.GetType() == typeof(InvalidDataException);

    private static Fault OfMessage(Exception error, string path)
    {
        if (!IsDocumented(error))
            return Fault.Undocumented;
        string shown = Printable.Line(error.Message);
        return (shown.Any(IsControl) ? Fault.Control : Fault.None) | (shown.Length > MostCharacters ? Fault.Long : Fault.None)
            | (error.Message.StartsWith(path, StringComparison.Ordinal) ? Fault.None : Fault.Nameless);
    }

    // What moves the cursor, ends the line or turns the reading order.
    private static bool IsControl(char letter)
        => char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            || letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private Examination Add(bool accepted, Fault faults, string problem)
        => new(Accepted || accepted, Faults | faults, faults == Fault.None ? Problem : Problem ?? $"{faults}: {problem}");
}
