using Xunit;

namespace FastSparseCoding.Tests.Core;

public sealed class ThreadingTests
{
    [Theory]
    [InlineData(0, 4, 1)]
    [InlineData(1, 4, 8)]
    [InlineData(103, 10, 1)]
    [InlineData(103, 10, 3)]
    [InlineData(100, 10, 8)]
    public void Every_row_is_visited_once_in_blocks_of_the_fixed_size(int rows, int blockRows, int threads)
    {
        var visits = new int[rows];
        RowBlocks.Run(rows, blockRows, threads, TestContext.Current.CancellationToken, (start, count) =>
        {
            Assert.Equal(0, start % blockRows);
            Assert.Equal(Math.Min(blockRows, rows - start), count);
            for (int i = start; i < start + count; i++)
                Interlocked.Increment(ref visits[i]);
        });

        Assert.All(visits, v => Assert.Equal(1, v));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_failure_in_a_block_surfaces_as_itself(int threads)
        => Assert.Equal("block 20",
            Assert.Throws<InvalidOperationException>(() => RowBlocks.Run(100, 10, threads, TestContext.Current.CancellationToken,
            (start, _) => { if (start == 20) throw new InvalidOperationException($"block {start}"); })).Message);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Cancelling_stops_between_blocks(int threads)
    {
        using var source = new CancellationTokenSource();
        int done = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => RowBlocks.Run(1000, 1, threads, source.Token, (_, _) =>
        {
            int block = Interlocked.Increment(ref done);
            if (block == 10)
                source.Cancel();
            else if (block > 10)
                source.Token.WaitHandle.WaitOne();      // begun while another thread was cancelling
        }));

        Assert.InRange(done, 10, 10 + threads);
    }

    [Fact]
    public void Thread_counts_out_of_range_are_refused()
        => Assert.StartsWith("'threads' is -1; it must be from 0 to 1024.",
            Assert.Throws<ArgumentOutOfRangeException>(() => RowBlocks.Run(1, 1, -1, TestContext.Current.CancellationToken, (_, _) => { }))
                .Message, StringComparison.Ordinal);

    [Fact]
    public void A_pool_hands_a_returned_workspace_out_again_and_never_twice()
    {
        var pool = new WorkspacePool<object>(() => new object());
        object first = pool.Rent(), second = pool.Rent();
        Assert.NotSame(first, second);

        pool.Return(first);
        Assert.Same(first, pool.Rent());
        Assert.NotSame(first, pool.Rent());
    }
}
