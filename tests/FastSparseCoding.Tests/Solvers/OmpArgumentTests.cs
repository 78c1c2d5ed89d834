using FastSparseCoding.Solvers;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Solvers;

public sealed class OmpArgumentTests
{
    private static readonly AtomDictionary Dictionary = RandomData.Dictionary(5, 3, seed: 1);

    [Fact]
    public void Options_are_checked()
    {
        Refused("'options' has neither MaxAtoms nor Error; it must have one of them or both. (Parameter 'options')", new OmpOptions());
        Refused("'MaxAtoms' is 0; it must be from 1 to 3. (Parameter 'MaxAtoms')", new OmpOptions { MaxAtoms = 0 });
        Refused("'MaxAtoms' is 4; it must be from 1 to 3. (Parameter 'MaxAtoms')", new OmpOptions { MaxAtoms = 4 });
        Refused("'Error' is 0; it must be a finite number above 0. (Parameter 'Error')", new OmpOptions { Error = 0 });
        Refused("'Error' is -1; it must be a finite number above 0. (Parameter 'Error')", new OmpOptions { MaxAtoms = 1, Error = -1 });
        Refused("'Error' is NaN; it must be a finite number above 0. (Parameter 'Error')", new OmpOptions { Error = float.NaN });
        Refused("'Error' is Infinity; it must be a finite number above 0. (Parameter 'Error')",
            new OmpOptions { Error = float.PositiveInfinity });
        Assert.Throws<ArgumentNullException>(() => new OmpEncoder(null!, new OmpOptions { MaxAtoms = 1 }));
        Assert.Throws<ArgumentNullException>(() => new OmpEncoder(Dictionary, null!));

        static void Refused(string message, OmpOptions options)
            => Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => (object)new OmpEncoder(Dictionary, options)).Message);
    }

    [Fact]
    public void Shapes_values_and_errors_are_checked()
    {
        var encoder = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = 2 });
        Matrix x = RandomData.Normal(4, 3, seed: 2), z = new(4, 5);

        Assert.Equal("'x' has 4 columns; it must have 3. (Parameter 'x')",
            Message(() => encoder.Encode(new Matrix(2, 4).View, new Matrix(2, 5).View)));
        Assert.Equal("'z' is [3×5]; it must be [2×5]. (Parameter 'z')",
            Message(() => encoder.Encode(new Matrix(2, 3).View, new Matrix(3, 5).View)));
        Assert.Equal("'z' is [2×4]; it must be [2×5]. (Parameter 'z')", Message(() => encoder.Solve(new Matrix(2, 3), new Matrix(2, 4))));
        Assert.Equal("'errors' has 3 values; it must have 4, one for every row, or 1 for all. (Parameter 'errors')",
            Message(() => encoder.Solve(x, z, [1, 1, 1])));
        Assert.Equal("'errors[2]' is 0; it must be a finite number above 0. (Parameter 'errors[2]')",
            Message(() => encoder.Solve(x, z, [1, 1, 0, 1])));
        Assert.StartsWith("'threads' is -1; it must be from 0 to 1024.", Message(() => encoder.Solve(x, z, threads: -1)),
            StringComparison.Ordinal);
        x[3, 1] = float.NaN;
        const string notFinite = "'x' holds NaN at row 3, column 1; every value must be finite. (Parameter 'x')";
        Assert.Equal(notFinite, Message(() => encoder.Solve(x, z)));
        Assert.Equal(notFinite, Message(() => encoder.Encode(x.View, z.View)));
        Assert.Equal(notFinite, Message(() => encoder.Encode(x)));
    }

    [Fact]
    public void An_empty_batch_is_solved_and_the_encoder_says_what_it_is()
    {
        var options = new OmpOptions { MaxAtoms = 2, Error = 0.5f, NonNegative = true };
        var encoder = new OmpEncoder(Dictionary, options);

        OmpReport report = encoder.Solve(new Matrix(0, 3), new Matrix(0, 5), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (report.Status.Count, report.CountOf(OmpStatus.AtomLimit)));
        Assert.Equal((3, 5, Dictionary, options), (encoder.SignalSize, encoder.CodeSize, encoder.Dictionary, encoder.Options));
    }

    [Fact]
    public void A_signal_at_the_end_of_float32_harms_no_other_row()
    {
        var encoder = new OmpEncoder(Dictionary, new OmpOptions { MaxAtoms = 2 });
        Matrix x = RandomData.Normal(3, 3, seed: 3), z = new(3, 5),
            expected = encoder.Encode(x, cancellation: TestContext.Current.CancellationToken);
        x.Row(1).Fill(float.MaxValue);

        Assert.StartsWith("'x' has a code that holds Infinity at row 1, column ",
            Message(() => encoder.Solve(x, z, threads: 1, cancellation: TestContext.Current.CancellationToken)), StringComparison.Ordinal);

        Assert.Equal(expected.Row(0), z.Row(0));
        Assert.Equal(expected.Row(2), z.Row(2));
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
