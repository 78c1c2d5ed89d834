using System.Globalization;
using System.Text;
using System.Text.Json;
using FastSparseCoding.Cli.Output;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>Text from a file neither commands the terminal nor fills it, and does not pass for text of the tool.</summary>
public sealed class PrintableTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private const string Evil = "\e[2J\e]0;owned\a\u009b1m\u202Etxt\u2066\r\nholds    model";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain 'text' [1×2], λ = 0.5, été 日本 ✓", "plain 'text' [1×2], λ = 0.5, été 日本 ✓")]
    [InlineData("\e[2J\a\0\u007f", @"\u{1B}[2J\u{7}\u{0}\u{7F}")]
    [InlineData("a\nb\r\tc\u0085d\u2028e\u2029f", @"a\u{A}b\u{D}\u{9}c\u{85}d\u{2028}e\u{2029}f")]
    [InlineData("\u202Ea\u2066b\u200Fc\uFEFFd\u00ADe", @"\u{202E}a\u{2066}b\u{200F}c\u{FEFF}d\u{AD}e")]
    [InlineData("\U000E0041\U0001F600", "\\u{E0041}\U0001F600")]
    [InlineData("👩\u200D🔬 می\u200Cخواهم", "👩\u200D🔬 می\u200Cخواهم")]
    public void What_is_no_text_is_shown_by_its_number(string text, string shown)
        => Assert.Equal((shown, shown), (Printable.Line(text), Printable.Piece(text)));

    [Fact]
    public void Half_a_character_is_shown_by_its_number()
        => Assert.Equal(@"a\u{D800}b\u{DC00}", Printable.Line("a\uD800b\uDC00"));

    [Fact]
    public void What_is_too_long_is_cut_and_counted()
    {
        string x = new('x', 10_000_000), x200 = new('x', 200), x2000 = new('x', 2000);
        Assert.Equal($"its 'a' and '{x200}…' (10000000 characters) are the signal's; not '{x200}'.",
            Printable.Line($"its 'a' and '{x}' are the signal's; not '{x200}'."));
        Assert.Equal($"{x2000}… (10000000 characters)", Printable.Line(x));
        Assert.Equal(x2000, Printable.Line(x2000));
        Assert.Equal($"{x200}… (10000000 characters)", Printable.Piece(x));
        Assert.Equal(x200, Printable.Piece(x200));
        string bells = new('\a', 1_000_000);
        Assert.InRange(Printable.Line(bells).Length, 2000, 2030);
        Assert.InRange(Printable.Line($"'{bells}'").Length, 200, 230);
        Assert.InRange(Printable.Piece(bells).Length, 200, 230);
        string smiles = "x" + string.Concat(Enumerable.Repeat("\U0001F600", 200));
        Assert.Equal($"{smiles[..199]}… (401 characters)", Printable.Piece(smiles));
    }

    [Fact]
    public void Messages_about_a_file_hold_none_of_its_commands()
    {
        string name = JsonSerializer.Serialize(Evil);
        byte[] npy = Encoding.Latin1.GetBytes("{'descr': '\e[2J\u009b', 'fortran_order': False, 'shape': (1,), }\n");
        foreach (string path in new[]
        {
            SafeTensors("a.safetensors", $$"""{ {{name}}: {} }"""),
            SafeTensors("b.safetensors", $$"""{ {{name}}: {"dtype":"F32","shape":[1],"data_offsets":[4,8]} }"""),
            SafeTensors("c.safetensors", $$"""{"__metadata__":{ {{name}}: 1} }"""),
            SafeTensors("d.safetensors", $$"""{"__metadata__":{"format":"fast-sparse-coding","format_version":{{name}} } }"""),
            SafeTensors("e.safetensors",
                $$"""{"__metadata__":{"format":"fast-sparse-coding","format_version":"1","kind":"lista","lambda":{{name}} } }"""),
            SafeTensors("f.safetensors", $$"""{ "{{new string('x', 1_000_000)}}": {} }"""),
            _folder.Write("g.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)npy.Length, 0, .. npy]),
            _folder.Write("\e[2J\n.npy", []),
        })
        {
            Outcome outcome = Run("info", path);
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Out));
            Assert.InRange(Assert.Single(outcome.ErrorLines).Length, 20, 3000);
            Assert.DoesNotContain(outcome.ErrorLines[0], IsCommand);
        }
    }

    [Fact]
    public void A_files_names_stand_below_ours_and_none_is_lost()
    {
        string path = SafeTensors("x.safetensors", $$"""
            {"__metadata__":{"file":"/etc/passwd","holds":"model","kind":{{JsonSerializer.Serialize(Evil)}} },
             "a b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a_b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"metadata":{"dtype":"F32","shape":[0],"data_offsets":[12,12]} }
            """, 12);

        string[] lines = Succeed("info", path).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using JsonDocument json = JsonDocument.Parse(Succeed("info", path, "--json").Out);

        Assert.Equal(
            [$"file   {path}", "holds  safetensors", "metadata", "  file   /etc/passwd", "  holds  model",
                @"  kind   \u{1B}[2J\u{1B}]0;owned\u{7}\u{9B}1m\u{202E}txt\u{2066}\u{D}\u{A}holds    model",
             "tensors", "  a b       [1] F32", "  a_b       [2] F32", "  metadata  [0] F32"],
            lines);
        Assert.Equal((path, "safetensors"),
            (json.RootElement.GetProperty("file").GetString(), json.RootElement.GetProperty("holds").GetString()));
        Assert.Equal(["/etc/passwd", "model", Evil],
            json.RootElement.GetProperty("metadata").EnumerateObject().Select(p => p.Value.GetString()));
        Assert.Equal(["a b", "a_b", "metadata"], json.RootElement.GetProperty("tensors").EnumerateObject().Select(p => p.Name));
        Assert.Contains("  parameter.S_transposed  [12, 12] F32\n", Succeed("info", workspace.Encoder).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_begins_with_an_at_sign_is_a_files()
    {
        string options = _folder.Write("options", "--help"u8.ToArray());
        Outcome outcome = Run("info", "@" + options);
        Assert.Equal((1, $"error: @{options}: there is no such file.\n", ""), (outcome.ExitCode, outcome.Error, outcome.Out));

        string folder = Directory.CreateDirectory(_folder.File("@pictures")).FullName;
        File.Copy(Path.Combine(workspace.Images, "00.png"), Path.Combine(folder, "@00.png"));
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(folder, "@00.png"));
        Succeed("encode", workspace.Dictionary, relative, "-q", "-o", _folder.File("out.npy"));
    }

    private static bool IsCommand(char c) => char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format;

    private string SafeTensors(string name, string header, int bytes = 8)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return _folder.Write(name, [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[bytes]]);
    }
}
