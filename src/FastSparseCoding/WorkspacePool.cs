namespace FastSparseCoding;

/// <summary>
/// Keeps the scratch memory of a shared, immutable encoder: every call rents a workspace and returns it, so that threads never share one
/// and repeated calls allocate nothing.
/// </summary>
internal sealed class WorkspacePool<T>(Func<T> create)
    where T : class
{
    private readonly T?[] _free = new T?[Math.Max(4, 2 * Environment.ProcessorCount)];

    public T Rent()
    {
        for (int i = 0; i < _free.Length; i++)
        {
            T? workspace = Interlocked.Exchange(ref _free[i], null);
            if (workspace is not null)
                return workspace;
        }
        return create();
    }

    public void Return(T workspace)
    {
        for (int i = 0; i < _free.Length; i++)
            if (Interlocked.CompareExchange(ref _free[i], workspace, null) is null)
                return;
    }
}
