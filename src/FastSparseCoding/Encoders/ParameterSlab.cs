namespace FastSparseCoding.Encoders;

/// <summary>A named window on a slab: a matrix [rows×columns] from an offset on. Immutable and safe to share between threads.</summary>
/// <param name="Name">Name, as stored in files.</param>
/// <param name="Offset">First value in the slab.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
public sealed record ParameterWindow(string Name, int Offset, int Rows, int Columns)
{
    /// <summary>Number of values.</summary>
    public int Length => Rows * Columns;

    /// <summary>Whether the values are thresholds: never negative, and trained at a rate of their own.</summary>
    internal bool IsThreshold { get; init; }
}

/// <summary>A window before it has its place.</summary>
internal readonly record struct WindowShape(string Name, int Rows, int Columns, bool IsThreshold = false)
{
    public static implicit operator WindowShape((string Name, int Rows, int Columns) shape) => new(shape.Name, shape.Rows, shape.Columns);
}

/// <summary>
/// All parameters of an encoder, or their gradient, in one buffer with named windows: optimisers, files and gradient sums are flat loops.
/// Safe to read from several threads at once; whoever changes it must be alone.
/// </summary>
public sealed class ParameterSlab
{
    private readonly float[] _values;

    internal ParameterSlab(IReadOnlyList<ParameterWindow> windows)
        : this(windows, windows[^1].Offset + windows[^1].Length)
    {
    }

    /// <summary>Windows that follow each other.</summary>
    /// <exception cref="ArgumentException">All values together are more than one buffer holds.</exception>
    internal static IReadOnlyList<ParameterWindow> Layout(params ReadOnlySpan<WindowShape> windows)
    {
        var all = new ParameterWindow[windows.Length];
        long offset = 0;
        for (int i = 0; i < windows.Length; i++)
        {
            all[i] = new ParameterWindow(
                windows[i].Name, (int)offset, windows[i].Rows, windows[i].Columns)
            { IsThreshold = windows[i].IsThreshold };
            offset += (long)windows[i].Rows * windows[i].Columns;
            Throw.IfAbove(offset, Array.MaxLength, "number of parameters");
        }
        return all;
    }

    private ParameterSlab(IReadOnlyList<ParameterWindow> windows, int length)
    {
        Windows = windows;
        _values = new float[length];
    }

    /// <summary>The windows, in the order they lie.</summary>
    public IReadOnlyList<ParameterWindow> Windows { get; }

    /// <summary>All values.</summary>
    public Span<float> Values => _values;

    /// <summary>A window as a matrix.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>A view on the slab.</returns>
    /// <exception cref="ArgumentException">There is no window of that name.</exception>
    public MatrixView View(string name)
    {
        ParameterWindow window = Windows.FirstOrDefault(w => w.Name == name)
            ?? Throw.Argument<ParameterWindow>(
                nameof(name), $"'name' is '{name}'; it must be one of {string.Join(", ", Windows.Select(w => w.Name))}.");
        return View(window);
    }

    /// <summary>A slab of zeros with the same windows.</summary>
    /// <returns>The new slab.</returns>
    public ParameterSlab EmptyCopy() => new(Windows, _values.Length);

    internal MatrixView View(ParameterWindow window) => new(_values.AsSpan(window.Offset, window.Length), window.Rows, window.Columns);
}
