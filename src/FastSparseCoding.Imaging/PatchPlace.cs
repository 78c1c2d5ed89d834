namespace FastSparseCoding.Imaging;

/// <summary>Where a patch was cut and what was taken off it: its pixels are its values times Deviation plus Mean, and whitening before that
/// undone. Immutable and safe to share between threads.</summary>
/// <param name="X">Column of its top-left pixel.</param>
/// <param name="Y">Row of its top-left pixel.</param>
/// <param name="Mean">What was subtracted from its pixels, 0 for nothing; of a place left out as flat, the mean of its pixels.</param>
/// <param name="Deviation">What they were then divided by, 1 for nothing.</param>
public readonly record struct PatchPlace(int X, int Y, float Mean, float Deviation);
