using Xunit;

namespace FastSparseCoding.Tests.Support;

/// <summary>Asserts that code which promises to allocate nothing after its first call keeps the promise.</summary>
internal static class Allocation
{
    /// <summary>Runs the action to warm it up, then asserts that many more runs allocate nothing on this thread.</summary>
    public static void CheckNone(Action action)
    {
        for (int i = 0; i < 3; i++)
            action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
            action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
