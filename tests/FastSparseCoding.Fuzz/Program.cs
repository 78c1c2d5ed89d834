using FastSparseCoding.Fuzz;

try
{
    if (args is ["--help"])
    {
        Console.WriteLine(Options.Usage);
        return 0;
    }
    Options options = Options.Parse(args);
    if (options.Stdin is null)
        return Run(options);
    StandardInput.Read(options.Stdin);
    return 0;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"error: {e.Message}\n{Options.Usage}");
    return 2;
}

static int Run(Options options)
{
    Format[] formats = options.Formats.Count == 0 ? [.. Format.All] : [.. options.Formats.Select(Format.Named)];
    using var campaign = new Campaign(options.Seed, options.Threads, options.Keep, Console.Error.WriteLine);
    Console.WriteLine(Tally.Header);
    bool clean = true;
    foreach (Format format in formats)
    {
        Tally tally = campaign.Run(format, options.Inputs);
        Console.WriteLine(tally.Row);
        clean &= tally.IsClean;
    }
    return clean ? 0 : 1;
}
