using FastSparseCoding.Imaging;

// Clean pictures to learn from, generated here; ImageStore.Load(["photos"]) reads your own.
using ImageStore pictures = ImageStore.Of(DeadLeaves.GenerateMany(count: 20, size: 128, seed: 1));
GrayImage clean = DeadLeaves.Generate(width: 320, height: 240, seed: 99), noisy = NoiseLevel.Add(clean, sigma: 25, seed: 1);
Console.WriteLine($"noisy          {ImageQuality.Psnr(noisy, clean):F2} dB, its noise estimated at {NoiseLevel.Estimate(noisy):F1} of 255");

// Without any training: a dictionary learned from the noisy picture itself.
GrayImage own = PictureDenoiser.Denoise(noisy, DictionaryDenoiser.Learn(noisy, sigma: 25), sigma: 25);
Console.WriteLine($"own dictionary {ImageQuality.Psnr(own, clean):F2} dB");

// Trained: a coupled LISTA through the average of overlapping patches, a million of them in a few seconds.
Denoiser denoiser = Denoiser.FromDct(patchSize: 8, atoms: 256, depth: 2);
DenoiserTrainer.Train(denoiser, pictures, new() { Patches = 1_000_000, SigmaFrom = 15, SigmaTo = 35 });
DenoiserFile.Save("denoiser.safetensors", denoiser);

GrayImage trained = PictureDenoiser.Denoise(noisy, DenoiserFile.Load("denoiser.safetensors"), sigma: 25);
Console.WriteLine($"trained        {ImageQuality.Psnr(trained, clean):F2} dB");
PngFile.Write("noisy.png", noisy);
PngFile.Write("denoised.png", trained);
