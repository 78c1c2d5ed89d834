using System.Diagnostics;
using FastSparseCoding.Encoders;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Files that are read in blocks may be larger than the memory that a process takes.</summary>
public sealed class StreamedEncodingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_million_signals_are_encoded_in_less_memory_than_they_take()
    {
        const int Signals = 2_000_000, Values = 40;        // 320 MB
        const long Most = 120_000_000;
        string signals = _folder.File("signals.npy"), model = _folder.File("model.safetensors");
        using (NpyWriter writer = NpyWriter.Create(signals, Values))
        {
            Matrix block = RandomData.Normal(10_000, Values, seed: 1);
            for (int i = 0; i < Signals / block.Rows; i++)
                writer.AppendRows(block);
            writer.Complete();
        }
        ModelFile.Save(model, ListaEncoder.FromDictionary(RandomData.Dictionary(20, Values, seed: 2), 8, 1));

        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [OutputTests.ToolPath, "encode", model, signals, "-q", "--threads", "2", "-o", _folder.File("codes.npz")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_gcServer"] = "0" },
        })!;
        long peak = 0;
        while (!process.WaitForExit(5))
            peak = Math.Max(peak, Peak(process));

        Assert.Equal(0, process.ExitCode);
        Assert.InRange(peak, 20_000_000, Most);
        using CodesReader codes = CodesReader.Open(_folder.File("codes.npz"));
        Assert.Equal((Signals, 20), (codes.Rows, codes.Columns));
    }

    /// <summary>The most memory so far; 0 where the process ends while it is asked.</summary>
    private static long Peak(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException) when (process.HasExited)
        {
            return 0;
        }
    }
}
