using FastSparseCoding.Cli;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

public sealed class StopSignalsTests
{
    [Fact]
    public void Work_that_does_not_stop_is_ended_but_not_while_it_saves_its_state()
    {
        using var ended = new ManualResetEventSlim();
        bool saving = true, asked = false;
        int looks = 0;
        using var stop = new StopSignals(ended.Set, () =>
        {
            Volatile.Write(ref asked, true);
            if (Volatile.Read(ref saving))
                return true;
            Interlocked.Increment(ref looks);
            return false;
        });

        stop.Receive();
        Assert.True(stop.Token.IsCancellationRequested);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref asked), TimeSpan.FromMinutes(1)));
        Assert.False(ended.IsSet);

        Volatile.Write(ref saving, false);
        Assert.True(ended.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.True(looks >= 10, $"it had {looks} tenths of a second to say that it has ended");
    }

    [Fact]
    public void The_second_signal_ends_at_once()
    {
        bool ended = false;
        using var stop = new StopSignals(() => ended = true, () => true);
        stop.Receive();
        Assert.False(ended);

        stop.Receive();

        Assert.True(ended);
    }
}
