using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

namespace FastSparseCoding.Cli.Input;

/// <summary>The DICTIONARY or ENCODER of a command line: a model file, or an array with the atoms of a dictionary.</summary>
internal sealed record ModelInput(
    string Path, AtomDictionary? Dictionary, TrainableEncoder? Encoder, Penalty? Penalty, PatchPreprocessing? Preprocessing)
{
    public int SignalSize => Encoder?.SignalSize ?? Dictionary!.SignalSize;

    public int CodeSize => Encoder?.CodeSize ?? Dictionary!.AtomCount;

    /// <summary>Opens a model or an array of atoms.</summary>
    public static ModelInput Open(string path, AtomReading reading = default)
    {
        if (IsArray(path))
            return new ModelInput(path, ReadAtoms(path, reading), null, null, null);
        if (reading != default)
            throw new UserError(
                $"{(reading.Transpose ? AtomOptions.TransposeName : AtomOptions.NormalizeName)} is for a dictionary that is an array; "
                + $"{path} is none.");
        ModelInfo info = ModelFile.ReadInfo(path);
        if (info.IsDictionary)
            return new ModelInput(path, ModelFile.LoadDictionary(path), null, info.Penalty, PatchPreprocessing.Read(path));
        TrainableEncoder encoder = ModelFile.LoadEncoder(path);
        return new ModelInput(path, encoder.Dictionary, encoder, info.Penalty, PatchPreprocessing.Read(path));
    }

    /// <summary>Opens what must be a dictionary.</summary>
    public static ModelInput OpenDictionary(string path, AtomReading reading = default)
    {
        ModelInput model = Open(path, reading);
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

    /// <summary>Refuses signals of a size that the model cannot take.</summary>
    /// <param name="signals">Where they are from.</param>
    /// <param name="size">Values in each.</param>
    public void RequireSize(string signals, int size)
    {
        if (size != SignalSize)
            throw new UserError(
                $"{signals}: its signals have {size} values; the model takes signals of {SignalSize}.{TransposeRemedy(size)}");
    }

    /// <summary>Refuses codes of another number of atoms.</summary>
    /// <param name="codes">Where they are from.</param>
    /// <param name="size">Values in each.</param>
    public void RequireCodeSize(string codes, int size)
    {
        if (size != CodeSize)
            throw new UserError(
                $"{codes}: holds codes of {size} values; the dictionary has {CodeSize} atoms."
                + (size == SignalSize ? TransposeRemedy() : ""));
    }

    /// <summary>What to do about signals of so many values, where the atoms may stand in columns; nothing otherwise.</summary>
    public string TransposeRemedy(int signalSize) => signalSize == CodeSize ? TransposeRemedy() : "";

    private string TransposeRemedy()
        => IsArray(Path) ? $" If the atoms of {Path} stand in columns, give {AtomOptions.TransposeName}." : "";

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

    /// <summary>Whether a path names numbers; a .safetensors is a model, unless one of its tensors is named.</summary>
    private static bool IsArray(string path)
        => ArrayPath.Parse(path) is { IsArray: true } file && (file.Ending != ".safetensors" || file.Name is not null);

    private static AtomDictionary ReadAtoms(string path, AtomReading reading)
    {
        Matrix atoms = RowsReader.ReadMatrix(path);
        if (reading.Transpose)
            atoms = atoms.Transpose();
        try
        {
            return reading.Normalize ? AtomDictionary.Normalize(atoms) : new AtomDictionary(atoms);
        }
        catch (ArgumentException e)
        {
            throw new UserError($"{path}: {UserError.Text(e)}{(reading.Normalize ? "" : Remedy(atoms))}");
        }
    }

    private static string Remedy(Matrix atoms)
        => Succeeds(() => new AtomDictionary(atoms.Transpose())) ? $" Its columns are of norm 1: {AtomOptions.TransposeName} takes them."
            : Succeeds(() => AtomDictionary.Normalize(atoms)) ? $" {AtomOptions.NormalizeName} scales them." : "";

    private static bool Succeeds(Func<AtomDictionary> make)
    {
        try
        {
            make();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
