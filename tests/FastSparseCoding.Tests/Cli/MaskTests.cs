using FastSparseCoding.Fuzz.Building;
using FastSparseCoding.Solvers;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;
using static FastSparseCoding.Tests.Cli.CommandLine;

namespace FastSparseCoding.Tests.Cli;

/// <summary>encode --mask: the library's codes of what is known, in blocks, and one line for what is wrong.</summary>
public sealed class MaskTests(Workspace workspace) : IClassFixture<Workspace>, IDisposable
{
    private const int Rows = 9000;      // more than a block

    private readonly TempFolder _folder = new();

    private string Output => _folder.File("out.npy");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Codes_are_those_of_the_library()
    {
        (Matrix x, Matrix mask) = Signals(Rows);
        for (int i = 0; i < x.Values.Length; i++)
            if (mask.Values[i] == 0)
                x.Values[i] = float.NaN;
        (string signals, string known) = Write(x, mask);
        AtomDictionary dictionary = ModelFile.LoadDictionary(workspace.Dictionary);
        CancellationToken none = TestContext.Current.CancellationToken;

        Succeed("encode", workspace.Dictionary, signals, "--mask", known, "--non-negative", "--lambda", "0.3", "-q", "-o", Output);
        Matrix codes = new ActiveSetSolver(dictionary, new Penalty(0.3f, nonNegative: true)).EncodeMasked(x, mask, cancellation: none);
        Assert.Equal(codes.Values.ToArray(), Npy.ReadMatrix(Output).Values.ToArray());

        Succeed("encode", workspace.Dictionary, signals, "--mask", known, "--max-atoms", "3", "-q", "-o", Output);
        codes = new OmpEncoder(dictionary, new OmpOptions { MaxAtoms = 3 }).EncodeMasked(x, mask, cancellation: none);
        Assert.Equal(codes.Values.ToArray(), Npy.ReadMatrix(Output).Values.ToArray());
    }

    [Theory]
    [InlineData("|b1", "encode", false)]
    [InlineData("|u1", "encode", false)]
    [InlineData("|b1", "encode", true)]
    [InlineData("|b1", "learn", false)]
    [InlineData("|u1", "learn", true)]
    public void Masks_of_bool_and_uint8_are_those_of_numbers(string type, string command, bool fortran)
    {
        (Matrix x, Matrix mask) = Signals(command == "encode" ? Rows : 200);
        (string signals, string known) = Write(x, mask);
        byte[] flags = [.. (fortran ? mask.Transpose() : mask).Values.ToArray().Select(v => (byte)v)];
        string other = _folder.Write("flags.npy", NpyBytes.Make(NpyBytes.Header(type, $"({x.Rows}, 36)", fortran), flags)),
            expected = _folder.File("expected.npy");
        string[] arguments = command == "encode" ? ["encode", workspace.Dictionary, signals]
            : ["learn", signals, "--atoms", "12", "--samples", "500", "--batch", "50"];
        if (command == "learn")
            expected += ".safetensors";
        string output = command == "encode" ? Output : Output + ".safetensors";

        Succeed([.. arguments, "--mask", known, "-q", "-o", expected]);
        Succeed([.. arguments, "--mask", other, "-q", "-o", output]);

        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(output));
    }

    [Theory]
    [InlineData("known.npz")]
    [InlineData("known.npz:a mask")]
    [InlineData("known.safetensors")]
    [InlineData("known.safetensors:a mask")]
    [InlineData("known.csv")]
    public void Masks_have_every_format_that_signals_have(string name)
    {
        (Matrix x, Matrix mask) = Signals(Rows);
        (string signals, string known) = Write(x, mask);
        RowsWriter.Write(_folder.File(name.Split(':')[0]), mask, "a mask");
        string expected = _folder.File("expected.npy"), learned = _folder.File("expected.safetensors"),
            other = _folder.File("d.safetensors");

        Succeed("encode", workspace.Dictionary, signals, "--mask", known, "-q", "-o", expected);
        Succeed("encode", workspace.Dictionary, signals, "--mask", _folder.File(name), "-q", "-o", Output);
        Succeed("learn", signals, "--atoms", "12", "--samples", "500", "--mask", known, "-q", "-o", learned);
        Succeed("learn", signals, "--atoms", "12", "--samples", "500", "--mask", _folder.File(name), "-q", "-o", other);

        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(Output));
        Assert.Equal(File.ReadAllBytes(learned), File.ReadAllBytes(other));
    }

    [Fact]
    public void A_mask_of_other_types_or_values_is_refused()
    {
        (string signals, _) = Write(Signals(2).X, Signals(2).Mask);
        byte[] two = new byte[72];
        Array.Fill(two, (byte)1);
        two[40] = 2;
        string flags = _folder.Write("flags.npy", NpyBytes.Make(NpyBytes.Header("|u1", "(2, 36)"), two)),
            texts = _folder.Write("texts.npy", NpyBytes.Make(NpyBytes.Header("|S1", "(2, 36)"), new byte[72]));

        Refused($"{flags}: holds 2 at row 1, column 4; expected 1 where a value is known and 0 where it is not.", workspace.Dictionary,
            signals, "--mask", flags);
        Refused($"{texts}: holds values of type '|S1'; expected real numbers of up to 8 bytes (in NumPy: x.astype(numpy.float32)).",
            workspace.Dictionary, signals, "--mask", texts);
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_line()
    {
        (Matrix x, Matrix mask) = Signals(20);
        (string signals, string known) = Write(x, mask);
        string other = _folder.File("other.npy");
        Npy.Write(other, new Matrix(19, 36));

        Refused($"{other}: is [19×36]; expected [20×36], the shape of {signals}.", workspace.Dictionary, signals, "--mask", other);
        Refused("--mask is for the active set at one λ and without --warm-start, or for orthogonal matching pursuit.", workspace.Dictionary,
            signals, "--mask", known, "--solver", "cd");
        Refused("--mask is for the active set at one λ and without --warm-start, or for orthogonal matching pursuit.", workspace.Dictionary,
            signals, "--mask", known, "--lambda", "0.1max");
        Refused("--mask is for the active set at one λ and without --warm-start, or for orthogonal matching pursuit.", workspace.Dictionary,
            signals, "--mask", known, "--warm-start", workspace.Encoder);
        Refused($"--mask is for an array of signals; {workspace.Images} is none.", workspace.Dictionary, workspace.Images, "--mask", known);
        Refused($"--mask is for exact codes; {workspace.Encoder} holds a 'lista' encoder, which predicts codes of λ = 0.5.",
            workspace.Encoder, signals, "--mask", known);
        Npy.Write(other, new Matrix(20, 36));
        Refused($"{other}: has no known value at row 0; every row must have at least one.", workspace.Dictionary, signals, "--mask", other);
    }

    private static (Matrix X, Matrix Mask) Signals(int rows)
    {
        Matrix x = RandomData.Normal(rows, 36, seed: 5), mask = new(rows, 36);
        for (int i = 0; i < mask.Values.Length; i++)
            mask.Values[i] = i * 7 % 5 < 3 ? 1 : 0;
        return (x, mask);
    }

    private (string Signals, string Mask) Write(Matrix x, Matrix mask)
    {
        (string signals, string known) = (_folder.File("x.npy"), _folder.File("known.npy"));
        Npy.Write(signals, x);
        Npy.Write(known, mask);
        return (signals, known);
    }

    private void Refused(string message, params string[] arguments)
    {
        Refuse(message, ["encode", .. arguments, "-o", Output]);
        Assert.False(File.Exists(Output));
    }
}
