namespace FastSparseCoding;

/// <summary>Settings as texts of pieces with commas between them, compared for messages.</summary>
internal static class SettingsText
{
    private const string Comma = ", ";

    /// <summary>What differs, to follow "is of a training" or the like; people look for the one option they gave otherwise.</summary>
    public static string Difference(string stored, string expected)
    {
        string[] has = stored.Split(Comma), must = expected.Split(Comma);
        string only = string.Join(Comma, has.Except(must, StringComparer.Ordinal)),
            missing = string.Join(Comma, must.Except(has, StringComparer.Ordinal));
        return (only, missing) switch
        {
            ("", "") => $"with {stored}; it must be of one with {expected}",
            ("", _) => $"without {missing}; it must be of one with it",
            (_, "") => $"with {only}; it must be of one without",
            _ => $"with {only}; it must be of one with {missing}",
        };
    }
}
