using Xunit;

namespace FastSparseCoding.Tests.Support;

/// <summary>Asserts that code which promises to allocate nothing after its first call keeps the promise.</summary>
internal static class Allocation
{
    /// <summary>Runs the action to warm it up, then asserts that many more runs allocate nothing on this thread.</summary>
    public static void CheckNone(Action action)
    {
        long allocated = long.MaxValue;
        // Code that the runtime has compiled without optimisation may box what it does not later: it is given the time to become optimised.
        for (int attempt = 0; attempt < 20 && allocated != 0; attempt++)
        {
            if (attempt > 0)
                Thread.Sleep(100);
            for (int i = 0; i < 40; i++)
                action();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++)
                action();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }
}
