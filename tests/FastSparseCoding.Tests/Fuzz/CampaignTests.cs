using System.Runtime.InteropServices;
using FastSparseCoding.Fuzz;
using FastSparseCoding.Tests.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Fuzz;

/// <summary>A short campaign against every reader, and that a campaign sees what it is there to see.</summary>
public sealed class CampaignTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _told = [];

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Formats => [.. Format.All.Select(f => f.Name)];

    [Fact]
    public void Every_reader_has_its_format()
        => Assert.Equal(
            ["npy", "npz", "csv", "csr", "idx", "model", "checkpoint", "classifier", "denoiser", "onnx", "png", "jpeg", "gif", "bmp",
                "tiff", "pnm", "part"],
            Format.All.Select(f => f.Name));

    [Theory]
    [MemberData(nameof(Formats))]
    public void Damaged_files_are_read_alike_each_time_or_refused_as_documented(string name)
    {
        Tally tally = Run(Format.Named(name), 1000);

        Assert.Empty(_told);
        Assert.True(tally.IsClean, tally.Row);
        Assert.Equal(1000, tally.Inputs);
        Assert.InRange(tally.Accepted, 20, 900);
    }

    /// <summary>What is taken apart and put together again is what it was: damage, not the harness, is what readers refuse.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Undamaged_files_are_accepted(string name)
    {
        Format format = Format.Named(name);
        foreach (FilePart file in format.Files)
        {
            Examination seen = Examination.Of(format, _folder.Write("0" + format.Extension, file.Bytes));
            Assert.Equal((true, Fault.None), (seen.Accepted, seen.Faults));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void An_input_depends_on_nothing_but_its_number(string name)
    {
        Format format = Format.Named(name);
        byte[][] inputs = [.. Enumerable.Range(0, 200).Select(i => format.Input(5, i))];

        Assert.All(Enumerable.Range(0, 200).Reverse(), i => Assert.Equal(inputs[i], format.Input(5, i)));
        Assert.InRange(inputs.Select(Convert.ToHexString).Distinct(StringComparer.Ordinal).Count(), 150, 200);
        Assert.NotEqual(inputs[0], format.Input(6, 0));
    }

    [Fact]
    public void Faults_are_seen_told_of_and_kept()
    {
        int calls = 0;
        Assert.Equal(Fault.Undocumented, Seen(_ => throw new EndOfStreamException("a")));
        Assert.Equal(Fault.Undocumented, Seen(_ => throw new ArgumentOutOfRangeException("a")));
        Assert.Equal(Fault.Differs, Seen(_ => calls++));
        Assert.Equal(Fault.Differs, Seen(path => calls++ % 3 == 1 ? throw new InvalidDataException(path) : 1));
        Assert.Equal(Fault.Memory, Seen(_ => new byte[65 << 20].Length));
        Assert.Equal(Fault.Nameless, Seen(_ => throw new InvalidDataException("is damaged.")));
        Assert.Equal(Fault.None, Seen(path => throw new InvalidDataException($"{path}: is damaged \e[2J {new string('x', 5000)}")));
        Assert.Equal(Fault.None, Seen(path => throw new IOException(path)));
        Assert.Equal(Fault.None, Seen(_ => 1));
        Assert.Equal(Fault.Stream, Seen(_ => 1, (_, _) => 2));
        Assert.Equal(Fault.Stream, Seen(_ => 1, (_, name) => throw new IOException(name)));
        Assert.Equal(Fault.Stream, Seen(path => throw new IOException(path), (_, _) => 1));
        Assert.Equal(Fault.Stream, Seen(path => throw new IOException(path), (_, name) => throw new IOException($"{name}: other words")));
        Assert.Equal(Fault.Stream, Seen(path => throw new IOException(path), (_, name) => throw new InvalidDataException(name)));
        Assert.Equal(Fault.None, Seen(path => throw new IOException(path), (_, name) => throw new IOException(name)));
        Assert.Equal(Fault.None, Seen(path => (int)new FileInfo(path).Length, (stream, _) => Bytes(stream)));

        static int Bytes(Stream stream)
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return (int)bytes.Length;
        }
    }

    [Fact]
    public void Native_memory_that_is_not_given_back_is_seen()
    {
        var leaked = new System.Collections.Concurrent.ConcurrentBag<nint>();
        byte[] used = new byte[1 << 20];
        used.AsSpan().Fill(1);

        Tally tally = Run(Reading(_ =>
        {
            nint native = Marshal.AllocHGlobal(used.Length);
            Marshal.Copy(used, 0, native, used.Length);
            leaked.Add(native);
            return 0;
        }), 50);

        foreach (nint native in leaked)
            Marshal.FreeHGlobal(native);
        Assert.False(tally.IsClean);
        Assert.InRange(tally.NativeBytes, 65L << 20, 400L << 20);
    }

    private Fault Seen(Func<string, int> read, Func<Stream, string, int>? ofStream = null)
    {
        _told.Clear();
        Tally tally = Run(Reading(read, ofStream), 1);
        Fault fault = Enum.GetValues<Fault>().FirstOrDefault(f => f != Fault.None && tally.Count(f) == 1);
        Assert.Equal(fault == Fault.None, tally.IsClean);
        Assert.Equal(fault == Fault.None ? [] : ["odd-1-0.odd"], Directory.EnumerateFiles(_folder.Path).Select(p => Path.GetFileName(p)));
        Assert.Equal(fault == Fault.None, _told.Count == 0);
        File.Delete(_folder.File("odd-1-0.odd"));
        return fault;
    }

    private static Format Reading(Func<string, int> read, Func<Stream, string, int>? ofStream = null)
        => new("odd", ".odd", [new FilePart(1, 2, 3)], [], [new FormatReader(read, ofStream)]);

    private Tally Run(Format format, long inputs)
    {
        using var campaign = new Campaign(seed: 1, threads: 1, _folder.Path, _told.Add);
        return campaign.Run(format, inputs);
    }
}
