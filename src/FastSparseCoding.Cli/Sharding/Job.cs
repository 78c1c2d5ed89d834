namespace FastSparseCoding.Cli.Sharding;

/// <summary>A job's fingerprint: everything that decides its result, in named fields, the same for each of its parts and on every machine.
/// What only decides how fast it is done is not in it.</summary>
internal sealed class Job
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    /// <summary>Begins with what every result depends on: the program and the machine's arithmetic.</summary>
    public static Job Of(string command) => new Job().Add("command", command)
        .Add("version", typeof(Matrix).Assembly.GetName().Version!.ToString())
        .Add("arithmetic", Machine.FusedMultiplyAdd ? "a·b + c rounded once" : "a·b + c rounded twice");

    /// <summary>A field's value, or null.</summary>
    public string? this[string name] => _fields.Find(f => f.Key == name).Value;

    /// <summary>Adds a field; nothing where there is no value.</summary>
    public Job Add(string name, string? value)
    {
        if (value is not null)
            _fields.Add(KeyValuePair.Create(name, value));
        return this;
    }

    /// <summary>In what another job differs first, to follow "is of another job: "; null where they are one.</summary>
    public string? Difference(Job other)
        => _fields.Concat(other._fields).Select(f => f.Key).FirstOrDefault(name => this[name] != other[name]) is not { } field ? null
            : $"its {field} is {Said(this[field])}; expected {Said(other[field])}";

    private static string Said(string? value) => value is null ? "not given" : $"'{value}'";
}
