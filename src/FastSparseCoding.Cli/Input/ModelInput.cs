using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>The DICTIONARY or ENCODER of a command line: a model file, or an .npy with the atoms of a dictionary.</summary>
internal sealed record ModelInput(
    string Path, AtomDictionary? Dictionary, TrainableEncoder? Encoder, Penalty? Penalty, PatchPreprocessing? Preprocessing)
{
    public int SignalSize => Encoder?.SignalSize ?? Dictionary!.SignalSize;

    public int CodeSize => Encoder?.CodeSize ?? Dictionary!.AtomCount;

    /// <summary>Opens a model or an .npy of atoms.</summary>
    public static ModelInput Open(string path)
    {
        if (IsArray(path))
            return new ModelInput(path, ReadAtoms(path), null, null, null);
        ModelInfo info = ModelFile.ReadInfo(path);
        if (info.IsDictionary)
            return new ModelInput(path, ModelFile.LoadDictionary(path), null, info.Penalty, PatchPreprocessing.Read(path));
        TrainableEncoder encoder = ModelFile.LoadEncoder(path);
        return new ModelInput(path, encoder.Dictionary, encoder, info.Penalty, PatchPreprocessing.Read(path));
    }

    /// <summary>Opens what must be a dictionary.</summary>
    public static ModelInput OpenDictionary(string path)
    {
        ModelInput model = Open(path);
        if (model.Encoder is not null)
            throw new UserError($"{path}: holds a '{model.Encoder.Kind}' encoder; expected a dictionary.");
        return model;
    }

    /// <summary>Opens what must be an encoder.</summary>
    public static ModelInput OpenEncoder(string path)
    {
        if (IsArray(path))
            throw new UserError($"{path}: is an array; expected an encoder written by 'sparsecode train'.");
        ModelInput model = Open(path);
        if (model.Encoder is null)
            throw new UserError($"{path}: holds a dictionary; expected an encoder written by 'sparsecode train'.");
        return model;
    }

    /// <summary>Refuses at once what would take more memory than there is, since m² of a small file may.</summary>
    /// <param name="method">What makes the matrices.</param>
    /// <param name="matrices">How many matrices [m×m] of float32 it holds at its peak, about; 0 for a method that makes none.</param>
    public void RequireMemory(string method, int matrices)
    {
        long m = CodeSize;
        if (matrices > 0 && m * m > Array.MaxLength)
            throw new UserError(
                $"{Path}: has {m} atoms; '{method}' makes matrices [m×m] and takes {(int)Math.Sqrt(Array.MaxLength)} atoms at most.");
        double needed = 4.0 * m * m * matrices, available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed > available)
            throw new UserError(FormattableString.Invariant(
                $"{Path}: has {m} atoms; '{method}' holds about {matrices} matrices [{m}×{m}], {needed / 1e9:F1} GB, and this process may use {available / 1e9:F1} GB."));
    }

    private static bool IsArray(string path)
        => string.Equals(System.IO.Path.GetExtension(path), ".npy", StringComparison.OrdinalIgnoreCase);

    private static AtomDictionary ReadAtoms(string path)
    {
        Matrix atoms = Npy.ReadMatrix(path);
        try
        {
            return new AtomDictionary(atoms);
        }
        catch (ArgumentException e)
        {
            throw new UserError($"{path}: {UserError.Text(e)}");
        }
    }
}
