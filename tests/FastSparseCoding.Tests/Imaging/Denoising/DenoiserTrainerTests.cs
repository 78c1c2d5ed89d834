using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;
using Xunit;

namespace FastSparseCoding.Tests.Imaging.Denoising;

public sealed class DenoiserTrainerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly DenoiserTrainingOptions Options = DenoiserTrainingOptions.Default with
    {
        Patches = 30_000,
        CropSize = 20,
        HeldOut = 12,
        Evaluations = 4,
        Threads = 2,
        SigmaFrom = 15,
        SigmaTo = 35,
    };

    private static readonly IReadOnlyList<GrayImage> Pictures = DeadLeaves.GenerateMany(10, 96, seed: 1);

    /// <summary>The whole chain on generated pictures: in CI a matter of seconds.</summary>
    [Fact]
    public void A_short_training_takes_more_than_4_dB_of_noise_out_of_pictures_it_has_not_seen()
    {
        Denoiser denoiser = Denoiser.FromDct(8, 64, depth: 2);
        DenoiserReport report = DenoiserTrainer.Train(
            denoiser, ImageStore.Of(Pictures), Options with { Patches = 400_000, CropSize = 32, SigmaFrom = 25, SigmaTo = 25 },
            cancellation: Stop);

        Assert.InRange(report.BestPsnr, report.StartPsnr + 1, 100);
        Assert.Equal(4, report.History.Count);
        Assert.Equal((25f, 25f), (denoiser.SigmaFrom, denoiser.SigmaTo));
        GrayImage clean = DeadLeaves.Generate(160, 120, seed: 99), noisy = Noisy(clean, 25);
        Assert.InRange(Psnr(PictureDenoiser.Denoise(noisy, denoiser, 25, cancellation: Stop), clean), Psnr(noisy, clean) + 4, 100);
    }

    [Fact]
    public void A_short_training_on_colours_takes_more_than_4_dB_of_noise_out_of_a_picture_it_has_not_seen()
    {
        DenoiserTrainingOptions options = Options with { Patches = 200_000, CropSize = 24, SigmaFrom = 25, SigmaTo = 25 };
        ImageStore pictures = ImageStore.OfColour([.. Enumerable.Range(1, 10).Select(seed => ColourPictures.Leaves(96, 96, seed))]);
        Denoiser denoiser = Denoiser.FromDct(6, 81, depth: 1, channels: 3), other = Denoiser.FromDct(6, 81, depth: 1, channels: 3);
        DenoiserReport report = DenoiserTrainer.Train(denoiser, pictures, options, cancellation: Stop);
        DenoiserTrainer.Train(other, pictures, options with { Threads = 1 }, cancellation: Stop);

        Assert.Equal(denoiser.Parameters.Values, other.Parameters.Values);
        Assert.InRange(report.BestPsnr, report.StartPsnr + 0.3, 100);
        ColourImage clean = ColourPictures.Leaves(120, 90, 99), noisy = ColourPictures.Noisy(clean, 25, 1);
        ColourImage denoised = PictureDenoiser.Denoise(noisy, denoiser, 25, cancellation: Stop);
        Assert.InRange(ImageQuality.Psnr(clean, denoised), ImageQuality.Psnr(clean, noisy) + 4, 100);
    }

    [Fact]
    public void The_channels_of_a_crop_are_of_one_place_and_turned_alike()
    {
        ImageStore gray = ImageStore.OfColour([.. Pictures.Select(picture => ColourImage.OfGray(picture, 16))]);
        Matrix clean = new(20, 3 * 100), noisy = new(20, 3 * 100);
        new NoisyCrops(gray, 10, 5, 55, seed: 1).Read(0, clean, noisy, new float[20], 1, Stop);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(clean.Row(i)[..100].ToArray(), clean.Row(i)[100..200].ToArray());
            Assert.Equal(clean.Row(i)[..100].ToArray(), clean.Row(i)[200..].ToArray());
            Assert.NotEqual(noisy.Row(i)[..100].ToArray(), noisy.Row(i)[100..200].ToArray());
        }
    }

    [Fact]
    public void Pictures_of_other_channels_are_refused()
    {
        Assert.StartsWith("'images' has pictures of 1 channels; they must have 3.",
            Assert.Throws<ArgumentException>(() => DenoiserTrainer.Train(
                Denoiser.FromDct(5, 36, 1, channels: 3), ImageStore.Of(Pictures), Options, cancellation: Stop)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("'images' has pictures of 3 channels; they must have 1.",
            Assert.Throws<ArgumentException>(() => DenoiserTrainer.Train(
                Denoiser.FromDct(5, 36, 1), ImageStore.OfColour([ColourPictures.Leaves(40, 40, 1)]), Options, cancellation: Stop)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Any_number_of_threads_gives_the_same_bits(int threads)
    {
        Denoiser two = Trained(Options), other = Trained(Options with { Threads = threads });
        Assert.Equal(two.Parameters.Values, other.Parameters.Values);
        Assert.NotEqual(two.Parameters.Values.ToArray(), Denoiser.FromDct(5, 25, 2).Parameters.Values.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Going_on_from_a_checkpoint_ends_with_the_same_bits(int at)
    {
        var checkpoints = new List<TrainingCheckpoint>();
        Denoiser straight = Denoiser.FromDct(5, 25, 2), resumed = Denoiser.FromDct(5, 25, 2);
        DenoiserReport whole = DenoiserTrainer.Train(
            straight, ImageStore.Of(Pictures), Options, onCheckpoint: checkpoints.Add, cancellation: Stop);
        string path = Path.GetTempFileName();
        try
        {
            CheckpointFile.Save(path, checkpoints[at]);
            DenoiserReport rest = DenoiserTrainer.Train(
                resumed, ImageStore.Of(Pictures), Options with { Threads = 1 }, resume: CheckpointFile.LoadTraining(path),
                cancellation: Stop);
            Assert.Equal((whole.BestPsnr, whole.BestAtPatches), (rest.BestPsnr, rest.BestAtPatches));
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Equal(straight.Parameters.Values, resumed.Parameters.Values);
    }

    [Fact]
    public void A_training_that_loses_what_it_had_goes_back_to_the_best_and_resumes_so()
    {
        DenoiserTrainingOptions wild = Options with { LearningRate = 0.3f, Evaluations = 12 };
        var checkpoints = new List<TrainingCheckpoint>();
        Denoiser straight = Denoiser.FromDct(5, 25, 2), resumed = Denoiser.FromDct(5, 25, 2);
        DenoiserReport whole = DenoiserTrainer.Train(
            straight, ImageStore.Of(Pictures), wild, onCheckpoint: checkpoints.Add, cancellation: Stop);
        Assert.InRange(whole.Setbacks, 1, 12);
        Assert.InRange(whole.BestPsnr, whole.StartPsnr, 100);
        Assert.Contains(checkpoints, c => c.Setbacks > 0 && c.Slabs[0].Parameters.SequenceEqual(c.Slabs[0].Best)
            && c.Slabs[0].Moments[0].All(m => m == 0) && c.Slabs[0].Moments[1].Any(m => m != 0));

        TrainingCheckpoint middle = checkpoints.First(c => c.Setbacks > 0);
        DenoiserReport rest = DenoiserTrainer.Train(resumed, ImageStore.Of(Pictures), wild, resume: middle, cancellation: Stop);
        Assert.Equal(whole.Setbacks, rest.Setbacks);
        Assert.Equal(straight.Parameters.Values, resumed.Parameters.Values);
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused()
    {
        TrainingCheckpoint? checkpoint = null;
        DenoiserTrainer.Train(Denoiser.FromDct(5, 25, 2), ImageStore.Of(Pictures), Options, onCheckpoint: c => checkpoint = c,
            cancellation: Stop);
        string message = Assert.Throws<ArgumentException>(() => DenoiserTrainer.Train(
            Denoiser.FromDct(5, 36, 2), ImageStore.Of(Pictures), Options with { BatchSize = 4 }, resume: checkpoint,
            cancellation: Stop)).Message;
        Assert.StartsWith(
            "'resume' is of a training with 25 atoms, batch 8; it must be of one with 36 atoms, batch 4.",
            message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_leaves_a_checkpoint_and_the_best_parameters()
    {
        using var stop = new CancellationTokenSource();
        TrainingCheckpoint? last = null;
        Denoiser denoiser = Denoiser.FromDct(5, 25, 2);
        Assert.ThrowsAny<OperationCanceledException>(() => DenoiserTrainer.Train(
            denoiser, ImageStore.Of(Pictures), Options, new Relay<DenoiserProgress>(_ => stop.Cancel()), null, c => last = c, stop.Token));
        Assert.InRange(last!.Samples, 1, 200);
        Assert.Equal(last.Slabs[0].Best, denoiser.Parameters.Values.ToArray());
    }

    [Fact]
    public void The_patches_of_a_time_are_counted_without_changing_the_denoiser()
    {
        Denoiser denoiser = Denoiser.FromDct(5, 25, 2);
        float[] before = denoiser.Parameters.Values.ToArray();
        long few = DenoiserTrainer.PatchesIn(denoiser, ImageStore.Of(Pictures), TimeSpan.FromTicks(1), Options, Stop);
        long many = DenoiserTrainer.PatchesIn(denoiser, ImageStore.Of(Pictures), TimeSpan.FromHours(1), Options, Stop);
        Assert.Equal(8 * 16 * 16, few);       // a step's
        Assert.InRange(many, 1000 * few, long.MaxValue);
        Assert.Equal(before, denoiser.Parameters.Values.ToArray());
    }

    public static TheoryData<DenoiserTrainingOptions, string> Wrong { get; } = new()
    {
        { Options with { Patches = 0 }, "'Patches' is 0; it must be 1 or more." },
        { Options with { SigmaFrom = 0 }, "'SigmaFrom' is 0; it must be a finite number above 0." },
        { Options with { SigmaTo = 300 }, "'SigmaTo' is 300; it must be 255 or less." },
        { Options with { SigmaFrom = 40 }, "'SigmaTo' is 35; it must be 40 or more." },
        { Options with { CropSize = 4 }, "'CropSize' is 4; it must be from 5 to 256." },
        { Options with { BatchSize = 0 }, "'BatchSize' is 0; it must be from 1 to 4096." },
        { Options with { LearningRate = 0 }, "'LearningRate' is 0; it must be a finite number above 0." },
        { Options with { Evaluations = 0 }, "'Evaluations' is 0; it must be from 1 to 10000." },
        { Options with { HeldOut = 0 }, "'HeldOut' is 0; it must be 1 or more." },
        { Options with { Threads = -1 }, "'Threads' is -1; it must be from 0 to 1024." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Options_out_of_range_are_refused(DenoiserTrainingOptions options, string message)
        => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => Trained(options)).Message, StringComparison.Ordinal);

    [Fact]
    public void Pictures_that_hold_no_crop_are_refused()
    {
        var small = new GrayImage(30, 19, new float[570], "small.png");
        Assert.StartsWith(
            "small.png: is 30×19 pixels; it must be at least 20×20, the size of a crop.",
            Assert.Throws<ArgumentException>(
                () => DenoiserTrainer.Train(
                    Denoiser.FromDct(5, 25, 2), ImageStore.Of([Pictures[0], small]), Options, cancellation: Stop)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "'images' is empty; it must hold at least one image.",
            Assert.Throws<ArgumentException>(
                () => DenoiserTrainer.Train(Denoiser.FromDct(5, 25, 2), ImageStore.Of([]), Options, cancellation: Stop)).Message,
            StringComparison.Ordinal);
    }

    private static Denoiser Trained(DenoiserTrainingOptions options)
    {
        Denoiser denoiser = Denoiser.FromDct(5, 25, 2);
        DenoiserTrainer.Train(denoiser, ImageStore.Of(Pictures), options, cancellation: Stop);
        return denoiser;
    }

    private static GrayImage Noisy(GrayImage clean, float sigma)
    {
        var noisy = new GrayImage(clean.Width, clean.Height);
        NoisyCrops.AddNoise(clean.Pixels, noisy.Pixels, sigma / 255, counter: 7);
        return noisy;
    }

    private static double Psnr(GrayImage a, GrayImage b)
    {
        double sum = 0;
        for (int i = 0; i < a.Pixels.Length; i++)
            sum += Math.Pow(a.Pixels[i] - b.Pixels[i], 2);
        return 10 * Math.Log10(a.Pixels.Length / sum);
    }
}
