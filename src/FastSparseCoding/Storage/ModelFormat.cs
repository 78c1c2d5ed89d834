namespace FastSparseCoding.Storage;

/// <summary>The words of the model format; the README lists them for readers in other languages.</summary>
internal static class ModelFormat
{
    public const string FormatName = "fast-sparse-coding";

    /// <summary>The newest version that is read. It was raised when a file could no longer be read right by an older version of the
    /// library.</summary>
    public const int Version = 2;

    /// <summary>The version that says what every reader understands; a file is of a newer one only where it must be.</summary>
    public const int BasicVersion = 1;

    /// <summary>From this version on a file may hold another penalty than λ‖z‖₁.</summary>
    public const int PenaltyVersion = 2;

    public const string FormatKey = "format";
    public const string VersionKey = "format_version";
    public const string KindKey = "kind";
    public const string ChecksumKey = "checksum";
    public const string LambdaKey = "lambda";
    public const string RidgeKey = "ridge";
    public const string NonNegativeKey = "non_negative";
    public const string WeightsTensor = "penalty.weights";
    public const string DepthKey = "depth";
    public const string SignalSizeKey = "signal_size";
    public const string CodeSizeKey = "code_size";
    public const string DictionaryHashKey = "dictionary_hash";

    /// <summary>Of a classifier: how many classes, and what gives its codes: the kind of an encoder, "dictionary" for exact codes, "none"
    /// for signals as they are.</summary>
    public const string ClassesKey = "classes";
    public const string CodesOfKey = "codes_of";

    /// <summary>Before the user's own notes.</summary>
    public const string NotePrefix = "note.";

    /// <summary>Before an encoder's parameters.</summary>
    public const string ParameterPrefix = "parameter.";

    /// <summary>Before a classifier's parameters.</summary>
    public const string ClassifierPrefix = "classifier.";

    /// <summary>Of an encoder or a denoiser, where they are known: fingerprints of what it was trained on.</summary>
    public const string TrainedOnTensor = "training.fingerprints";

    public const string AtomsTensor = "dictionary.atoms";

    public const string DictionaryKind = "dictionary";
    public const string ClassifierKind = "classifier";
    public const string DenoiserKind = "denoiser";
    public const string CheckpointKind = "training-checkpoint";
    public const string LearnerKind = "learner-state";
}
