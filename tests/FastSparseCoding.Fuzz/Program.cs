using FastSparseCoding.Fuzz;

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"error: {e.Message}\n{Options.Usage}");
    return 2;
}
if (options.Stdin is not null)
    return StandardInput.Read(options.Stdin);

using var campaign = new Campaign(options.Seed, options.Threads, options.Keep, Console.Error.WriteLine);
Console.WriteLine(Tally.Header);
bool clean = true;
foreach (Format format in options.Formats)
{
    Tally tally = campaign.Run(format, options.Inputs);
    Console.WriteLine(tally.Row);
    clean &= tally.IsClean;
}
return clean ? 0 : 1;
