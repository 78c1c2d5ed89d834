namespace FastSparseCoding.Cli.Input;

/// <summary>Some signals that follow each other.</summary>
/// <param name="X">The signals [N×n].</param>
/// <param name="Mask">Which of their values are known [N×n]; null where all are.</param>
/// <param name="Unit">Number of the picture that all of them are of; of rows and random patches, of the first block that they are
/// of.</param>
internal readonly record struct SignalBlock(Matrix X, Matrix? Mask, long Unit);
