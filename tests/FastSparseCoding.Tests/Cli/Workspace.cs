using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Support;

namespace FastSparseCoding.Tests.Cli;

/// <summary>A folder of small pictures, and a dictionary and an encoder made from them through the command line; made once, only read
/// afterwards.</summary>
public sealed class Workspace : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("fsc-cli-").FullName;

    public Workspace()
    {
        Directory.CreateDirectory(Images);
        IReadOnlyList<GrayImage> pictures = DeadLeaves.GenerateMany(12, 48, seed: 3);
        for (int i = 0; i < pictures.Count; i++)
            PngFile.Write(System.IO.Path.Combine(Images, FormattableString.Invariant($"{i:D2}.png")), pictures[i]);
        Npy.Write(Signals, RandomData.Normal(200, 36, seed: 4));
        CommandLine.Succeed("learn", Images, "--patch", "6", "--atoms", "12", "--samples", "2000", "--batch", "100", "-o", Dictionary);
        CommandLine.Succeed("train", Dictionary, Images, "--depth", "1", "--samples", "3000", "-o", Encoder);
    }

    public string Images => File("images");

    /// <summary>200 signals of 36 values.</summary>
    public string Signals => File("signals.npy");

    /// <summary>12 atoms of 6×6 pixels.</summary>
    public string Dictionary => File("dictionary.safetensors");

    /// <summary>LISTA with T = 1.</summary>
    public string Encoder => File("lista.safetensors");

    public string File(string name) => System.IO.Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
