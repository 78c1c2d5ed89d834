using Xunit;

namespace FastSparseCoding.Tests.Core;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(2, 7)]
    [InlineData(8, 3)]
    [InlineData(8, 100)]
    public void Every_piece_of_every_round_is_done_once(int threads, int pieces)
    {
        using var team = new ThreadTeam(threads);
        var visits = new int[pieces];
        for (int round = 1; round <= 300; round++)
        {
            team.Run(pieces, i => Interlocked.Increment(ref visits[i]));
            Assert.All(visits, v => Assert.Equal(round, v));
            if (round % 100 == 0)
                Thread.Sleep(20);       // the helpers fall asleep
        }
        Assert.Equal(threads, team.Threads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_failure_surfaces_as_itself_and_the_team_goes_on(int threads)
    {
        using var team = new ThreadTeam(threads);
        Assert.Equal("piece 4", Assert.Throws<InvalidOperationException>(() => team.Run(9, i =>
        {
            if (i == 4)
                throw new InvalidOperationException("piece 4");
        })).Message);
        int done = 0;
        team.Run(9, _ => Interlocked.Increment(ref done));
        Assert.Equal(9, done);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 2)]
    [InlineData(100, 7)]
    [InlineData(400, 1024)]
    public void Parts_follow_each_other_and_are_the_whole(int rows, int parts)
    {
        int next = 0;
        for (int i = 0; i < parts; i++)
        {
            (int first, int count) = new Part(i, parts).Of(rows);
            Assert.Equal(next, first);
            Assert.True(count == 0 || first % 4 == 0);
            next += count;
        }
        Assert.Equal(rows, next);
    }
}
