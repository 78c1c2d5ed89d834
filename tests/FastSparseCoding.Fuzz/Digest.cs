using System.Runtime.InteropServices;

namespace FastSparseCoding.Fuzz;

/// <summary>A number for what was read: within a run of the program, other content has another number, but for one case in four thousand
/// million.</summary>
internal struct Digest
{
    private HashCode _hash;

    public static int Of(Matrix matrix) => new Digest().Add(matrix.Rows, matrix.Columns).Add<float>(matrix.Values).Value;

    public int Value => _hash.ToHashCode();

    public Digest Add<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        _hash.Add(values.Length);
        _hash.AddBytes(MemoryMarshal.AsBytes(values));
        return this;
    }

    public Digest Add(params ReadOnlySpan<object?> values)
    {
        foreach (object? value in values)
            _hash.Add(value);
        return this;
    }
}
