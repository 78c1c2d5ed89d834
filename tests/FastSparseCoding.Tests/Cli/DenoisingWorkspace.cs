using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Storage;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Pictures with noise, clean ones, and a small denoiser; made once.</summary>
public sealed class DenoisingWorkspace : IDisposable
{
    private readonly TempFolder _folder = new();

    public DenoisingWorkspace()
    {
        Directory.CreateDirectory(Clean);
        Directory.CreateDirectory(Path.Combine(Noisy, "more"));
        IReadOnlyList<GrayImage> pictures = DeadLeaves.GenerateMany(10, 64, seed: 3);
        for (int i = 0; i < pictures.Count; i++)
            PngFile.Write(Path.Combine(Clean, FormattableString.Invariant($"{i:D2}.png")), pictures[i]);
        ImageFile.Save(Path.Combine(Noisy, "00.pgm"), ColourImage.OfGray(NoiseLevel.Add(pictures[0], 25, 1), 16));
        PngFile.Write(Path.Combine(Noisy, "more", "01.png"), NoiseLevel.Add(pictures[1], 25, 2));
        Directory.CreateDirectory(Path.Combine(Clean, "more"));
        File.Copy(Path.Combine(Clean, "01.png"), Path.Combine(Clean, "more", "01.png"));
        Succeed("train-denoiser", Clean, "-o", Model, "--patch", "6", "--atoms", "36", "--depth", "1", "--patches", "100000", "--crop",
            "24", "--sigma", "20-30", "--quiet");
    }

    public string Clean => _folder.File("clean");

    public string Noisy => _folder.File("noisy");

    /// <summary>A denoiser of 6×6 pixels for σ from 20 to 30.</summary>
    public string Model => _folder.File("denoiser.safetensors");

    public void Dispose() => _folder.Dispose();
}
