namespace FastSparseCoding.Fuzz;

/// <summary>
/// A file, or a part of one, made of parts: damage done inside a part leaves what surrounds it right (lengths, check sums, compression), so
/// that it reaches the code behind.
/// </summary>
internal sealed class FilePart
{
    private readonly IReadOnlyList<FilePart> _parts;
    private readonly Func<IReadOnlyList<byte[]>, byte[]> _join;

    /// <summary>Bytes that have no parts.</summary>
    public FilePart(params byte[] bytes)
    {
        _parts = [];
        _join = _ => bytes;
        Bytes = bytes;
    }

    /// <summary>A part made of parts.</summary>
    /// <param name="join">Makes the whole of parts, whatever these hold.</param>
    /// <param name="parts">The undamaged parts.</param>
    public FilePart(Func<IReadOnlyList<byte[]>, byte[]> join, params IReadOnlyList<FilePart> parts)
    {
        _parts = parts;
        _join = join;
        Bytes = join([.. parts.Select(p => p.Bytes)]);
    }

    /// <summary>The whole, undamaged.</summary>
    public byte[] Bytes { get; }

    /// <summary>A damaged copy: of one or two parts, of their order, or of the whole as it is.</summary>
    public byte[] Damaged(Mutator mutator)
    {
        if (_parts.Count == 0 || mutator.OneIn(5))
            return mutator.Damage(Bytes);
        List<byte[]> bytes = [.. _parts.Select(p => p.Bytes)];
        do
        {
            int i = mutator.Below(_parts.Count);
            if (i < bytes.Count)
                bytes[i] = _parts[i].Damaged(mutator);
            if (mutator.OneIn(10))
                Rearrange(bytes, mutator);
        }
        while (mutator.OneIn(4));
        return _join(bytes);
    }

    private static void Rearrange(List<byte[]> parts, Mutator mutator)
    {
        if (parts.Count == 0)
            return;
        byte[] part = parts[mutator.Below(parts.Count)];
        if (mutator.OneIn(2))
            parts.Remove(part);
        if (mutator.OneIn(2))
            parts.Insert(mutator.Below(parts.Count + 1), part);
    }
}
