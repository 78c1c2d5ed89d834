namespace FastSparseCoding.Fuzz;

/// <summary>What a reader must not do with a file, whatever its bytes.</summary>
[Flags]
internal enum Fault
{
    None = 0,

    /// <summary>Throw anything but IOException and InvalidDataException.</summary>
    Undocumented = 1,

    /// <summary>Read the same file differently, or refuse it, another time.</summary>
    Differs = 2,

    /// <summary>Allocate more than 64 MiB and a hundred times the file.</summary>
    Memory = 4,

    /// <summary>Take more than 2 s, twice.</summary>
    Time = 8,

    /// <summary>Cause control characters on the terminal.</summary>
    Control = 16,

    /// <summary>Cause more than 2,100 characters on the terminal: a whole line of the tool and how long it was.</summary>
    Long = 32,

    /// <summary>Give a reason that does not begin with the file's name.</summary>
    Nameless = 64,

    /// <summary>Read a stream of the same bytes differently, or refuse it in other words.</summary>
    Stream = 128,
}
