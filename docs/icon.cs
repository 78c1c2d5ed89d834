#:project ../src/FastSparseCoding.Imaging/FastSparseCoding.Imaging.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
using FastSparseCoding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Learning;

// The icon of the packages, 128×128: sixteen atoms learned from generated pictures. dotnet run docs/icon.cs -- docs/icon.png
const int Across = 4, Side = 30, Gap = 2, Patch = 10;
var preprocessing = PatchPreprocessing.Default;
Matrix x = Patches.Sample(DeadLeaves.GenerateMany(count: 40, size: 128, seed: 1), preprocessing, count: 40_000, seed: 1);
AtomDictionary d = DictionaryLearner.Learn(x, new() { AtomCount = Across * Across, Lambda = 2, Samples = 80_000 });

const int Size = Across * Side + (Across - 1) * Gap;            // 126; one pixel of border all around
var icon = new GrayImage(Size + 2, Size + 2);
icon.Pixels.Fill(0.12f);
for (int k = 0; k < Across * Across; k++)
{
    float largest = 0;
    foreach (float value in d.Atoms.Row(k))
        largest = Math.Max(largest, Math.Abs(value));
    for (int y = 0; y < Side; y++)
        for (int u = 0; u < Side; u++)
            icon.Row(1 + k / Across * (Side + Gap) + y)[1 + k % Across * (Side + Gap) + u] =
                0.5f + 0.5f * d.Atoms.Row(k)[y * Patch / Side * Patch + u * Patch / Side] / largest;
}
PngFile.Write(args[0], icon);
