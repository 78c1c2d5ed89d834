using System.Diagnostics;

namespace FastSparseCoding.Fuzz;

/// <summary>Reads damaged files of a format on several threads and counts what its readers do.</summary>
internal sealed class Campaign : IDisposable
{
    private const int ShownProblems = 5;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("fsc-fuzz-").FullName;
    private readonly int _seed;
    private readonly int _threads;
    private readonly string? _keep;
    private readonly Action<string> _tell;

    /// <summary>Begins a campaign.</summary>
    /// <param name="seed">The same seed gives the same inputs.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="keep">A folder for inputs that show a fault, or null.</param>
    /// <param name="tell">Is told of faults.</param>
    public Campaign(int seed, int threads, string? keep, Action<string> tell)
    {
        (_seed, _threads, _keep, _tell) = (seed, threads, keep, tell);
        if (keep is not null)
            Directory.CreateDirectory(keep);
    }

    public Tally Run(Format format, long inputs)
    {
        var tally = new Tally(format.Name);
        // What the readers and the runtime take once, whatever the number of inputs, is taken before the first measurement.
        foreach (FilePart file in format.Files)
            Examination.Of(format, Write(format, thread: 0, file.Bytes));
        long before = Heap.NativeBytes();
        Worker[] workers = [.. Enumerable.Range(0, _threads).Select(t => new Worker(this, format, tally, t, inputs))];
        foreach (Worker worker in workers)
            worker.Start();
        foreach (Worker worker in workers)
            while (!worker.Wait())
                if (workers.FirstOrDefault(w => w.Elapsed > MostTime) is { } hanging)
                    Abandon(format, hanging.Index);
        tally.NativeBytes = Heap.NativeBytes() - before;
        return tally;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(Format format, int thread, byte[] bytes)
    {
        string path = Path.Combine(_folder, thread + format.Extension);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private void Report(Format format, long index, byte[] input, Tally tally, Examination seen)
    {
        lock (tally)
        {
            if (tally.Reported++ < ShownProblems)
                _tell($"{format.Name} {index}: {seen.Problem}");
            if (_keep is not null)
                File.WriteAllBytes(Path.Combine(_keep, $"{format.Name}-{_seed}-{index}{format.Extension}"), input);
        }
    }

    /// <summary>A reader that does not come back cannot be stopped, but its file can be named.</summary>
    private void Abandon(Format format, long index)
    {
        if (_keep is not null)
            File.WriteAllBytes(Path.Combine(_keep, $"{format.Name}-{_seed}-{index}{format.Extension}"), format.Input(_seed, index));
        Environment.FailFast($"{format.Name} {index}: not read within {MostTime.TotalSeconds} s.");
    }

    /// <summary>One thread: every so many-th input.</summary>
    private sealed class Worker(Campaign campaign, Format format, Tally tally, int thread, long inputs)
    {
        // As deep as a main thread: some readers follow what a file nests.
        private const int StackBytes = 1 << 20;

        private Thread? _thread;
        private long _since = Stopwatch.GetTimestamp();

        public long Index { get; private set; } = thread;

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Volatile.Read(ref _since));

        public void Start()
        {
            _thread = new Thread(Run, StackBytes) { IsBackground = true };
            _thread.Start();
        }

        /// <summary>Whether it has ended within a second.</summary>
        public bool Wait() => _thread!.Join(TimeSpan.FromSeconds(1));

        private void Run()
        {
            for (; Index < inputs; Index += campaign._threads)
            {
                Volatile.Write(ref _since, Stopwatch.GetTimestamp());
                byte[] input = format.Input(campaign._seed, Index);
                Examination seen = Examination.Of(format, campaign.Write(format, thread, input));
                tally.Add(seen);
                if (seen.Faults != Fault.None)
                    campaign.Report(format, Index, input, tally, seen);
            }
            Volatile.Write(ref _since, long.MaxValue);
        }
    }
}
