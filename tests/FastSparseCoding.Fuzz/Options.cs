using System.Globalization;

namespace FastSparseCoding.Fuzz;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage =
        "usage: FastSparseCoding.Fuzz [--inputs N] [--seed N] [--formats a,b,…] [--threads N] [--keep FOLDER]\n"
        + "       FastSparseCoding.Fuzz --stdin FORMAT    reads one file from standard input, and aborts at a fault";

    /// <summary>Damaged files of each format.</summary>
    public long Inputs { get; private init; } = 20_000;

    public int Seed { get; private init; } = 1;

    /// <summary>Names of formats; none for all.</summary>
    public IReadOnlyList<string> Formats { get; private init; } = [];

    public int Threads { get; private init; } = Environment.ProcessorCount;

    /// <summary>Folder for the inputs that show a fault, or null.</summary>
    public string? Keep { get; private init; }

    /// <summary>Name of the format of the one file that comes on standard input, or null for a campaign.</summary>
    public string? Stdin { get; private init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">An argument is not known, or its value is of no use.</exception>
    public static Options Parse(string[] args)
    {
        var options = new Options();
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"'{args[i]}' needs a value.");
            options = args[i] switch
            {
                "--inputs" => options with { Inputs = Number(args[i], value, long.MaxValue) },
                "--seed" => options with { Seed = (int)Number(args[i], value, int.MaxValue) },
                "--threads" => options with { Threads = (int)Number(args[i], value, 256) },
                "--formats" => options with { Formats = value.Split(',') },
                "--keep" => options with { Keep = value },
                "--stdin" => options with { Stdin = value },
                _ => throw new FormatException($"'{args[i]}' is no option."),
            };
        }
        return options;
    }

    private static long Number(string name, string value, long most)
        => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= most
            ? number : throw new FormatException($"'{name}' is '{value}'; it must be a number from 1 to {most}.");
}
