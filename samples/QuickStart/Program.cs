using FastSparseCoding;
using FastSparseCoding.Encoders;
using FastSparseCoding.Evaluation;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Training;

// Pictures, generated here; ImageFolder.Load("photos") reads your own.
IReadOnlyList<GrayImage> pictures = DeadLeaves.GenerateMany(count: 20, size: 128, seed: 1);
PatchPreprocessing patches = PatchPreprocessing.Default;                          // 10×10 pixels, zero mean, unit deviation
Matrix x = Patches.Sample(pictures, patches, count: 30_000, seed: 1);             // [30000×100], one patch a row

AtomDictionary d = DictionaryLearner.Learn(x, new() { AtomCount = 100, Lambda = 0.5f, Samples = 30_000 });
var exact = new ActiveSetSolver(d, lambda: 0.5f);
Matrix z = exact.Encode(x);                                                       // exact codes [30000×100], mostly zeros

ListaEncoder lista = ListaEncoder.FromDictionary(d, lambda: 0.5f, depth: 3);      // three steps of ISTA until trained
TrainingReport report = EncoderTrainer.Train(lista, x, exact, new() { Samples = 60_000 });
Matrix fast = lista.Encode(x);                                                    // nearly the same codes at a fraction of the work

ModelFile.Save("lista.safetensors", lista, patches);
ISparseEncoder again = ModelFile.Load("lista.safetensors");

CodeQuality quality = CodeEvaluator.Compare(x, d, 0.5f, again.Encode(x), z);
Console.WriteLine($"exact codes use {(double)SparseCodes.FromDense(z).NonZeros / z.Rows:F1} of {d.AtomCount} atoms");
Console.WriteLine(
    $"held-out error of LISTA: {report.BestRelativeError:P1} of ‖Z*‖²; on these patches, through the file: "
    + $"{quality.RelativeCodeError:P1}, support F1 {quality.SupportF1:F2}");
Console.WriteLine(again.Encode(x).Values.SequenceEqual(fast.Values) ? "the loaded encoder gives the same bits"
    : "the loaded encoder differs");
