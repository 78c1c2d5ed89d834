using FastSparseCoding.Storage;
using Xunit;

namespace FastSparseCoding.Tests.Storage;

public sealed class CsvParserTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1,-2.5\n3e2,4\n")]
    [InlineData("1;-2.5\r\n3e2;4")]
    [InlineData("1\t-2.5\n\n3e2\t4\n\n")]
    [InlineData("\uFEFF# a comment, of two\n 1 , -2.5 \n300,4\n")]
    [InlineData("left,right\n1,-2.5\n300,4\n")]
    public void Numbers_are_read_a_row_a_line(string text)
    {
        Matrix x = Read(text);
        Assert.Equal((2, 2), (x.Rows, x.Columns));
        Assert.Equal([1f, -2.5f, 300f, 4f], x.Values.ToArray());
    }

    [Theory]
    [InlineData("1,2\n3\n", "line 2 has 1 fields; line 1 has 2.")]
    [InlineData("a,b\n# c\n\n1,2\n3,4,5\n", "line 5 has 3 fields; line 4 has 2.")]
    [InlineData("1,2\n3,x\n", "line 2, field 2 is 'x'; expected a finite number such as 0.5.")]
    [InlineData("1,b\n", "line 1, field 2 is 'b'; expected a finite number such as 0.5.")]
    [InlineData("1,2\nnan,4\n", "line 2, field 1 is 'nan'; expected a finite number such as 0.5.")]
    [InlineData("nan,nan\n", "line 1, field 1 is 'nan'; expected a finite number such as 0.5.")]
    [InlineData("1,1e99\n", "line 1, field 2 is '1e99'; expected a finite number such as 0.5.")]
    [InlineData("1,\n", "line 1, field 2 is ''; expected a finite number such as 0.5.")]
    [InlineData("1;2\n1,5;2,5\n", "line 2, field 1 is '1,5'; expected a finite number such as 0.5.")]
    public void What_is_no_matrix_is_refused_with_its_line(string text, string problem)
        => Assert.Equal($"{_folder.File("x.csv")}: {problem}", Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void A_field_without_end_takes_no_memory()
        => Assert.Equal($"{_folder.File("x.csv")}: line 2 has a field of more than 64 characters; expected numbers.",
            Assert.Throws<InvalidDataException>(() => Read("1\n" + new string('1', 1 << 20))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing\n")]
    [InlineData("only,names\n")]
    public void A_file_without_numbers_is_refused(string text)
        => Assert.Equal($"{_folder.File("x.csv")}: holds no numbers; expected a row of them a line, with commas between them.",
            Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void What_is_written_reads_back_to_the_bit()
    {
        float[] values = [0, -0f, float.Epsilon, float.MaxValue, float.MinValue, 1 / 3f];
        RowsWriter.Write(_folder.File("x.csv"), new Matrix(2, 3, values), "");

        Assert.Equal("0,-0,1E-45\n3.4028235E+38,-3.4028235E+38,0.33333334\n", File.ReadAllText(_folder.File("x.csv")));
        Assert.Equal(values.Select(BitConverter.SingleToInt32Bits),
            RowsReader.ReadMatrix(_folder.File("x.csv")).Values.ToArray().Select(BitConverter.SingleToInt32Bits));
    }

    private Matrix Read(string text)
    {
        File.WriteAllText(_folder.File("x.csv"), text);
        return RowsReader.ReadMatrix(_folder.File("x.csv"));
    }
}
