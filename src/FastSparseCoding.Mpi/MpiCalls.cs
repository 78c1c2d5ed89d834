using System.Reflection;
using System.Runtime.InteropServices;

namespace FastSparseCoding.Mpi;

/// <summary>The calls of MPI that are needed, by the names of its C interface. Handles are passed as pointers: where they are numbers of 32
/// bits the callee reads the lower half.</summary>
internal static unsafe partial class MpiCalls
{
    private const string Name = "the MPI of this machine";

    /// <summary>MPI_THREAD_SERIALIZED: any thread may call, one at a time.</summary>
    public const int ThreadSerialized = 2;

    private static readonly Lazy<MpiLibrary> Loaded = new(() =>
    {
        MpiLibrary? found = null;
        SignalHandlers.Keep(() => found = MpiLibrary.Load());
        MpiLibrary library = found!;
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(), (name, _, _) => name == Name ? library.Handle : 0);
        return library;
    });

    /// <summary>The library that the calls go to, loaded when it is first asked for.</summary>
    public static MpiLibrary Library => Loaded.Value;

    [LibraryImport(Name, EntryPoint = "MPI_Init_thread")]
    public static partial int InitThread(nint argc, nint argv, int required, out int provided);

    [LibraryImport(Name, EntryPoint = "MPI_Finalize")]
    public static partial int FinalizeAll();

    [LibraryImport(Name, EntryPoint = "MPI_Abort")]
    public static partial int Abort(nint communicator, int code);

    [LibraryImport(Name, EntryPoint = "MPI_Comm_rank")]
    public static partial int CommRank(nint communicator, out int rank);

    [LibraryImport(Name, EntryPoint = "MPI_Comm_size")]
    public static partial int CommSize(nint communicator, out int size);

    [LibraryImport(Name, EntryPoint = "MPI_Barrier")]
    public static partial int Barrier(nint communicator);

    [LibraryImport(Name, EntryPoint = "MPI_Bcast")]
    public static partial int Bcast(void* buffer, int count, nint type, int root, nint communicator);

    [LibraryImport(Name, EntryPoint = "MPI_Send")]
    public static partial int Send(void* buffer, int count, nint type, int destination, int tag, nint communicator);

    [LibraryImport(Name, EntryPoint = "MPI_Recv")]
    public static partial int Recv(void* buffer, int count, nint type, int source, int tag, nint communicator, nint status);

    [LibraryImport(Name, EntryPoint = "MPI_Sendrecv")]
    public static partial int SendRecv(
        void* sent, int sentCount, nint sentType, int destination, int sentTag,
        void* received, int receivedCount, nint receivedType, int source, int receivedTag, nint communicator, nint status);

    [LibraryImport(Name, EntryPoint = "MPI_Allgather")]
    public static partial int AllGather(
        void* sent, int sentCount, nint sentType, void* received, int receivedCount, nint receivedType, nint communicator);

    [LibraryImport(Name, EntryPoint = "MPI_Allgatherv")]
    public static partial int AllGatherV(
        void* sent, int sentCount, nint sentType, void* received, int* receivedCounts, int* places, nint receivedType, nint communicator);
}
