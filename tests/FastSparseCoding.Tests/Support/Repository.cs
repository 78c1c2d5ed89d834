namespace FastSparseCoding.Tests.Support;

/// <summary>Where the sources are, for tests of what lies beside the code.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder)
        => File.Exists(Path.Combine(folder, "FastSparseCoding.sln")) ? folder
            : Find(Path.GetDirectoryName(folder)
            ?? throw new DirectoryNotFoundException("FastSparseCoding.sln is in no folder above the tests."));
}
