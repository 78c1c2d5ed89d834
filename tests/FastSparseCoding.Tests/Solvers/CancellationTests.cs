using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

/// <summary>Cancelling stops a solver in the middle of a block of rows, however much work is left in it.</summary>
public sealed class CancellationTests
{
    /// <summary>Of minutes of work: a few rows or iterations more, on a machine that is busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Theory]
    [MemberData(nameof(Problems.Names), MemberType = typeof(Problems))]
    public async Task One_block_of_large_rows_stops(string name)
    {
        LassoSolver solver = Problems.Solver(name, RandomData.Dictionary(800, 400, seed: 1), 1e-3f);
        Matrix x = RandomData.Normal(256, 400, seed: 2), z = new(256, 800);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Task solving = Task.Run(() => solver.Solve(x, z, cancellation: stop.Token), TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => solving.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }
}
