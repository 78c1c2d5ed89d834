namespace FastSparseCoding.Imaging;

/// <summary>What pictures of folders must be beside readable, and what becomes of those that are not.</summary>
/// <param name="Problem">Says of a width and a height in pixels what is wrong with them; null where nothing is.</param>
/// <param name="Skip">Is told of a picture that is left out; null where the first that cannot be used ends the work.</param>
internal sealed record PictureRule(Func<int, int, string?> Problem, Action<Exception>? Skip)
{
    /// <summary>Every picture that can be read, and an end at the first that cannot.</summary>
    public static PictureRule Readable { get; } = new((_, _) => null, null);

    /// <summary>Pictures that are not too small for something square.</summary>
    public static PictureRule AtLeast(int side, string what, Action<Exception>? skip)
        => new((width, height) => TooSmall(width, height, side, what), skip);

    /// <summary>What to say of a picture that is too small; null of one that is not.</summary>
    public static string? TooSmall(int width, int height, int side, string what)
        => width < side || height < side ? $"is {width}×{height} pixels; it must be at least {side}×{side}, the size of {what}." : null;

    /// <summary>A picture, or null where it cannot be used and is left out.</summary>
    public T? Load<T>(string path, Func<string, T> load, Func<T, (int Width, int Height)> sizeOf)
        where T : class
    {
        try
        {
            T picture = load(path);
            (int width, int height) = sizeOf(picture);
            if (Problem(width, height) is { } problem)
                Throw.InvalidFile(path, problem);
            return picture;
        }
        catch (Exception e) when (Skip is not null && e is (InvalidDataException or IOException or UnauthorizedAccessException))
        {
            Skip(e);
            return null;
        }
    }

    /// <summary>Says that none of some files is left.</summary>
    public static void RefuseAll(IReadOnlyList<string> files) => Throw.InvalidFile(files[0], $"no picture is left, of {files.Count}.");
}
