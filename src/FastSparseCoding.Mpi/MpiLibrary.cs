using System.Runtime.InteropServices;

namespace FastSparseCoding.Mpi;

/// <summary>The MPI library of this machine: which file it is and how it names communicators and types. MPI's C interface is one text with
/// two meanings: handles are pointers to objects of the library in Open MPI and numbers in MPICH and its relatives.</summary>
/// <param name="Name">As it was found.</param>
/// <param name="Handle">The loaded library.</param>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Bytes">MPI_BYTE.</param>
/// <param name="NoStatus">MPI_STATUS_IGNORE.</param>
internal sealed record MpiLibrary(string Name, nint Handle, nint World, nint Bytes, nint NoStatus)
{
    /// <summary>Names a library in the place of those that are looked for.</summary>
    public const string Variable = "FASTSPARSECODING_MPI";

    /// <summary>MPICH's numbers (and those of its relatives, by their common ABI of 2013).</summary>
    private const nint MpichWorld = 0x44000000, MpichBytes = 0x4c00010d, MpichNoStatus = 1;

    /// <summary>File names in the order they are tried where nothing tells which MPI started this process.</summary>
    private static readonly string[] OpenMpi = ["libmpi.so.40", "libmpi.40.dylib"],
        Mpich = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib"], Any = ["libmpi.so", "libmpi.dylib"];

    /// <summary>Loads the library that this process is to use.</summary>
    /// <exception cref="DllNotFoundException">There is none, or it is of neither kind.</exception>
    public static MpiLibrary Load()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        string[] candidates = !string.IsNullOrEmpty(named) ? [named] : Candidates(Environment.GetEnvironmentVariable);
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
                return Of(candidate, handle);
        }
        throw new DllNotFoundException(
            $"no MPI library: {string.Join(", ", candidates)} cannot be loaded; install Open MPI or MPICH (Debian: openmpi-bin or mpich), "
            + $"or name the library in {Variable}.");
    }

    /// <summary>What to try: first what belongs to the launcher that started this process.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    internal static string[] Candidates(Func<string, string?> variable)
        => variable("OMPI_COMM_WORLD_SIZE") is null && variable("PMI_RANK") is not null ? [.. Mpich, .. OpenMpi, .. Any]
            : [.. OpenMpi, .. Mpich, .. Any];

    private static MpiLibrary Of(string name, nint handle)
    {
        if (NativeLibrary.TryGetExport(handle, "ompi_mpi_comm_world", out nint world))
            return new MpiLibrary(name, handle, world, NativeLibrary.GetExport(handle, "ompi_mpi_byte"), 0);
        // What MPI_COMM_DUP_FN means in its header, and so a part of its ABI.
        if (NativeLibrary.TryGetExport(handle, "MPIR_Dup_fn", out _))
            return new MpiLibrary(name, handle, MpichWorld, MpichBytes, MpichNoStatus);
        throw new DllNotFoundException(
            $"the MPI library '{name}' is neither Open MPI nor MPICH or a relative of it, which are the ones this program can talk to; "
            + $"name another in {Variable}.");
    }
}
