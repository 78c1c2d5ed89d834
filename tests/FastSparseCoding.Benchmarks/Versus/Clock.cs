using System.Diagnostics;

namespace FastSparseCoding.Benchmarks.Versus;

/// <summary>Median wall and CPU seconds of a piece of work, after a warm-up: the rule of the peers' common.py.</summary>
internal readonly record struct Clock(double Wall, double Cpu)
{
    /// <summary>Long enough for the runtime to have compiled with full optimisation what the work runs through.</summary>
    private static TimeSpan WarmUp => TimeSpan.FromSeconds(Effort.Of(3, 0));

    public static Clock Median(int repetitions, Action run)
    {
        repetitions = Effort.Of(repetitions, 1);
        long start = Stopwatch.GetTimestamp();
        do
            run();
        while (Stopwatch.GetElapsedTime(start) < WarmUp);
        var wall = new double[repetitions];
        var cpu = new double[repetitions];
        for (int i = 0; i < repetitions; i++)
            (wall[i], cpu[i]) = Once(run);
        Array.Sort(wall);
        Array.Sort(cpu);
        return new Clock(wall[repetitions / 2], cpu[repetitions / 2]);
    }

    public static Clock Once(Action run)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long wall = Stopwatch.GetTimestamp();
        run();
        return new Clock(Stopwatch.GetElapsedTime(wall).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }
}
